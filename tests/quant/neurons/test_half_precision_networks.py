"""Networks under autocast, in half precision and of mixed types, beside float32 copies of the same numbers."""

import copy
from typing import Any

import numpy as np
import pytest
import torch
from backends import backend, both, needs_native
from half_precision import HALVES, autocast, each_half, events, same
from lif_profiles import fed_back, with_lif
from sample_networks import CUBA, neurons, weights
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.hw_profiles import Profile
from spikelut.quant.arithmetic.traceable import unbranched
from spikelut.quant.dynamics.leak import input_share
from spikelut.quant.weights.layers import QuantConv2d, QuantLinear
from spikelut.surrogates import Arctan

pytestmark = pytest.mark.filterwarnings("ignore::spikelut.quant.TableWarning")
NETWORKS = [(p, False) for p in with_lif()] + [(p, True) for p in CUBA]
BACKENDS = ["torch", pytest.param("native", marks=needs_native)]
each_network = pytest.mark.parametrize(("profile", "cuba"), NETWORKS, ids=lambda v: getattr(v, "name", v))


def learns(profile: Profile, cuba: bool) -> dict[str, bool]:
    fixed = profile.decay is not None and profile.decay.kind in ("none", "linear")
    return {"learn_beta": not fixed, "learn_threshold": True}


def dense(profile: Profile, cuba: bool) -> nn.Sequential:
    """Weights, neurons with all that is learned, fed back neurons, and a read-out."""
    torch.manual_seed(0)
    gain = 1 / input_share(profile.decay, 0.9)
    recurrent = fed_back(neurons(profile, cuba, 7, **learns(profile, cuba)), 7)
    if isinstance(recurrent, quant.Recurrent):
        weights(recurrent.linear, 0.2 * gain)
    return nn.Sequential(
        weights(QuantLinear(24, 8, profile=profile), 0.3 * gain),
        neurons(profile, cuba, 8, **learns(profile, cuba)),
        weights(QuantLinear(8, 7, profile=profile), 0.6 * gain),
        recurrent,
        weights(QuantLinear(7, 3, profile=profile), 0.4 * gain),
        quant.LI(profile, learn_beta=learns(profile, cuba)["learn_beta"]),
    )


def convolutional(profile: Profile, cuba: bool) -> nn.Sequential:
    torch.manual_seed(1)
    gain = 1 / input_share(profile.decay, 0.9)
    return nn.Sequential(
        weights(QuantConv2d(2, 4, 3, profile=profile, padding=1), 0.5 * gain),
        neurons(profile, cuba, 4),
        quant.SumPool2d(2),
        nn.Flatten(2),
        weights(QuantLinear(16, 5, profile=profile), 0.3 * gain),
        neurons(profile, cuba, 5),
    )


def results(model: nn.Sequential, x: Tensor) -> tuple[list[Tensor], list[Tensor]]:
    """All spikes, membranes and states of `model`, and the gradients of `x` and of all parameters."""
    model, x = copy.deepcopy(model), x.clone().requires_grad_()
    signal: Any = x
    found: list[Tensor] = []
    for layer in model:
        if isinstance(layer, quant.Recurrent):
            traces = layer.sequence(signal)
        elif isinstance(layer, quant.LIF | quant.CubaLIF | quant.LI):
            traces = layer.run(signal)
        else:
            signal = layer(signal)
            continue
        signal, found = traces.out, [*found, *traces]
    towards = torch.randn(signal.shape, generator=torch.Generator().manual_seed(4)).to(signal.dtype)
    inputs = [x, *model.parameters()]
    grads = torch.autograd.grad((signal * towards).sum(), inputs)
    return [v.detach() for v in found], list(grads)


def alive(states: list[Tensor], grads: list[Tensor]) -> None:
    """A proof on zeros is none: of spikes and membranes a twentieth differs from zero, of gradients each has a part."""
    for out in states[::3]:
        assert float((out != 0).float().mean()) > 0.05
    assert all(bool(g.any()) for g in grads)
    assert all(bool(g.isfinite().all()) for g in grads)


def network(kind: str, profile: Profile, cuba: bool) -> tuple[nn.Sequential, Tensor]:
    if kind == "dense":
        return dense(profile, cuba), events(8, 4, 24)
    return convolutional(profile, cuba), events(6, 2, 2, 4, 4)


