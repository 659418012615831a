"""Gradients that are found while a network runs, against those of backpropagation through time."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import prune

from spikelut import hw_profiles, quant, surrogates
from spikelut.hw_profiles import NumberFormat
from spikelut.quant.arithmetic.array_ops import TorchOps
from spikelut.surrogates import Arctan

INPUTS, NEURONS, OUTPUTS, STEPS, BATCH = 5, 6, 3, 40, 4


def network(name: str, kind: str, *, recurrent: bool = False, bias: bool = False, **options: Any) -> nn.Sequential:
    """A layer of neurons that spike, and a read-out, in float64: what is compared are no roundings of float32."""
    torch.manual_seed(1)
    inputs = {"inputs": (16, 6)} if options.pop("finer", False) else {}
    profile = hw_profiles.load(name)
    profile = profile.with_precision(**inputs) if inputs else profile
    table = quant.LUTSurrogate(Arctan(alpha=2.0), profile)
    options |= {"beta": 0.875, "bias": NEURONS if bias else None}
    neurons: Any = getattr(quant, kind)(profile, table, **options)
    neurons = quant.Recurrent(neurons, NEURONS) if recurrent else neurons
    out: dict[str, Any] = {"alpha": 0.5} if name == "xylo" else {}
    readout = quant.LI(profile, beta=0.75, bias=OUTPUTS if bias else None, **out)
    layers = (quant.QuantLinear(INPUTS, NEURONS, profile=profile), neurons)
    model = nn.Sequential(*layers, quant.QuantLinear(NEURONS, OUTPUTS, profile=profile), readout).double()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 2:
                parameter.mul_(2)
            else:
                parameter.uniform_(-0.1, 0.1)
    return model


def samples() -> tuple[Tensor, Tensor]:
    torch.manual_seed(2)
    return (torch.rand(STEPS, BATCH, INPUTS) < 0.4).double(), torch.randn(STEPS, BATCH, OUTPUTS).double()


def gradients(model: nn.Module) -> list[Tensor]:
    found = [p.grad.clone() for p in model.parameters() if p.grad is not None]
    model.zero_grad()
    assert len(found) == len(list(model.parameters()))
    return found


def through_time(model: nn.Sequential, x: Tensor, errors: Tensor) -> list[Tensor]:
    """Those of autograd; a recurrent layer's own spikes come in as if from outside."""
    weights, neurons, *rest = model
    currents = weights(x)
    if isinstance(neurons, quant.Recurrent):
        spikes = neurons(currents).detach()
        before = torch.cat([torch.zeros_like(spikes[:1]), spikes[:-1]])
        currents = currents + nn.functional.linear(before, neurons.linear.quant_weight().value)
        spikes = neurons.neuron(currents)
    else:
        spikes = neurons(currents)
    assert 0.05 < float(spikes.detach().mean()) < 3
    (nn.Sequential(*rest)(spikes) * errors).sum().backward()
    return gradients(model)


CASES: list[tuple[str, str, dict[str, Any]]] = [
    ("loihi2", "LIF", {}),
    ("loihi2", "CubaLIF", {"alpha": 0.75, "bias": True}),
    ("loihi2", "LIF", {"recurrent": True, "bias": True}),
    ("loihi2", "CubaLIF", {"recurrent": True}),
    ("loihi2", "LIF", {"beta": [0.5, 0.6, 0.7, 0.8, 0.9, 0.95]}),
    ("generic16", "LIF", {"reset": "subtract", "bias": True}),
    ("generic8", "LIF", {"reset": "zero"}),
    ("generic8", "LIF", {"reset": "subtract", "threshold": 0.25}),
    ("reckon", "LIF", {"reset": "zero"}),
    ("reckon", "LIF", {"reset": "subtract", "recurrent": True}),
    ("xylo", "CubaLIF", {"bias": True}),
    ("loihi2", "LIF", {"refractory": 2}),
    ("hls4ml", "LIF", {"window_size": 7}),
    ("hls4ml", "LIF", {"finer": True, "threshold": 0.5}),
    ("loihi2", "AdaptiveLIF", {"alpha": 0.5, "threshold": 0.25, "threshold_step": 0.125, "bias": True}),
    (
        "generic16",
        "AdaptiveLIF",
        {"threshold": 0.25, "threshold_step": 0.25, "refractory_beta": 0.5, "recurrent": True},
    ),
]


