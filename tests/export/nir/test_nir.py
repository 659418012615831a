"""NIR graphs: ours come back as what was written, and say the same in NIR's own equations; others become floats."""

import re
import warnings
from pathlib import Path
from typing import Any

import nir_euler
import numpy as np
import pytest
import torch
from lif_profiles import fed_back, taken, with_lif
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.export.nir.file import DT, from_nir, to_nir
from spikelut.hw_profiles import Profile
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.quant.weights.layers import QuantConv2d, QuantLinear
from spikelut.surrogates import Arctan, LeakyRelu, Sigmoid

nir: Any = pytest.importorskip("nir", reason="nir is not installed")

LOIHI, GENERIC = hw_profiles.load("loihi2"), hw_profiles.load("generic16")


def events(*shape: int, rate: float = 0.3) -> Tensor:
    return (torch.rand(shape, generator=torch.Generator().manual_seed(1)) < rate).float()


def filled(model: nn.Sequential, gain: float = 0.4) -> nn.Sequential:
    """Weights, and biases a fifth as large, that are on no grid."""
    random = torch.Generator().manual_seed(0)
    for name, parameter in model.named_parameters():
        if name.endswith(("weight", "bias")):
            size = gain if name.endswith("weight") else gain / 5
            parameter.data.copy_(torch.randn(parameter.shape, generator=random) * size)
    return model


def same_network(a: nn.Module, b: nn.Module) -> None:
    """Both modules have the same integers and the same parameters to train on."""
    first, second = quant.integer(a), quant.integer(b)
    assert (first.profile, first.largest_input, first.input_step) == (
        second.profile,
        second.largest_input,
        second.input_step,
    )
    for x, y in zip(first.layers, second.layers, strict=True):
        assert type(x) is type(y)
        for name, value in vars(x).items():
            if name not in ("codes", "table", "bias", "recurrent"):
                assert value == getattr(y, name), name
        tensors = [(getattr(layer, "table", None), getattr(layer, "bias", None)) for layer in (x, y)]
        for mine, its in zip(*tensors, strict=True):
            assert (mine is None) == (its is None)
        assert np.array_equal(getattr(x, "codes", 0), getattr(y, "codes", 0))
    mine, its = (
        {k: v for k, v in m.state_dict().items() if k.endswith(("weight", "bias", "beta", "threshold"))} for m in (a, b)
    )
    blocks = [[m.truncate for m in net.modules() if hasattr(m, "truncate")] for net in (a, b)]
    assert blocks[0] == blocks[1]
    assert mine.keys() == its.keys()
    assert all(v.dtype == its[k].dtype and torch.equal(v, its[k]) for k, v in mine.items())


def round_trip(model: nn.Sequential, path: Path, **options: Any) -> Any:
    """Write, read and write `model`; the graph."""
    graph = to_nir(model, path / "a.nir", **options)
    found = from_nir(path / "a.nir", quant.integer(model).profile)
    same_network(model, found)
    to_nir(found, path / "b.nir", **options)
    assert (path / "a.nir").read_bytes() == (path / "b.nir").read_bytes()
    same_network(model, from_nir(graph))
    for name, module in model.named_children():
        if isinstance(module, QuantLinear | QuantConv2d) and hasattr(graph.nodes.get(name), "weight"):
            assert np.array_equal(graph.nodes[name].weight, module.quant_weight().value.detach().float()), name
    return graph


def dense(profile: Profile, cuba: bool, **options: Any) -> nn.Sequential:
    bias = profile.bias is not None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", quant.TableWarning)
        slope = quant.LUTSurrogate(Sigmoid(alpha=3.0), profile)
    neuron: Any = quant.CubaLIF if cuba else quant.LIF
    readout: dict[str, Any] = {"alpha": 0.75} if cuba else {}
    layers = [
        QuantLinear(9, 12, profile=profile, weight_bits=4, input_step=0.25 if taken(profile, 2) > 1 else 1.0),
        neuron(profile, slope, bias=12 if bias else None, truncate=4, learn_threshold=True, **options),
        nn.Dropout(0.1),
        QuantLinear(12, 8, profile=profile),
        fed_back(neuron(profile, Arctan(2.0), **options), 8, weight_bits=3),
        QuantLinear(8, 5, profile=profile),
        quant.LI(profile, bias=5 if bias else None, **readout),
    ]
    return filled(nn.Sequential(*layers))