@pytest.mark.parametrize(
    ("kind", "profile", "cuba"),
    [("dense", *chosen) for chosen in NETWORKS] + [("convolutional", *chosen) for chosen in NETWORKS[::3]],
    ids=lambda v: getattr(v, "name", v),
)
@pytest.mark.parametrize("name", BACKENDS)
def test_networks(name: str, kind: str, profile: Profile, cuba: bool) -> None:
    model, x = network(kind, profile, cuba)
    with backend(name):
        plain = results(model, x)
        alive(*plain)
        for dtype in HALVES:
            # Also the way back is inside, where torch's own products would be rounded.
            with autocast(dtype):
                for found, wanted in zip(results(model, x), plain, strict=True):
                    same(found, wanted)
            half = copy.deepcopy(model).to(dtype)
            outs, grads = results(copy.deepcopy(half).float(), x)
            alive(outs, grads)
            rounded = [g.to(dtype) for g in grads]
            for given in (x, x.to(dtype)):
                with autocast(dtype if given is x else None):
                    found, back = results(half, given)
                same(found, outs)
                same(back, [grads[0].to(given.dtype), *rounded[1:]])
            found, back = results(model, x.to(dtype))
            same(found, plain[0])
            same(back, [plain[1][0].to(dtype), *plain[1][1:]])


@each_network
@each_half
def test_integers_are_those_of_the_values_in_half_precision(dtype: torch.dtype, profile: Profile, cuba: bool) -> None:
    model, x = dense(profile, cuba).to(dtype), events(8, 4, 24)
    with autocast(dtype):
        deployed, out = quant.integer(model), model(x.to(dtype))
    traces, copied = deployed.run(x.numpy()), quant.integer(copy.deepcopy(model).float()).run(x.numpy())
    for name, codes in traces.items():
        assert np.array_equal(codes, copied[name])
        assert codes.any()
    assert np.array_equal(out.detach().numpy(), list(traces.values())[-1] * profile.state_step)


def layers_of(profile: Profile, cuba: bool) -> dict[str, Any]:
    curve = Arctan(alpha=2.0)
    made: dict[str, Any] = {"neurons": neurons(profile, cuba, 5), "read-out": quant.LI(profile)}
    if not cuba:
        made["curve"] = quant.LIF(profile, curve, reset=profile.step.resets[-1] if profile.step else None)
    made["float"] = quant.FloatLIF(curve, beta=0.9, bias=5, reset="zero")
    made["float, table"] = quant.FloatLIF(quant.LUTSurrogate(curve, profile), beta=0.9, alpha=0.5)
    made["float read-out"] = quant.FloatLIF(None, beta=0.9)
    made["many"] = quant.FloatLIF(curve, beta=0.9, threshold=0.25, max_spikes=3)
    return made


@each_network
@each_half
@pytest.mark.parametrize("name", BACKENDS)
def test_currents_in_half_precision_are_what_they_are(
    name: str, dtype: torch.dtype, profile: Profile, cuba: bool
) -> None:
    """Spikes keep their type; membranes are float32; gradients are those of float32, rounded once."""
    random = torch.Generator().manual_seed(1)
    current = (torch.randn(12, 4, 5, generator=random) * 0.6 + 0.2).to(dtype) / input_share(profile.decay, 0.9)
    towards = torch.randn(12, 4, 5, generator=random)

    def run(layer: Any, kind: torch.dtype) -> tuple[Tensor, Tensor]:
        x = current.to(kind).requires_grad_()
        with autocast(dtype if kind == torch.float32 else None):
            out = layer(x)
        return out.detach(), torch.autograd.grad((out * towards.to(dtype)).float().sum(), x)[0]

    for label, layer in layers_of(profile, cuba).items():
        with backend(name):
            (out, grad), (wanted, expected) = run(layer, dtype), run(layer, torch.float32)
        assert out.dtype == (torch.float32 if "read-out" in label else dtype)
        assert torch.equal(out.float(), wanted), label
        assert torch.equal(grad, expected.to(dtype)), label
        assert wanted.any(), label
        assert grad.any(), label