@pytest.mark.parametrize(("name", "kind", "options"), CASES, ids=lambda value: str(value))
def test_gradients_are_those_of_backpropagation_through_time(name: str, kind: str, options: dict[str, Any]) -> None:
    """Float64 sums in another order: 1e-12 of the largest."""
    beta = options.get("beta")
    model = network(name, kind, **{k: v for k, v in options.items() if k != "beta"})
    if beta is not None:
        model[1] = quant.LIF(hw_profiles.load(name), model[1].surrogate, beta=beta)  # type: ignore[arg-type]  # its own
    x, errors = samples()
    learner = quant.EProp(model)
    out = learner.run(x, lambda t, _: errors[t])
    found = gradients(model)
    assert torch.equal(out, model(x))
    wanted = through_time(model, x, errors)
    assert all(grad.abs().max() > 0 for grad in wanted)
    for grad, other in zip(found, wanted, strict=True):
        assert float((grad - other).abs().max()) <= 1e-12 * float(other.abs().max())


def test_saturated_registers_pass_nothing() -> None:
    """Where currents drive the membrane to its end; a neuron that never spikes there learns nothing."""
    model = network("generic8", "LIF", reset="zero", threshold=1.9)
    weights: Any = model[0].weight
    with torch.no_grad():
        weights.fill_(-1.9)
        weights[:3] *= -0.3
    x, errors = samples()
    quant.EProp(model).run(x, lambda t, _: errors[t])
    found = gradients(model)
    synapses, neurons, *_ = quant.integer(model).layers
    assert isinstance(neurons, quant.IntegerLIF)
    assert neurons.saturated(np.asarray(synapses.run(x.numpy().astype(np.int64)))) > 0.1
    (model(x) * errors).sum().backward()
    for grad, other in zip(found, gradients(model), strict=True):
        assert float((grad - other).abs().max()) <= 1e-12 * float(other.abs().max())


def test_axon_traces_are_exact_without_a_filter_and_with_a_fine_register() -> None:
    """By hand: sum over t of L * slope * trace, the trace in floats; a register of 2**-24 is within 1e-6 of it."""
    model = network("generic16", "LIF", reset="subtract")
    x, errors = samples()
    neurons: Any = model[1]
    profile = neurons.profile
    currents = model[0](x).detach()
    trace, mem, wanted = torch.zeros(BATCH, INPUTS).double(), None, torch.zeros(NEURONS, INPUTS).double()
    step, second = profile.state_step, model[2]
    assert isinstance(second, quant.QuantLinear)
    weights = second.quant_weight().value.detach()
    for t in range(STEPS):
        trace = neurons.beta * trace + x[t]
        before = torch.zeros(BATCH, NEURONS).double() if mem is None else mem
        mem = neurons.step(currents[t], mem)[1]
        codes = (torch.round(part / step).long() for part in (before, currents[t]))
        above = neurons.dynamics.step(TorchOps, (next(codes),), next(codes)).x
        slope = neurons.surrogate.surrogate_grad(above.double() * step)
        wanted += ((errors[t] @ weights) * slope).T @ trace
    learner = quant.EProp(model, traces="axon", trace=NumberFormat(32, 24))
    learner.run(x, lambda t, _: errors[t])
    grad = gradients(model)[0]
    assert float((grad - wanted).abs().max()) <= 1e-5 * float(wanted.abs().max())
    quant.EProp(model, traces="axon").run(x, lambda t, _: errors[t])
    coarse = gradients(model)[0]
    assert 0 < float((coarse - wanted).abs().max()) <= 1e-2 * float(wanted.abs().max())


def test_step_by_step_is_the_whole_run_and_memory_does_not_grow() -> None:
    model = network("loihi2", "LIF", recurrent=True)
    x, errors = samples()
    learner = quant.EProp(model, traces="axon", feedback="random", seed=3)
    out = learner.run(x, lambda t, _: errors[t] if t % 2 else None)
    wanted = gradients(model)
    learner.start()
    for t in range(STEPS):
        assert torch.equal(learner.step(x[t]), out[t])
        if t % 2:
            learner.learn(errors[t])
    learner.finish()
    assert all(torch.equal(a, b) for a, b in zip(gradients(model), wanted, strict=True))


