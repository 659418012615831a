"""Networks whose neurons have decays and thresholds of their own: the same integers in every form there is."""

import json
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from backends import backend
from c_networks import Library
from numpy.typing import NDArray
from onnx_forms import run
from safetensors.numpy import load, save
from specified import bias_codes_of, specified
from torch import Tensor, nn

from spikelut import export, hw_profiles, quant
from spikelut.hw_profiles import Profile
from spikelut.quant import IntegerLIF, IntegerNetwork
from spikelut.quant.arithmetic.per_neuron import is_each
from spikelut.quant.network.reference import reference_states
from spikelut.quant.network.stimuli import stimuli
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.surrogates import Arctan

EACH = [
    p
    for p in map(hw_profiles.load, hw_profiles.names())
    if p.threshold and p.threshold.per_neuron and p.decay and p.decay.per_neuron
]
STEPS, SIZE = 8, (5, 6)
CURVE = Arctan(alpha=2.0)


def network(profile: Profile, images: bool, seed: int) -> nn.Sequential:
    """Every layer of neurons with random decays and thresholds, one for each; one has the same threshold for all."""
    random = np.random.default_rng(seed)

    def own(n: int) -> dict[str, Any]:
        return {"beta": random.uniform(0.5, 0.96, n), "threshold": torch.from_numpy(random.uniform(0.3, 1.4, n))}

    layers: list[nn.Module] = []
    if images:
        first: Any = quant.QuantConv2d(2, 3, 3, profile=profile)
        bias = 3 if profile.bias else None
        layers += [first, quant.LIF(profile, CURVE, bias=bias, **own(3)), nn.Flatten(2)]
        layers += [quant.QuantLinear(3 * 3 * 4, 6, profile=profile)]
    else:
        fed_back = Recurrent(quant.LIF(profile, quant.LUTSurrogate(CURVE, profile), **own(7)), 7)
        layers += [quant.QuantLinear(9, 7, profile=profile), fed_back, quant.QuantLinear(7, 6, profile=profile)]
    if profile.current_decay is not None:
        layers.append(quant.CubaLIF(profile, CURVE, alpha=random.uniform(0.2, 0.8, 6), **own(6)))
    else:
        layers.append(quant.LIF(profile, CURVE, **own(6) | {"threshold": 0.75}))
    layers += [quant.QuantLinear(6, 4, profile=profile), quant.LI(profile, beta=random.uniform(0.5, 0.9, 4).tolist())]
    model = nn.Sequential(*layers)
    gain = 6.0 if profile.decay and profile.decay.kind == "relax" else 1.5
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        if name.endswith("weight"):
            width = parameter[0].numel() ** -0.5
            nn.init.normal_(parameter, 0.3 * gain * width, gain * width, generator=generator)
        elif name.endswith("bias"):
            nn.init.normal_(parameter, 0.1, 0.2, generator=generator)
    return model


def events_for(images: bool, seed: int) -> NDArray[np.int64]:
    shape = (STEPS, 3, 2, *SIZE) if images else (STEPS, 3, 9)
    return (np.random.default_rng(seed + 1).random(shape) < 0.5).astype(np.int64)


def neurons_of(model: nn.Sequential) -> dict[str, Any]:
    """The torch layers of neurons by name."""
    found = {name: getattr(m, "neuron", m) for name, m in model.named_children()}
    return {name: m for name, m in found.items() if hasattr(m, "integer_bias")}


def compare_with_specification(model: nn.Sequential, deployed: IntegerNetwork, events: NDArray[np.int64]) -> None:
    """Each neuron of the reference in NumPy, step by step in plain integers."""
    signal = events
    for layer in deployed.layers:
        if not isinstance(layer, IntegerLIF):
            signal = layer.run(signal)
            continue
        trace, own = layer.trace(signal), layer.kind.count
        assert own is not None
        assert own == signal.shape[2]
        bias = bias_codes_of(neurons_of(model)[layer.name], own)
        for n in range(own):
            kind = layer.kind.neuron(n)
            columns = trace["arriving"][:, :, n].reshape(STEPS, -1)
            made = specified(kind.spec, kind.synapse, columns, [bias[n]] * columns.shape[1])
            assert np.array_equal(made.of("mem"), trace["mem"][:, :, n].reshape(STEPS, -1))
            assert np.array_equal(made.of("spikes"), trace["spikes"][:, :, n].reshape(STEPS, -1))
            assert layer.synapse is None or np.array_equal(made.syn, trace["syn"][:, :, n].reshape(STEPS, -1))
        signal = trace["mem" if layer.reads_out else "spikes"]