CASES = [(p, False) for p in with_lif()] + [(LOIHI, True), (hw_profiles.load("xylo"), True)]


@pytest.mark.parametrize(("profile", "cuba"), CASES, ids=lambda v: getattr(v, "name", v))
def test_round_trip(profile: Profile, cuba: bool, tmp_path: Path) -> None:
    assert profile.decay is not None
    learns = profile.decay.kind not in ("none", "linear")
    round_trip(dense(profile, cuba, learn_beta=learns), tmp_path)
    assert profile.step is not None
    for reset in profile.step.resets:
        graph = round_trip(dense(profile, cuba, reset=reset), tmp_path)
        assert graph.check_types()
        assert nir.read(tmp_path / "a.nir").nodes.keys() == graph.nodes.keys()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.nir", "b.nir"]


def images(**first: Any) -> nn.Sequential:
    slope = Arctan(2.0)
    layers: list[nn.Module] = [
        QuantConv2d(2, 4, profile=GENERIC, **first),
        quant.LIF(GENERIC, slope, reset="zero", bias=4),
        quant.SumPool2d(2),
        QuantConv2d(4, 6, 3, profile=GENERIC, groups=2, padding=1),
        quant.IF(GENERIC, slope, reset="zero"),
        nn.Flatten(2),
        QuantLinear(6 * 4 * 4, 5, profile=GENERIC),
        quant.LI(GENERIC, beta=1.0),
    ]
    return filled(nn.Sequential(*layers), 0.2)


@pytest.mark.parametrize("first", [{"kernel_size": 3}, {"kernel_size": (3, 5), "padding": (1, 2), "stride": (1, 1)}])
def test_images(first: dict[str, Any], tmp_path: Path) -> None:
    model, size = images(**first), (10 if first["kernel_size"] == 3 else 8)
    graph = round_trip(model, tmp_path, input_shape=(2, size, 8 if size == 8 else 10))
    x = events(12, 3, 2, *graph.nodes["input"].input_type["input"][1:])
    trains = quant.integer(model).run(x.numpy())
    traces = nir_euler.run(graph, x, DT)
    assert 0.02 < trains["1"].mean() < 0.5
    for name in ("1", "4"):
        # Sixteen-bit membranes round; hardly any is within that of the threshold.
        assert (traces[name] != trains[name]).mean() < 2e-3, name
    assert traces["7"].shape == trains["7"].shape
    with pytest.raises(ValueError, match=r"^to_nir: input_shape must be \(C, H, W\) of an image, got None$"):
        to_nir(model, None)
    with pytest.raises(ValueError, match=r"^to_nir: input_shape must be \(2, H, W\), got \(3, 8, 8\)$"):
        to_nir(model, None, input_shape=(3, 8, 8))
    with pytest.raises(ValueError, match=r"^to_nir: layer '6': input must be \[96\], flatten it, got \(150,\)$"):
        to_nir(model, None, input_shape=(2, size + 2, 12 if size == 10 else 10))


SPIKING = [(p, False) for p in with_lif() if p.step and "zero" in p.step.resets] + [(LOIHI, True)]