def test_learning_signals_of_ones_own() -> None:
    """A reward in place of an error: gradients are three factors, so twice the signal is twice the gradient."""
    model = network("loihi2", "LIF")
    x, errors = samples()
    found = []
    for reward in (0.5, 1.0):
        learner = quant.EProp(model)
        learner.start()
        for t in range(STEPS):
            learner.step(x[t])
            learner.learn(errors[t], [torch.full((BATCH, NEURONS), reward).double()])
        learner.finish()
        found.append(gradients(model))
    assert found[0][0].abs().max() > 0
    assert torch.equal(2 * found[0][0], found[1][0])
    assert torch.equal(found[0][1], found[1][1])


def test_deeper_networks_learn_by_feedback_of_their_own() -> None:
    profile = hw_profiles.load("loihi2")
    table = quant.LUTSurrogate(Arctan(alpha=2.0), profile)
    layers: list[nn.Module] = []
    torch.manual_seed(0)
    for before, after in ((8, 12), (12, 10)):
        layers += [quant.QuantLinear(before, after, profile=profile), quant.LIF(profile, table, beta=0.9)]
    model = nn.Sequential(*layers, quant.QuantLinear(10, 2, profile=profile), quant.LI(profile, beta=0.9))
    feedback = [torch.randn(2, 12), torch.randn(2, 10)]
    x = (torch.rand(20, 16, 8) < 0.5).float()
    learner = quant.EProp(model, feedback=feedback)
    learner.run(x, lambda _, membrane: membrane - 0.5)
    assert all(float(p.grad.abs().max()) > 0 for p in model.parameters() if p.grad is not None)
    with pytest.raises(ValueError, match=r"^EProp: feedback must be 'random', or tensors, with several layers"):
        quant.EProp(model)
    with pytest.raises(ValueError, match=r"^EProp: feedback must be tensors of \[\(2, 12\), \(2, 10\)\]"):
        quant.EProp(model, feedback=feedback[:1])


def test_it_learns() -> None:
    """Two patterns of rates, told apart after some updates, with the integer traces of the chip."""
    torch.manual_seed(0)
    profile = hw_profiles.load("reckon")
    table = quant.LUTSurrogate(surrogates.Arctan(), profile)
    neurons = quant.Recurrent(quant.LIF(profile, table, beta=0.9), 16)
    layers = (quant.QuantLinear(12, 16, profile=profile), neurons, quant.QuantLinear(16, 2, profile=profile))
    model = nn.Sequential(*layers, quant.LI(profile, beta=0.9))
    optimiser = torch.optim.Adam(model.parameters(), 0.01)
    labels = torch.arange(64) % 2
    rates = torch.where((torch.arange(12) < 6) == labels[:, None].bool(), 0.3, 0.15)
    x = (torch.rand(20, 64, 12) < rates).float()
    target = nn.functional.one_hot(labels, 2).float()
    learner = quant.EProp(model, traces="axon")

    def right() -> float:
        with torch.no_grad():
            return float((model(x).mean(0).argmax(1) == labels).float().mean())

    before = right()
    for _ in range(30):
        optimiser.zero_grad()
        learner.run(x, lambda _, membrane: (membrane.softmax(1) - target) / len(labels))
        optimiser.step()
    assert before < 0.75
    assert right() > 0.9


class OwnReadOut(quant.LI):
    """A read-out that is not the chip's."""

    def forward(self, current: Tensor) -> Tensor:
        return super().forward(current) * 2


HLS4ML = hw_profiles.load("hls4ml")
REFUSED: list[tuple[Any, str]] = [
    (lambda p, t: nn.Linear(3, 2), "model must be a Sequential of QuantLinear and neurons in turn"),
    (lambda p, t: nn.Sequential(quant.QuantLinear(3, 2, profile=p)), "model must be a Sequential"),
    (lambda p, t: nn.Sequential(quant.QuantLinear(3, 2, profile=p), quant.LIF(p, t)), "with a read-out"),
    (lambda p, t: nn.Sequential(nn.Linear(3, 2), quant.LI(p)), "model must be a Sequential"),
    (lambda p, t: nn.Sequential(quant.QuantConv2d(3, 2, 1, profile=p), quant.LI(p)), "model must be a Sequential"),
    (lambda p, t: nn.Sequential(quant.QuantLinear(3, 2, profile=p), quant.LI(p, learn_beta=True)), "must not learn"),
    (
        lambda p, t: nn.Sequential(quant.QuantLinear(3, 2, profile=p, batch_norm=True), quant.LI(p)),
        "layer '0' must have no batch norm",
    ),
    (lambda p, t: nn.Sequential(quant.QuantLinear(3, 2, profile=p), quant.LI(p, beta=[0.5, 0.6])), "one decay"),
    (lambda p, t: nn.Sequential(quant.QuantLinear(3, 2, profile=p), OwnReadOut(p)), "must compute what LI does"),
    (
        lambda p, t: nn.Sequential(quant.QuantLinear(3, 2, profile=HLS4ML), quant.LI(HLS4ML, window_size=3)),
        "the read-out must have no window",
    ),
]