@each_network
@each_half
def test_states_are_float32(dtype: torch.dtype, profile: Profile, cuba: bool) -> None:
    """Those that are given in half precision count for their value; a sequence in two parts is the whole one."""
    random = torch.Generator().manual_seed(1)
    current = (torch.randn(8, 4, 5, generator=random) * 0.5).to(dtype)
    states = [torch.randn(4, 5, generator=random).to(dtype) for _ in range(2)]
    for layer in (neurons(profile, cuba, 5), quant.LI(profile)):
        wanted = layer.run(current.float(), *(s.float() for s in states))
        found = layer.run(current, *states)
        parts = layer.run(current[4:], *layer.run(current[:4], *states)[1:])
        assert found.mem.dtype == found.syn.dtype == torch.float32
        assert bool(wanted.mem.any())
        for a, b, c in zip(found, wanted, parts, strict=True):
            assert torch.equal(a.float(), b)
            assert torch.equal(a[-4:] if a.ndim == 3 else a, c)
    layer = fed_back(neurons(profile, cuba, 5), 5)
    if not isinstance(layer, quant.Recurrent):
        return
    last = events(4, 5).to(dtype)
    found, wanted = (layer.sequence(current.to(kind), last=last.to(kind)) for kind in (dtype, torch.float32))
    assert torch.equal(found.mem, wanted.mem)
    assert not torch.equal(wanted.mem, layer.sequence(current.float()).mem)


@each_half
@pytest.mark.parametrize("name", ["loihi2", "generic16", "reckon"])
def test_training_with_a_scaler_is_training_without(dtype: torch.dtype, name: str) -> None:
    """The scale is a power of two and everything under autocast float32, so that even weights stay the same."""
    profile, x, target = hw_profiles.load(name), events(12, 6, 24), torch.arange(6) % 3

    def train(half: bool) -> tuple[list[float], list[Tensor]]:
        model, losses = dense(profile, False), []
        scaler = torch.amp.GradScaler("cpu", init_scale=2.0**16, enabled=half)
        optimiser = torch.optim.SGD(model.parameters(), lr=0.02)
        for _ in range(3):
            with autocast(dtype if half else None):
                loss = nn.functional.cross_entropy(model(x).mean(0), target)
            optimiser.zero_grad()
            torch.autograd.backward(scaler.scale(loss))
            scaler.step(optimiser)
            scaler.update()
            losses.append(float(loss.detach()))
        assert not half or scaler.get_scale() == 2.0**16  # no gradient overflowed
        return losses, list(model.parameters())

    (losses, found), (expected, wanted) = train(True), train(False)
    assert losses == expected
    assert losses[0] != losses[-1]
    assert all(torch.equal(a, b) for a, b in zip(found, wanted, strict=True))


@each_half
def test_without_looking_at_values(dtype: torch.dtype) -> None:
    model, x = network("convolutional", hw_profiles.load("loihi2"), False)
    half = copy.deepcopy(model).to(dtype)
    with unbranched(), autocast(dtype):
        out = half(x.to(dtype))
    assert torch.equal(out, copy.deepcopy(half).float()(x))
    assert bool(out.any())


@each_half
def test_converted_networks(dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    floats = nn.Sequential(
        nn.Linear(24, 8), nn.BatchNorm1d(8), quant.FloatLIF(Arctan(), beta=0.9, bias=8, reset="zero"),
        nn.Linear(8, 6, bias=False), quant.FloatRecurrent(quant.FloatLIF(Arctan(), beta=0.9), 6),
        nn.Linear(6, 3), quant.FloatLIF(None, beta=0.9),
    ).eval()  # fmt: skip
    profile, x = hw_profiles.load("loihi2"), events(20, 60, 24)
    half = copy.deepcopy(floats).to(dtype)
    wanted = quant.convert(copy.deepcopy(half).float(), profile, x)
    with autocast(dtype):
        found = quant.convert(half, profile, x.to(dtype))
    assert found.layers == wanted.layers
    assert torch.equal(found.model(x), wanted.model(x))
    assert bool(wanted.model(x).any())


@each_half
def test_spikes_kept_as_bits(dtype: torch.dtype) -> None:
    model, x = dense(hw_profiles.load("loihi2"), False), events(12, 12, 24)
    plain = results(model, x)
    with autocast(dtype), quant.packed_spikes():
        packed = results(model, x)
    for found, wanted in zip(packed, plain, strict=True):
        same(found, wanted)


@needs_native
@each_half
def test_the_backends_agree(dtype: torch.dtype) -> None:
    model, x = dense(hw_profiles.load("reckon"), False), events(12, 6, 24)

    def run() -> list[Tensor]:
        with autocast(dtype):
            states, grads = results(model, x)
        return [*states, *grads]

    same(*both(run))