@pytest.mark.parametrize(("profile", "cuba"), SPIKING, ids=lambda v: getattr(v, "name", v))
@pytest.mark.parametrize("beta", [0.9375, None], ids=["leaks", "keeps"])
def test_nir_s_own_equations_give_the_same_spikes(profile: Profile, cuba: bool, beta: float | None) -> None:
    assert profile.decay is not None
    if beta is None and (profile.decay.kind == "shift" or profile.decay.max != 2**profile.decay.frac):
        pytest.skip(f"{profile.name} always leaks")
    neuron: Any = quant.CubaLIF if cuba else quant.LIF
    options = {"reset": "zero", "beta": 1.0 if beta is None else beta}
    # Registers must not overflow, which floats do not; what relaxes takes in a sixteenth of its input.
    gain = {"spinnaker1": 6.0, "spinnaker2": 6.0, "hls4ml": 0.15}.get(profile.name, 0.4)
    layers = [
        QuantLinear(20, 64, profile=profile),
        neuron(profile, Arctan(), bias=64 if profile.bias else None, **options),
        QuantLinear(64, 10, profile=profile),
        fed_back(neuron(profile, Arctan(), **options), 10),
    ]
    model, x = filled(nn.Sequential(*layers), gain), events(40, 16, 20)
    trains = quant.integer(model).run(x.numpy())
    for strict in (True, False):
        traces = nir_euler.run(to_nir(model, None, dt=2e-3), x, 2e-3, strict)
        for name in ("1", "3"):
            if profile.decay.kind == "relax" and beta is None:
                assert not traces[name].any()  # nothing of the input is taken in
                continue
            assert trains[name].mean() > 0.01
            # Where nothing leaks nothing is rounded. Elsewhere a spike that rounding moves moves those it causes.
            limit = 0.0 if beta is None else 0.015
            assert (traces[name] != trains[name]).mean() <= limit, (name, strict)


def test_membranes_on_the_threshold() -> None:
    """Quarters add up to the threshold exactly: whoever reads, with > or with >=, spikes as the chip does."""
    for profile in (GENERIC, LOIHI):  # v >= threshold, and v > threshold
        weights = QuantLinear(2, 1, profile=profile)
        weights.weight.data = torch.tensor([[0.25, 0.4]])
        model = nn.Sequential(weights, quant.IF(profile, Arctan(), reset="zero"))
        x, graph = torch.tensor([1.0, 0.0]).expand(20, 1, 2), to_nir(model, None)
        spikes = quant.integer(model).run(x.numpy())["1"]
        assert spikes.sum() == (4 if profile is LOIHI else 5)
        for strict in (True, False):
            assert np.array_equal(nir_euler.run(graph, x, DT, strict)["1"], spikes)


@pytest.mark.parametrize("name", ["generic16", "loihi2", "reckon", "spinnaker1", "xylo"])
def test_read_outs_give_the_same_membranes(name: str) -> None:
    profile = hw_profiles.load(name)
    synapse = 0.75 if name in ("loihi2", "xylo") else None
    readout = quant.LI(profile, beta=0.9375, alpha=synapse, bias=3 if profile.bias else None)
    model, x = filled(nn.Sequential(QuantLinear(9, 3, profile=profile), readout), 0.2), events(30, 4, 9)
    expected = quant.integer(model).run(x.numpy())["1"] * profile.state_step
    found = nir_euler.run(to_nir(model, None), x, DT)["1"]
    # Up to one code is lost by each rounding, of which as many count as the membrane keeps: sixteen, and the current's.
    assert abs(found - expected).max() <= 64 * profile.state_step
    assert abs(expected).max() > 200 * profile.state_step


def test_repeated_input_and_names(tmp_path: Path) -> None:
    model = nn.Sequential()
    modules: dict[str, nn.Module] = {
        "input": QuantLinear(4, 6, profile=LOIHI),
        "a/b": quant.Repeat(7),
        "a_b": quant.LIF(LOIHI, Arctan(), bias=6),
        "é-1": QuantLinear(6, 3, profile=LOIHI),
        "é_1": quant.LI(LOIHI),
    }
    for name, module in modules.items():
        model.add_module(name, module)
    graph = round_trip(filled(model), tmp_path)
    assert list(from_nir(graph)._modules) == list(model._modules)
    assert from_nir(graph)(torch.ones(1, 2, 4)).shape == (7, 2, 3)
    assert graph.metadata["spikelut"].count('"repeat": 7') == 1


