"""Folders for hls4ml: what is written, beside what its compiled projects gave; and what is refused."""

import json
import shutil
from collections import OrderedDict
from pathlib import Path
from typing import Any

import hls4ml_networks as models
import numpy as np
import pytest
import torch
from golden_vectors import different
from torch import nn

from spikelut import export, hw_profiles, quant
from spikelut.cli._app import run
from spikelut.export.hls4ml import project
from spikelut.export.hls4ml.types import Exact
from spikelut.export.hls4ml.write import ARRAYS, DESCRIPTION
from spikelut.quant import CubaLIF, Delay, LIFSpec, QuantLinear, Recurrent
from spikelut.surrogates import Arctan

P = models.P
GOLDEN = Path(__file__).parents[2] / "golden"


def written(name: str, folder: Path) -> quant.IntegerNetwork:
    network, rows = models.network(name), len(models.MODELS[name][1]) == 1
    export.to_hls4ml(network, folder, steps=models.STEPS if rows else None)
    return network


@pytest.mark.golden
@pytest.mark.parametrize("name", models.MODELS)
def test_what_compiled_projects_gave(name: str, tmp_path: Path) -> None:
    """The folder is the one that was compiled, and every value of every layer is the reference's."""
    with np.load(GOLDEN / "hls4ml_export.npz") as file:
        vectors = {key: file[key] for key in file.files if key.startswith(f"{name}/")}
    network = written(name, tmp_path)
    assert vectors[f"{name}/network"].tobytes() == (tmp_path / DESCRIPTION).read_bytes()
    with np.load(tmp_path / ARRAYS) as arrays:
        for key in arrays.files:
            assert np.array_equal(arrays[key], vectors[f"{name}/weights/{key}"]), key
    about, compared = project.described(tmp_path), 0
    for key, values in project.expected(network, about, vectors[f"{name}/events"].astype(np.int64)):
        assert different("hls4ml_export", values, vectors[f"{name}/out/{key}"]) == 0, key
        compared += values.size
    assert compared > 1500


@pytest.mark.runtimes
@pytest.mark.parametrize("name", models.MODELS)
def test_projects_compiled_and_run(name: str, tmp_path: Path) -> None:
    if reason := project.Hls4ml().missing():
        pytest.skip(reason)
    written(name, tmp_path)
    found = project.check(tmp_path, models.events(name, 2))
    assert (found.status, found.different) == ("agrees", 0), found.reason
    assert found.nonzero > found.compared / 2
    # A weight that is not the network's is seen.
    with np.load(tmp_path / ARRAYS) as file:
        arrays = dict(file)
    arrays["layer_0.weight"].flat[0] += 0.5
    np.savez(tmp_path / ARRAYS, **arrays)
    assert project.check(tmp_path, models.events(name, 2)).status == "differs"