@pytest.mark.parametrize("images", [False, True], ids=["recurrent", "images"])
@pytest.mark.parametrize("profile", EACH, ids=lambda p: p.name)
def test_the_same_integers_everywhere(profile: Profile, images: bool, tmp_path: Path) -> None:
    seed = len(profile.name)
    model, events = network(profile, images, seed), events_for(images, seed)
    deployed = quant.integer(model)
    wanted = deployed.run(events)
    shares = {name: np.count_nonzero(values) / values.size for name, values in wanted.items()}
    assert min(shares.values()) > 0.1, shares
    print(f"{profile.name}: of spikes and membranes at least {min(shares.values()):.0%} are not zero")
    compare_with_specification(model, deployed, events)
    *_, last = wanted
    for runner in ("torch", "auto"):
        with backend(runner):
            out = model(torch.from_numpy(events).float()) / profile.state_step
        assert np.array_equal(out.detach().numpy(), wanted[last]), runner
    export.save_network(deployed, tmp_path / "net.safetensors")
    for again in (export.load_network(tmp_path / "net.safetensors"), quant.integer(quant.from_integer(deployed))):
        found = again.run(events)
        assert all(np.array_equal(found[name], wanted[name]) for name in wanted)
        assert again.layers[1].spec == deployed.layers[1].spec  # type: ignore[union-attr]  # neurons
    size = SIZE if images else None
    source = export.to_c(deployed, tmp_path, "net", size=size, steps=1)[1]
    states, held = reference_states(deployed, events), Library.of(deployed, source, size).run(events, STEPS)
    assert held.keys() <= states.keys()
    assert all(np.array_equal(held[name].ravel(), states[name].ravel()) for name in held)
    dialects: tuple[Any, ...] = ("integer", "functions")
    forms: tuple[Any, ...] = ("scan", "step")
    for dialect, form in product(dialects, forms):
        path = tmp_path / f"{dialect}_{form}.onnx"
        export.to_onnx(model, events.shape, path, dialect=dialect, form=form, hidden_spikes=True)
        for name, values in run(path, events, form).items():
            codes = values / profile.state_step if name == last and values.dtype == np.float32 else values
            assert np.array_equal(codes, wanted[name]), (dialect, form, name)
    loaded = quant.integer(export.load(tmp_path / "functions_scan.onnx")).run(events)
    assert all(np.array_equal(loaded[name], wanted[name]) for name in wanted)
    read: Any = export.from_nir(export.to_nir(model, None, input_shape=(2, *SIZE) if images else None))
    assert all(
        np.array_equal(a, b) for a, b in zip(quant.integer(read).run(events).values(), wanted.values(), strict=True)
    )


def trained(profile: Profile) -> tuple[nn.Sequential, Tensor]:
    """A network that has learned its own decays and thresholds for some steps, and an input."""
    torch.manual_seed(0)
    lut = quant.LUTSurrogate(CURVE, profile)
    learns: dict[str, Any] = {"learn_beta": True, "learn_threshold": True}
    model = nn.Sequential(
        quant.QuantLinear(8, 12, profile=profile),
        quant.LIF(profile, lut, beta=[0.75] * 12, threshold=torch.ones(12), **learns),
        quant.QuantLinear(12, 3, profile=profile),
        quant.LI(profile, beta=[0.75] * 3, learn_beta=True),
    )
    weights: Any = model[0].weight
    nn.init.normal_(weights, 0.2, 0.3)
    x = (torch.rand(12, 16, 8) < 0.5).float()
    optimiser = torch.optim.Adam(model.parameters(), lr=0.02)
    labels = torch.randint(0, 3, (16,))
    for _ in range(12):
        optimiser.zero_grad()
        nn.functional.cross_entropy(model(x).mean(0), labels).backward()  # type: ignore[no-untyped-call]  # torch's
        optimiser.step()
    return model, x


@pytest.mark.parametrize("name", ["loihi2", "generic8", "generic16", "hls4ml"])
def test_what_is_trained_is_what_is_deployed(name: str) -> None:
    profile = hw_profiles.load(name)
    model, x = trained(profile)
    neurons: Any = model[1]
    assert len(neurons.raw_beta.unique()) > 6, "neurons learn by themselves"
    assert (neurons.raw_threshold - 1).abs().min() > 0
    if profile.decay and profile.decay.kind != "shift":  # whose levels are far from each other
        assert len(neurons.beta.unique()) > 6
    deployed = quant.integer(model)
    wanted = model(x).detach().numpy() / profile.state_step
    found = deployed.run(x.long().numpy())
    assert np.array_equal(found["3"], wanted)
    assert np.count_nonzero(found["1"]) > 0.1 * found["1"].size
    layer = deployed.layers[1]
    assert isinstance(layer, IntegerLIF)
    assert is_each(layer.spec.threshold)
    assert not layer.spec.leak.amount.flags.writeable
    again: Any = export.from_nir(export.to_nir(model, None))
    assert torch.equal(again[1].raw_beta, neurons.raw_beta)
    assert torch.equal(again(x), model(x))