@pytest.mark.parametrize(("make", "message"), REFUSED)
def test_what_is_refused(make: Any, message: str) -> None:
    profile = hw_profiles.load("loihi2")
    with pytest.raises(ValueError, match=rf"^EProp: .*{message}"):
        quant.EProp(make(profile, surrogates.Arctan()))


def test_a_register_of_finer_sums_has_the_same_traces() -> None:
    """Sums that have more fraction bits than the membrane change what a trace gets by nothing."""
    found = []
    for finer in (False, True):
        model = network("hls4ml", "LIF", finer=finer, threshold=0.5)
        x, errors = samples()
        quant.EProp(model, traces="axon").run(x, lambda t, _, errors=errors: errors[t])  # type: ignore[misc]  # the loop's
        found.append(gradients(model)[0])
    assert found[0].abs().max() > 0
    ratio = float(found[1].norm() / found[0].norm())
    assert 0.8 < ratio < 1.25  # weights are on another grid


def test_a_read_out_alone_learns() -> None:
    model = network("loihi2", "LIF")[2:]
    x = (torch.rand(STEPS, BATCH, NEURONS) < 0.4).double()
    errors = samples()[1]
    quant.EProp(model).run(x, lambda t, _: errors[t])
    found = gradients(model)[0]
    (model(x) * errors).sum().backward()
    other = gradients(model)[0]
    assert float((found - other).abs().max()) <= 1e-12 * float(other.abs().max())


def test_windows_and_axons() -> None:
    model = network("hls4ml", "LIF", window_size=7)
    learner = quant.EProp(model, traces="axon")
    with pytest.raises(ValueError, match=r"^EProp: traces='axon' needs neurons without a window"):
        learner.start()


def test_pruned_weights_are_those_in_force() -> None:
    model = network("loihi2", "LIF")
    first: Any = model[0]
    prune.random_unstructured(first, "weight", 0.5)  # type: ignore[no-untyped-call]  # torch's
    x, errors = samples()
    for _ in range(2):
        out = quant.EProp(model).run(x, lambda t, _: errors[t])
        assert torch.equal(out, model(x))
        found = gradients(model)
        assert all(bool(grad.isfinite().all()) for grad in found)
        with torch.no_grad():  # what the hook has to make the weights of anew
            first.weight_orig.mul_(-0.5)


def test_wrong_inputs() -> None:
    model = network("loihi2", "LIF")
    learner = quant.EProp(model)
    x, errors = samples()
    with pytest.raises(ValueError, match=r"^EProp: step must come after start"):
        learner.step(x[0])
    learner.start()
    with pytest.raises(ValueError, match=r"^EProp: learn must come after a step"):
        learner.learn(errors[0])
    with pytest.raises(ValueError, match=r"^EProp: x must be \[B, 5\]"):
        learner.step(x[0, :, :3])
    with pytest.raises(ValueError, match=r"^EProp: inputs must be whole numbers in 0..65535"):
        learner.step(x[0] * 0.5)
    learner.step(x[0])
    with pytest.raises(ValueError, match=r"^EProp: error must be \(4, 3\)"):
        learner.learn(errors[0, :2])
    with pytest.raises(ValueError, match=r"^EProp: error must be finite"):
        learner.learn(errors[0] * float("nan"))
    with pytest.raises(ValueError, match=r"^EProp: signals must be \[\(4, 6\)\]"):
        learner.learn(errors[0], [])
    with pytest.raises(ValueError, match=r"^EProp: traces must be one of synapse, axon"):
        quant.EProp(model, traces="all")  # type: ignore[arg-type]  # that is the point
    with pytest.raises(ValueError, match=r"^EProp: trace must be a NumberFormat, with traces='axon'"):
        quant.EProp(model, trace=NumberFormat(8))
