"""Integer networks on disk: what is loaded runs as what was saved, and nothing else is loaded."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from lif_profiles import with_lif
from safetensors.numpy import load, save
from torch import Tensor, nn

from spikelut import export, hw_profiles, quant
from spikelut.hw_profiles import Profile
from spikelut.quant.weights.layers import QuantLinear
from spikelut.surrogates import Arctan, Sigmoid, Surrogate


def network(profile: Profile, cuba: bool = False, tabulated: bool = True) -> quant.IntegerNetwork:
    torch.manual_seed(0)
    curve = Sigmoid(alpha=3.0)
    slope = quant.LUTSurrogate(curve, profile) if tabulated else curve
    neuron: Any = quant.CubaLIF if cuba else quant.LIF
    modules = [QuantLinear(9, 12, profile=profile), neuron(profile, slope), nn.Dropout(0.1)]
    last = [QuantLinear(12, 5, profile=profile), neuron(profile, Arctan(2.0), max_spikes=1)]
    return quant.integer(nn.Sequential(*modules, *last))


CASES = [(p, False) for p in with_lif()] + [(hw_profiles.load(name), True) for name in ("loihi2", "xylo")]


@pytest.mark.parametrize(("profile", "cuba"), CASES, ids=lambda v: getattr(v, "name", v))
def test_round_trip(profile: Profile, cuba: bool, tmp_path: Path) -> None:
    saved = network(profile, cuba)
    export.save_network(saved, tmp_path / "net.safetensors")
    loaded = export.load_network(str(tmp_path / "net.safetensors"))
    assert loaded.profile == saved.profile
    for a, b in zip(saved.layers, loaded.layers, strict=True):
        assert type(a) is type(b)
        for name in ("name", "lsb", "exponent", "shift", "bits", "spec", "synapse", "surrogate"):
            assert getattr(a, name, None) == getattr(b, name, None), name
        assert np.array_equal(getattr(a, "codes", 0), getattr(b, "codes", 0))
        assert getattr(a, "codes", np.zeros(1)).dtype == getattr(b, "codes", np.zeros(1)).dtype
        tables = [getattr(layer, "table", None) for layer in (a, b)]
        assert (tables[0] is None) == (tables[1] is None)
    x = np.random.default_rng(0).integers(0, 2, (20, 3, 9))
    trains = saved.run(x)
    assert export.count_differences(trains, loaded.run(x)).different == 0
    export.save_network(loaded, tmp_path / "again.safetensors")
    assert (tmp_path / "again.safetensors").read_bytes() == (tmp_path / "net.safetensors").read_bytes()


@dataclass(frozen=True)
class Mine(Surrogate):
    def surrogate_grad(self, x: Tensor) -> Tensor:
        return 1 / (1 + x * x)


def test_what_a_file_cannot_hold(tmp_path: Path) -> None:
    good = network(hw_profiles.load("generic8"))
    layers = list(good.layers)
    layers[1] = replace(layers[1], surrogate=Mine())  # type: ignore[arg-type]  # it is a spiking layer
    with pytest.raises(ValueError, match=r"^save_network: surrogates must be spikelut's, got 'Mine'"):
        export.save_network(replace(good, layers=tuple(layers)), tmp_path / "x")
    profile = hw_profiles.load("generic8")
    other = quant.Table.from_surrogate(Sigmoid(alpha=3.0), profile, scale=2.0**-4)
    layers[1] = replace(good.layers[1], table=other)  # type: ignore[arg-type]  # as above
    with pytest.raises(ValueError, match=r"^save_network: the table must be the one that profile and surrogate give"):
        export.save_network(replace(good, layers=tuple(layers)), tmp_path / "x")
    with pytest.raises(OSError, match="missing"):
        export.save_network(good, tmp_path / "missing" / "x")
    assert list(tmp_path.iterdir()) == []


def edited(content: bytes, change: Any) -> bytes:
    """The file after `change` of its arrays and of what its header says."""
    size = int.from_bytes(content[:8], "little")
    about = json.loads(json.loads(content[8 : 8 + size])["__metadata__"]["spikelut"])
    arrays = load(content)
    change(arrays, about)
    return bytes(save(arrays, {"spikelut": json.dumps(about)}))


CHANGES: list[tuple[Any, str]] = [
    (
        lambda arrays, about: about.update(format="other 2"),
        "format must be 'spikelut integer network 3', got",
    ),
    (lambda arrays, about: about.pop("profile"), "profile"),
    (lambda arrays, about: about["profile"].update(vendor=3), "vendor must be a text, got 3"),
    (lambda arrays, about: about["layers"].pop(), "neurons must come last"),
    (lambda arrays, about: about["layers"].clear(), "neurons must come last"),
    (lambda arrays, about: arrays.pop("0.codes"), "0.codes"),
    (lambda arrays, about: arrays.update({"0.codes": np.zeros((2, 2, 2), np.int8)}), "weights must be int8 or int16"),
    (lambda arrays, about: arrays.update({"0.codes": np.zeros((12, 9), np.float32)}), "weights must be int8 or int16"),
    (lambda arrays, about: arrays.update({"0.codes": np.zeros((11, 9), np.int8)}), "layers must fit each other"),
    (lambda arrays, about: arrays.update({"1.table": arrays["1.table"] + 1}), "the table must be the one that"),
    (lambda arrays, about: about["layers"][0].update(lsb="1"), "lsb must be whole numbers"),
    (lambda arrays, about: about["layers"][0].update(bits=2), "weights must fit their bits, got 2"),
    (lambda arrays, about: about["layers"][0].update(bits=8.0), "weights must fit their bits, got 8.0"),
    (lambda arrays, about: about["layers"][1].update(surrogate=["os.system", {}]), "surrogate must be one of"),
    (lambda arrays, about: about["layers"][1].update(surrogate=["arctan", {"alpha": -1}]), "alpha must be > 0"),
    (lambda arrays, about: about["layers"][1]["spec"].update(max_spikes=1.5), "max_spikes must be int"),
    (lambda arrays, about: about["layers"][1]["spec"]["membrane"].update(bits=99), "bits must be an integer in 1..32"),
    (lambda arrays, about: about["layers"][1].pop("spec"), "spec"),
    *(
        (
            lambda arrays, about, key=key, value=value: about["layers"][1]["spec"].update({key: value}),
            f"'1': spec.{name}",
        )
        for key, value, name in (
            ("reset", "subtract", "reset must be one of zero, got 'subtract'"),
            ("threshold", -5, "threshold must be a multiple of 64 in 64..8388544, got -5"),
            ("threshold", 65, "threshold must be a multiple of 64 in 64..8388544, got 65"),
            ("threshold", float("nan"), "threshold must be"),
            ("threshold", 2.0**18, "threshold must be"),
            ("read", "before_leak", "read: must be 'after_leak', as the profile says, got 'before_leak'"),
            ("strict", False, "strict: must be True, as the profile says, got False"),
            ("max_spikes", 2, "max_spikes must be an integer in 1..1, got 2"),
        )
    ),
    (
        lambda arrays, about: about["layers"][1]["spec"]["leak"].update(amount=4097),
        "spec.leak: amount must be an integer in 1..4096, got 4097",
    ),
    (
        lambda arrays, about: about["layers"][1]["spec"]["leak"].update(kind="shift"),
        "spec.leak.kind: must be 'multiply'",
    ),
    (lambda arrays, about: about["layers"][1]["spec"]["membrane"].update(bits=20), "spec.membrane.bits: must be 24"),
    (lambda arrays, about: about["layers"][0].update(lsb=0), "layer '0': lsb must be a power of two in 2..2, got 0"),
    (lambda arrays, about: about["layers"][0].update(lsb=3), "layer '0': lsb must be a power of two in 2..2, got 3"),
    (lambda arrays, about: about["layers"][0].update(exponent=8), "exponent must be an integer in -8..7, got 8"),
    (lambda arrays, about: about["layers"][0].update(shift=5), "layer '0': shift must be 6, got 5"),
    (lambda arrays, about: about["layers"][0].update(channels=[0] * 12), "so channels must be empty"),
    (lambda arrays, about: about.update(input_step=float("inf")), "input_step must be a power of two, got inf"),
    (lambda arrays, about: about.update(input_step=0.3), "input_step must be a power of two, got 0.3"),
    (lambda arrays, about: about.update(largest_input=2**16), "largest_input must be an integer in 1..65535"),
    (lambda arrays, about: about["layers"][2].update(name="0"), "layers must have names of their own"),
    (lambda arrays, about: about["layers"][1].update(table=False), "table must be true where there is one"),
    (
        lambda arrays, about: arrays.update({"1.bias": np.zeros(12, np.int64)}),
        "arrays must be 0.codes, 1.table, 2.codes",
    ),
    (lambda arrays, about: about["layers"][0].update(exponent=1), "sha256: must be that of the contents"),
    (lambda arrays, about: arrays["0.codes"].__setitem__((0, 0), 7), "sha256: must be that of the contents"),
]


@pytest.mark.parametrize("number", range(len(CHANGES)))
def test_files_with_one_mistake(number: int, tmp_path: Path) -> None:
    change, message = CHANGES[number]
    export.save_network(network(hw_profiles.load("loihi2")), tmp_path / "net.safetensors")
    content = (tmp_path / "net.safetensors").read_bytes()
    assert edited(content, lambda arrays, about: None)
    (tmp_path / "bad.safetensors").write_bytes(edited(content, change))
    with pytest.raises(ValueError, match=r"^bad.safetensors: not an integer network: ") as caught:
        export.load_network(tmp_path / "bad.safetensors")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\x00" * 8, b"\xff" * 64, b"{}", b"PK\x03\x04" + b"x" * 99], ids=repr)
def test_files_that_are_something_else(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(ValueError, match=r"^x: not an integer network: "):
        export.load_network(tmp_path / "x")


def test_a_file_that_was_cut(tmp_path: Path) -> None:
    export.save_network(network(hw_profiles.load("generic8")), tmp_path / "net")
    content = (tmp_path / "net").read_bytes()
    for length in range(0, len(content), 97):
        (tmp_path / "cut").write_bytes(content[:length])
        with pytest.raises(ValueError, match=r"^cut: not an integer network: "):
            export.load_network(tmp_path / "cut")
    with pytest.raises(FileNotFoundError):
        export.load_network(tmp_path / "absent")
