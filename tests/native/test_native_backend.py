"""Choosing who computes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from backends import backend, needs_native

import spikelut
from spikelut import _backend, hw_profiles, native, quant
from spikelut.native import _library
from spikelut.surrogates import Arctan


def test_the_default_is_auto() -> None:
    command = "import spikelut; print(spikelut.get_backend())"
    for value, expected in ((None, "auto"), ("torch", "torch")):
        env = {k: v for k, v in os.environ.items() if k != "SPIKELUT_BACKEND"}
        env |= {} if value is None else {"SPIKELUT_BACKEND": value}
        done = subprocess.run([sys.executable, "-c", command], env=env, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == expected


def test_unknown_names() -> None:
    with pytest.raises(ValueError, match="set_backend: name must be one of auto, torch, native, triton, got 'cuda'"):
        spikelut.set_backend("cuda")


@pytest.mark.parametrize("installed", [True, False])
def test_what_a_gpu_would_use_is_told(installed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_backend, "find_spec", lambda name: object() if installed else None)
    with backend("auto"):
        assert _backend.describe().endswith("; on a GPU Triton kernels") == installed
        assert _backend.uses_triton("cuda")
        assert not _backend.uses_triton("cpu")
    for name in ("torch", *(["native"] if not native.reason_missing() else [])):
        with backend(name):
            assert "Triton" not in _backend.describe()
            assert not _backend.uses_triton("cuda")


def test_triton_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_backend, "find_spec", lambda name: None)
    with pytest.raises(RuntimeError, match="set_backend: Triton is not installed"):
        spikelut.set_backend("triton")
    assert not _backend.uses_triton("cpu")


def test_torch_alone() -> None:
    with backend("torch"):
        assert spikelut.get_backend() == "torch"
        assert not native.usable(torch.zeros(3))
        assert _backend.describe() == "backend torch: torch"


@needs_native
def test_with_the_library() -> None:
    with backend("native"):
        assert native.usable(torch.zeros(3))
        assert _backend.describe().startswith("backend native: native kernels in C, ")
        strided, fewer = torch.zeros(4, 4).T[:, :2], torch.zeros(3, dtype=torch.float64)
        assert not native.usable(strided)
        assert not native.usable(fewer)
        assert not native.usable(torch.zeros(3, device="meta"))


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The package as where no library was built; returns the folder it would be in."""
    monkeypatch.setattr(_library, "_loaded", _library._loaded.__wrapped__)
    monkeypatch.setattr(_library, "__file__", str(tmp_path / "_library.py"))
    # What was chosen before may need the library; it comes back with it.
    monkeypatch.setattr(_backend, "_chosen", _backend._chosen)
    monkeypatch.setattr(_backend, "_native", _backend._native)
    return tmp_path


def test_without_a_library(without: Path) -> None:
    spikelut.set_backend("auto")
    assert not native.usable(torch.zeros(3))
    assert "no native kernels: it was not built" in _backend.describe()
    with pytest.raises(RuntimeError, match="set_backend: there is no library of native kernels: it was not built"):
        spikelut.set_backend("native")
    assert spikelut.get_backend() == "auto"


def test_layers_without_a_library(without: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_library, "kernels", _library.kernels.__wrapped__)
    monkeypatch.setattr(native, "kernels", _library.kernels)
    spikelut.set_backend("auto")
    layer = quant.LIF(hw_profiles.load("generic8"), Arctan(), beta=0.9375)
    current = torch.ones(3, 1, 2, requires_grad=True)
    layer(current).sum().backward()
    assert torch.as_tensor(current.grad).all()


def test_a_broken_library(without: Path) -> None:
    (without / "_kernels.so").write_bytes(b"no library")
    assert native.reason_missing().startswith("_kernels.so does not load: ")


@needs_native
def test_a_library_of_other_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_library, "_loaded", _library._loaded.__wrapped__)
    monkeypatch.setattr(_library, "ABI", -1)
    assert native.reason_missing().endswith("is of other sources: install spikelut again")