def test_files_with_other_numbers(tmp_path: Path) -> None:
    profile = hw_profiles.load("loihi2")
    deployed = quant.integer(network(profile, False, 0))
    path = tmp_path / "net.safetensors"
    export.save_network(deployed, path)
    content = path.read_bytes()
    size = int.from_bytes(content[:8], "little")
    text, arrays = content[8 : 8 + size].decode(), load(content)
    assert {k for k in arrays if k.endswith(("amount", "threshold"))} >= {"1.spec.amount", "1.spec.threshold"}
    assert "3686" not in text
    assert "one for each" in text
    layer = deployed.layers[1]
    assert isinstance(layer, IntegerLIF)
    spec, amount = layer.spec, layer.spec.leak.amount

    def refused(changed: Any, message: str, chip: Profile = profile) -> None:
        layers = (deployed.layers[0], replace(layer, spec=changed), *deployed.layers[2:])
        export.save_network(replace(deployed, layers=layers, profile=chip), path)
        with pytest.raises(ValueError, match=message):
            export.load_network(path)

    refused(
        replace(spec, threshold=spec.threshold + 1), r"spec.threshold must be a multiple of 64 in 64..8388544, got ar"
    )
    refused(replace(spec, threshold=spec.threshold * 0), r"spec.threshold must be a multiple of 64")
    refused(
        replace(spec, leak=replace(spec.leak, amount=amount * 2)), r"amount must be an integer in 1..4096, got array"
    )
    refused(replace(spec, leak=replace(spec.leak, amount=amount[:3])), r"neurons must fit the weights")
    assert profile.decay is not None
    one = replace(profile, decay=replace(profile.decay, per_neuron=False))
    refused(spec, r"amount must be an integer in 1..4096, got array", one)
    arrays["1.spec.amount"] = arrays["1.spec.amount"].astype(np.int32)
    kept = {"spikelut": json.loads(text)["__metadata__"]["spikelut"]}
    path.write_bytes(save(arrays, kept))
    with pytest.raises(ValueError, match=r"amount must be whole numbers \[N\], got 'int32 \(7,\)'"):
        export.load_network(path)


def test_stimuli_and_silence_look_at_each_neuron() -> None:
    profile = hw_profiles.load("generic16")
    weights: Any = quant.QuantLinear(4, 2, profile=profile)
    nn.init.constant_(weights.weight, 0.25)
    layer = quant.LIF(profile, CURVE, beta=[0.5, 0.5], threshold=[1.9, 7.5])
    deployed = quant.integer(nn.Sequential(weights, layer))
    found = stimuli(deployed)
    assert found.spiking == {"1": 0.5}
    layer = quant.LIF(profile, CURVE, beta=[0.5, 0.5], threshold=[2.1, 7.5])
    with pytest.warns(quant.SilentLayerWarning, match="layer '1' can never spike"):
        quant.integer(nn.Sequential(weights, layer))


class Joined(nn.Module):
    """Neurons behind sums of which only all together are known."""

    def __init__(self, threshold: float) -> None:
        super().__init__()
        profile = hw_profiles.load("generic16")
        self.a: Any = quant.QuantLinear(4, 1, profile=profile)
        self.b: Any = quant.QuantLinear(4, 2, profile=profile)
        for layer in (self.a, self.b):
            nn.init.constant_(layer.weight, 0.25)
        self.lif = quant.LIF(profile, CURVE, beta=[0.5] * 3, threshold=[7.5, threshold, 7.5])

    def forward(self, x: Tensor) -> Tensor:
        """Both, side by side."""
        out: Tensor = self.lif(torch.cat([self.a(x), self.b(x)], 2))
        return out


def test_silence_of_branches_that_meet() -> None:
    neurons: Any = quant.integer(Joined(1.9)).nodes[-1].layer
    assert neurons.kind.count == 3
    with pytest.warns(quant.SilentLayerWarning, match="layer 'lif' can never spike"):
        quant.integer(Joined(2.1))