def test_parameters_of_other_types(tmp_path: Path) -> None:
    for dtype in (torch.bfloat16, torch.float16, torch.float64):
        neuron = quant.LIF(LOIHI, Arctan(), bias=12, learn_beta=True)
        model = filled(nn.Sequential(QuantLinear(9, 12, profile=LOIHI), neuron))
        round_trip(model.to(dtype), tmp_path)


def test_converted_networks(tmp_path: Path) -> None:
    """Their tables clip what does not fit."""
    floats = filled(nn.Sequential(nn.Linear(9, 12, bias=False), quant.FloatLIF(LeakyRelu(0.1, 300.0), reset="zero")))
    found = quant.convert(floats, hw_profiles.load("tflm_int8"), events(9, 4, 9)).model
    round_trip(found, tmp_path)


@pytest.mark.parametrize("if_node", ["IF", "CubaLIF"])
def test_neurons_that_only_integrate(if_node: Any, tmp_path: Path) -> None:
    import nir

    layers: list[Any] = [QuantLinear(9, 6, profile=LOIHI), Recurrent(quant.IF(LOIHI, Arctan()), 6)]
    model = filled(nn.Sequential(*layers, QuantLinear(6, 3, profile=LOIHI), quant.LIF(LOIHI, Arctan(), beta=1.0)))
    graph = to_nir(model, tmp_path / "a.nir", if_node=if_node)
    kind = getattr(nir, if_node)
    assert [type(graph.nodes["3"]), type(graph.nodes["1"].nodes["lif"])] == [kind, kind]
    for source in (graph, tmp_path / "a.nir"):
        again: Any = from_nir(source)
        assert isinstance(again[1].neuron, quant.IF)
        assert torch.equal(again(events(20, 4, 9)), model(events(20, 4, 9)))
    x = events(20, 4, 9)
    spikes = quant.integer(model).run(x.numpy())
    assert spikes["3"].mean() > 0.05
    traces = nir_euler.run(graph, x, DT)
    assert all(np.array_equal(traces[name], spikes[name]) for name in spikes)
    with pytest.raises(ValueError, match=r"^to_nir: if_node must be CubaLIF or IF, got 'LIF'"):
        to_nir(model, None, if_node="LIF")  # type: ignore[arg-type]  # the point


class Mine(Arctan):
    """A curve of a user."""


def test_what_a_graph_cannot_hold(tmp_path: Path) -> None:
    weights = QuantLinear(3, 2, profile=LOIHI)
    other = quant.LUTSurrogate(Sigmoid(), LOIHI, scale=2.0**-5)
    rows: list[tuple[Any, str]] = [
        (quant.LIF(LOIHI, Mine()), "to_nir: layer '1': surrogate must be spikelut's, got 'Mine'"),
        (quant.LIF(LOIHI, other), "to_nir: layer '1': the table must be the one that profile and surrogate give, got"),
        (nn.ReLU(), "integer: layer '1': must be a QuantLinear"),
    ]
    for neuron, message in rows:
        with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
            to_nir(nn.Sequential(weights, neuron), tmp_path / "x")
    model = nn.Sequential(weights, quant.LIF(LOIHI, Arctan()))
    for dt in (0.0, -1.0, float("nan"), "1", True):
        with pytest.raises(ValueError, match=r"^to_nir: dt must be > 0, got"):
            to_nir(model, tmp_path / "x", dt=dt)  # type: ignore[arg-type]  # the point
    with pytest.raises(OSError, match="missing"):
        to_nir(model, tmp_path / "missing" / "x")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match=r"^from_nir: .*: profile must be loihi2, got 'generic16'$"):
        from_nir(to_nir(model, None), GENERIC)
