"""The Triton kernels, interpreted and compiled; both in processes of their own, as Triton decides on import."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from packages import ROOT

KERNELS = ROOT / "tests" / "helpers" / "triton_kernels"
needs_triton = pytest.mark.skipif(find_spec("triton") is None, reason="needs triton")


ON_CPU = """
import sys
import torch
from spikelut import hw_profiles, quant
from spikelut.quant.backends.triton import support as triton_backend
from spikelut.surrogates import Arctan

assert not triton_backend.is_available("cpu")
model = torch.nn.Sequential(quant.LIF(hw_profiles.load("loihi2"), Arctan()), quant.FloatLIF(Arctan()))
model(torch.rand(3, 2, 4, requires_grad=True)).sum().backward()
assert "spikelut.quant.backends.triton.kernels" not in sys.modules
"""


def run(*command: str, **environment: str) -> str:
    done = subprocess.run([sys.executable, *command], env={**os.environ, **environment}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


ON_GPU = pytest.param("0", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"))


CASES = (
    "triton_cases",
    "triton_float_cases",
    "triton_kind_cases",
    "triton_operator_cases",
    "triton_specification_cases",
    "triton_writer_cases",
)


@needs_triton
@pytest.mark.parametrize("interpret", ["1", ON_GPU])
@pytest.mark.parametrize("cases", CASES)
def test_beside_torch(cases: str, interpret: str) -> None:
    settings = ["-q", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml"), str(KERNELS / f"{cases}.py")]
    out = run("-m", "pytest", *settings, TRITON_INTERPRET=interpret, SPIKELUT_BACKEND="triton")
    assert " passed" in out
    assert "skipped" not in out


@needs_triton
def test_kernels_compile_for_a_gpu_once_for_all_lengths(tmp_path: Path) -> None:
    out = json.loads(run(str(KERNELS / "triton_compiles.py"), TRITON_CACHE_DIR=str(tmp_path), TRITON_INTERPRET="0"))
    assert out["variants"] == {"forward_kernel": 1, "backward_kernel": 1}
    # The last two layers differ in the decay factor alone, which the way back is given.
    assert out["all"] == {"forward_kernel": 4, "backward_kernel": 3}
    # Those with a synaptic current first; a state has a pointer to what it is before the sequence, and one to the end.
    forward, backward = (out["pointers"][name] for name in ("forward_kernel", "backward_kernel"))
    assert [n - forward[1] for n in forward] == [-2, 0, -2, -2]
    assert [n - backward[1] for n in backward] == [-2, 0, -2]
    assert out["fused"] == 0
    assert out["divisions"] > 0
    assert out["rough"] == 0


def test_on_the_cpu_nothing_is_imported() -> None:
    """There Triton stays out, installed or not."""
    run("-c", ON_CPU, SPIKELUT_BACKEND="auto" if find_spec("triton") is None else "triton", TRITON_INTERPRET="0")