@pytest.mark.parametrize(
    ("low", "high", "frac"), [(0, 1, 0), (-1, 0, 0), (-8, 7, 3), (0, 255, 7), (-3, 4, -2), (0, 0, 5)]
)
def test_types_hold_their_range_and_no_bit_more(low: int, high: int, frac: int) -> None:
    kind = Exact(low, high, frac)
    least, most = (-(2 ** (kind.width - 1)), 2 ** (kind.width - 1) - 1) if low < 0 else (0, 2**kind.width - 1)
    assert least <= low
    assert high <= most
    assert kind.width == 1 or not (least // 2 <= low and high <= most // 2)
    assert str(kind).startswith("ap_fixed<" if low < 0 else "ap_ufixed<")


def test_a_folder_is_whole(tmp_path: Path) -> None:
    files = export.to_hls4ml(models.network("dense_membranes"), tmp_path / "new" / "fpga", steps=4)
    assert [file.name for file in files] == ["build.py", "network.json", "network.safetensors", "weights.npz"]
    assert project.is_project(tmp_path / "new" / "fpga")
    assert sorted(path.name for path in (tmp_path / "new" / "fpga").iterdir()) == [file.name for file in files]
    about = json.loads((tmp_path / "new" / "fpga" / "network.json").read_text())
    assert about["layers"][-1]["decision_rule"] == "argmax_membrane"
    (tmp_path / "new" / "fpga" / "network.json").write_text("{}")
    with pytest.raises(ValueError, match=r"network\.json: must be of the format 'spikelut hls4ml 1'"):
        project.described(tmp_path / "new" / "fpga")


def lif(profile: hw_profiles.Profile = P, **options: Any) -> Any:
    return quant.LIF(profile, Arctan(), **options)


def linear(inputs: int = 4, outputs: int = 4, profile: hw_profiles.Profile = P) -> nn.Module:
    return QuantLinear(inputs, outputs, profile=profile)


def branching() -> quant.IntegerNetwork:
    class Skip(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.s, self.b, self.t = linear(), lif(), linear(), lif()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            out: torch.Tensor = self.t(self.b(self.s(self.a(x))) + self.a(x))
            return out

    return quant.integer(Skip(), example=(3, 1, 4))


LOIHI = hw_profiles.load("loihi2")
REFUSED: dict[str, tuple[Any, dict[str, Any], str]] = {
    "graph": (branching, {}, "network must be a chain"),
    "recurrent": (lambda: [linear(), Recurrent(lif(), 4), linear(), lif()], {}, "recurrent weights"),
    "loihi": (lambda: [linear(profile=LOIHI), lif(LOIHI)], {}, "must be neurons that leak by a product first"),
    "current": (
        lambda: [linear(profile=LOIHI), CubaLIF(LOIHI, Arctan(), alpha=0.5)],
        {},
        "a synaptic current",
    ),
    "window": (lambda: [linear(), lif(window_size=7)], {"steps": 8}, "window_size must be the steps of the read-out"),
    "membranes": (lambda: [linear(), quant.LI(P)], {}, "must have a read-out that decides"),
    "rule of membranes": (
        lambda: [linear(), quant.LI(P)],
        {"steps": 3, "decision_rule": "argmax_spike_count"},
        "decision_rule must be one of argmax_membrane, binary_logit",
    ),
    "rule of spikes": (
        lambda: [linear(), lif()],
        {"steps": 3, "decision_rule": "argmax_membrane"},
        "decision_rule must be one for spikes",
    ),
    "logit": (lambda: [linear(), lif()], {"steps": 3, "decision_rule": "binary_logit"}, "needs 2 classes"),
    "rule": (lambda: [linear(), lif()], {"steps": 3, "decision_rule": "best"}, "decision_rule must be one of"),
    "rule alone": (lambda: [linear(), lif()], {"decision_rule": "argmax_spike_count"}, "decision_rule needs steps"),
    "steps": (lambda: [linear(), lif()], {"steps": 0}, "steps must be an integer"),
    "read-out of images": (lambda: models.network("images"), {"steps": 3}, "without a read-out for io_parallel"),
    "size": (lambda: models.network("images"), {"size": (9, 9)}, "to_hls4ml: size must be"),
    "pool": (
        lambda: [quant.QuantConv2d(1, 2, 2, profile=P), lif(), quant.SumPool2d(3), nn.Flatten(2), linear(2), lif()],
        {"size": (4, 4)},
        "kernel_size must be a power of two",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_hls4ml_has_not_is_refused(name: str, tmp_path: Path) -> None:
    make, options, message = REFUSED[name]
    made = make()
    network = made if isinstance(made, quant.IntegerNetwork) else quant.integer(nn.Sequential(*made))
    with pytest.raises(ValueError, match=message):
        export.to_hls4ml(network, tmp_path / "x", **options)
    assert not (tmp_path / "x").exists() or not list((tmp_path / "x").iterdir())


def test_delays_have_no_layer_there(tmp_path: Path) -> None:
    model = nn.Sequential(Delay([0, 1, 2, 3], profile=LOIHI), linear(profile=LOIHI), lif(LOIHI))
    with pytest.raises(ValueError, match="must be one that hls4ml has, Linear, Conv2d, LIF"):
        export.to_hls4ml(quant.integer(model), tmp_path)


def test_registers_of_several_types_are_refused() -> None:
    from spikelut.export.hls4ml.types import membrane_type

    spec = LIFSpec.from_profile(P, beta=0.9, threshold=1.0, reset=None)
    assert str(membrane_type(spec, "x")) == "ap_fixed<16,6>"
    mixed = LIFSpec.from_profile(hw_profiles.load("generic16"), beta=0.9, threshold=1.0, reset=None)
    if mixed.strict or not mixed.leak_first:
        with pytest.raises(ValueError, match="must be neurons that leak"):
            membrane_type(mixed, "x")


def test_the_command(tmp_path: Path, capsys: Any) -> None:
    network = models.network("dense_membranes")
    export.save_network(network, tmp_path / "net.safetensors")
    words = ["export", str(tmp_path / "net.safetensors"), "--target", "hls4ml"]
    assert run([*words, str(tmp_path / "fpga"), "--steps", "5"]) == 0
    assert project.described(tmp_path / "fpga")["steps"] == 5
    assert run([*words, "--out", str(tmp_path / "again"), "--steps", "5"]) == 0
    assert run([*words, "--steps", "5"]) == 2
    assert "out must be given, once" in capsys.readouterr().err
    assert run([*words, str(tmp_path / "a"), "--out", str(tmp_path / "b")]) == 2
    assert run(["export", str(tmp_path / "net.safetensors"), str(tmp_path / "x.onnx"), "--decision-rule", "x"]) == 2
    assert "decision-rule needs the target hls4ml" in capsys.readouterr().err
    shutil.rmtree(tmp_path / "again")
    assert run(["verify", str(tmp_path / "fpga"), "--runtimes", "c"]) == 2
    assert "runtimes must be hls4ml for its folder" in capsys.readouterr().err


def test_verify_says_what_is_missing(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setenv("SPIKELUT_RUNTIMES", str(tmp_path / "none"))
    export.to_hls4ml(models.network("dense_membranes"), tmp_path / "fpga", steps=5)
    assert run(["verify", str(tmp_path / "fpga"), "--samples", "1", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["status"] == "missing"
    assert "there is no Python environment" in row["reason"]


def named(*names: str) -> quant.IntegerNetwork:
    """A network whose layers have these names."""
    layers = [linear(), lif(), linear(), lif()]
    return quant.integer(nn.Sequential(OrderedDict(zip(names, layers, strict=True))))


@pytest.mark.parametrize("names", [("a_b", "c", "d", "aéb"), ("aéb", "c", "aüb", "d")])
def test_names_that_become_the_same_are_refused(names: tuple[str, ...], tmp_path: Path) -> None:
    made = named(*names)
    clash = len({"".join(c if c.isalnum() and c.isascii() else "_" for c in name) for name in names}) < 4
    assert clash
    with pytest.raises(ValueError, match="layers must have names that differ in letters and digits"):
        export.to_hls4ml(made, tmp_path / "x", steps=3)
    assert not (tmp_path / "x").exists()


def test_a_bias_is_not_lost_behind_what_rearranges(tmp_path: Path) -> None:
    first = quant.QuantConv2d(1, 2, 2, profile=P)
    biased = lif(bias=2)
    model = nn.Sequential(first, nn.Flatten(2), biased, linear(2), lif())
    with torch.no_grad():
        biased.bias.fill_(0.25)
    with pytest.raises(ValueError, match="must come right after its weights, as it has a bias"):
        export.to_hls4ml(quant.integer(model, example=(3, 1, 1, 2, 2)), tmp_path / "x")


@pytest.mark.parametrize("name", ["build.py", "network.json"])
def test_code_of_others_is_not_run(name: str, tmp_path: Path, capsys: Any) -> None:
    """Names and types become C++ that is compiled and run, and the script runs."""
    export.to_hls4ml(models.network("dense_membranes"), tmp_path, steps=5)
    path = tmp_path / name
    path.write_text(path.read_text().replace("ap_fixed<16,6>", "ap_fixed<16,6>;int_evil"))
    with pytest.raises(ValueError, match=f"{name}: must be as export.to_hls4ml writes it for the network beside it"):
        project.check(tmp_path, models.events("dense_membranes"))
    assert run(["verify", str(tmp_path), "--samples", "1"]) == 2
    assert "must be as export.to_hls4ml writes it" in capsys.readouterr().err
