"""Networks with delays: drawn at random, torch, the reference, onnxruntime and C agree; files, refusals, conversion."""

import json
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
import torch
from c_networks import compared
from dialect_files import proved, write
from graph_models import events, lif, woken
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from spikelut import export, hw_profiles, quant
from spikelut.hw_profiles import Profile
from spikelut.quant.weights.delayed_linear import DelayedLinear
from spikelut.quant.weights.layers import QuantConv2d, QuantLinear
from spikelut.surrogates import Arctan

PROFILES = [n for n in hw_profiles.names() if hw_profiles.load(n).delay is not None]
P = hw_profiles.load("loihi2")
STEPS, BATCH = 12, 2


def steps_of(draw: Random, most: int, *shape: int) -> Tensor:
    """Delays of some spread, the longest of the chip and longer than the sequence among them."""
    reach = draw.choice((0, 1, 4, 11, most))
    return torch.randint(0, min(reach, most) + 1, shape, generator=torch.Generator().manual_seed(draw.randrange(99)))


def drawn(seed: int, profiles: list[str] = PROFILES) -> tuple[nn.Module, Tensor]:
    """Images or features through delays of channels, of axons and of synapses, some of them learned."""
    draw = Random(seed)
    profile = hw_profiles.load(draw.choice(profiles))
    assert profile.delay is not None
    most, layers, size = profile.delay.most, nn.Sequential(), 9
    shape: tuple[int, ...] = (size,)
    if draw.random() < 0.4:
        shape = (2, 4, 3)
        weights = QuantConv2d(2, 3, 3, padding=1, profile=profile)
        layers.extend([quant.Delay(steps_of(draw, most, 2), profile=profile), weights, lif(profile, beta=None)])
        layers.extend([quant.Delay(steps_of(draw, most, 3), profile=profile), nn.Flatten(2)])
        size = 36
    elif draw.random() < 0.5:
        layers.append(quant.Delay(draw.choice((0, 1, 5)), profile=profile))
    for _ in range(draw.randint(1, 2)):
        learned = draw.random() < 0.5
        steps = steps_of(draw, most, 7, size)
        delay = (steps - 0.3).clamp(0).float() if learned else steps
        layer = DelayedLinear(size, 7, profile=profile, delay=delay, learn_delay=learned)
        layers.extend([layer, lif(profile, beta=None)])
        size = 7
    if draw.random() < 0.5:
        layers.append(quant.Delay((steps_of(draw, most, 7) - 0.2).clamp(0).float(), profile=profile, learn_delay=True))
    layers.extend([QuantLinear(size, 4, profile=profile), lif(profile, beta=None)])
    kept = {n: p.detach().clone() for n, p in layers.named_parameters() if n.endswith("delay")}
    woken(layers, seed)
    for name, value in kept.items():
        layers.get_parameter(name).data.copy_(value)
    return layers, events(STEPS, BATCH, *shape, seed=seed)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000))
def test_random_networks_are_one_everywhere(seed: int) -> None:
    model, x = drawn(seed)
    network, counts = quant.integer(model), x.numpy().astype(np.int64)
    size = tuple(x.shape[3:]) or None
    wanted = network.run(counts)
    last = list(wanted.values())[-1]
    assert torch.equal(torch.from_numpy(last).float(), model(x))
    with TemporaryDirectory() as folder:
        path = Path(folder)
        for form in ("scan", "step"):
            export.to_onnx(network, x.shape, path / "x.onnx", "integer", form=form, hidden_spikes=True)
            found = export.run_onnx(path / "x.onnx", counts)
            assert {name: int((found[name] != wanted[name]).sum()) for name in wanted} == dict.fromkeys(wanted, 0)
        compared(network, counts, path, size)


SPIKING = [100, 102, 104, 107, 108, 109]
"""Of networks of these seeds all layers spike."""


@pytest.mark.parametrize("seed", range(6))
def test_random_networks_in_other_dialects(seed: int, tmp_path: Path) -> None:
    model, x = drawn(SPIKING[seed], ["loihi2", "generic8"])  # arith has no membranes of 32 bits
    pairs = [("functions", "scan"), ("qcdq", "step"), ("flat", "unrolled"), ("arith", "step"), ("qonnx", "step")]
    dialect, form = [*pairs, ("integer", "unrolled")][seed]
    network = quant.integer(model)
    write(network, x.shape, tmp_path / "x.onnx", dialect, form)
    found = export.run_onnx(tmp_path / "x.onnx", x.numpy())
    wanted = network.run(x.numpy())
    assert {name: int((found[name] != wanted[name]).sum()) for name in wanted} == dict.fromkeys(wanted, 0)
    assert all(spikes.any() for spikes in wanted.values())


def simple(profile: Profile = P, delay: Any = (0, 3, 1, 2), **options: Any) -> nn.Sequential:
    """Axons and synapses with delays, all awake."""
    steps = torch.randint(0, 6, (4, 6), generator=torch.Generator().manual_seed(0))
    layers: list[nn.Module] = [DelayedLinear(6, 4, profile=profile, delay=steps), lif(profile)]
    layers += [quant.Delay(list(delay), profile=profile, **options), QuantLinear(4, 3, profile=profile), lif(profile)]
    return nn.Sequential(*layers)


def test_a_line_of_events_is_the_state_of_a_step(tmp_path: Path) -> None:
    """Of inputs that stand for 1/4, in floats too: what is kept is what came in."""
    model = nn.Sequential(quant.Delay(2, profile=P), QuantLinear(6, 4, profile=P, input_step=0.25), lif(P))
    x = torch.randint(0, 4, (8, 3, 6), generator=torch.Generator().manual_seed(0)) / 4
    network = quant.integer(woken(model))
    counts = (x * 4).numpy().astype(np.int64)
    for dialect in ("integer", "functions"):
        found = proved(network, {"input": counts}, tmp_path / "x.onnx", dialect, "step")
        assert found.nonzero > found.compared / 4
        made = write(network, x.shape, tmp_path / "x.onnx", dialect, "step")
        assert [value.name for value in made.graph.input] == ["input", "0.line", "2.mem"]
        sizes = [d.dim_value or d.dim_param for d in made.graph.input[1].type.tensor_type.shape.dim]
        assert sizes == ["B", 2, 6]


def test_it_goes_on_training_from_integers_and_files(tmp_path: Path) -> None:
    model: Any = woken(simple())
    x, network = events(12, 4, 6), quant.integer(model)
    export.save_network(network, tmp_path / "x.safetensors")
    export.to_onnx(network, x.shape, tmp_path / "x.onnx")
    wanted = model(x)
    assert wanted.mean() > 0.02
    again: list[Any] = [
        quant.from_integer(network),
        quant.from_integer(export.load_network(tmp_path / "x.safetensors")),
    ]
    again.append(export.load(tmp_path / "x.onnx"))
    for made in again:
        assert torch.equal(made(x), wanted)
        assert torch.equal(made[0].delays, model[0].delays)
        assert made[2].delays.tolist() == [0, 3, 1, 2]
        assert made[2].profile == P
        made(x).sum().backward()


def test_a_file_with_other_delays_is_refused(tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    network, path = quant.integer(woken(simple())), tmp_path / "x.safetensors"
    export.save_network(network, path)
    header = path.read_bytes()
    length = int.from_bytes(header[:8], "little")
    about = json.loads(header[8 : 8 + length])["__metadata__"]
    arrays = load_file(path)
    for wrong, message in (
        (arrays["0.delays"] + np.uint8(60), r"layer '0': delays must be at most 62 steps on loihi2, got 65"),
        (arrays["0.delays"][:, :5].copy(), r"layer '0': delays must be \[out, in\], as weights"),
        (arrays["0.delays"] ^ np.uint8(1), r"sha256: must be that of the contents"),
        (arrays["0.delays"].astype(np.int64) - 1, r"delays must be whole numbers \[out, in\] in 0..255"),
    ):
        save_file({**arrays, "0.delays": wrong}, path, about)
        with pytest.raises(ValueError, match=message):
            export.load_network(path)


X = hw_profiles.load("xylo")
CURVE = Arctan()
assert P.delay is not None
AXONS = replace(P, delay=replace(P.delay, most=5, per_synapse=False))
REFUSED: list[tuple[Any, str]] = [
    (
        lambda: nn.Sequential(QuantLinear(6, 5, profile=P), quant.Delay(1, profile=P), quant.LIF(P, CURVE)),
        r"layer '1': delay the events, before their weights; it takes events, got 'sums'",
    ),
    (
        lambda: nn.Sequential(quant.Delay(1), QuantLinear(5, 5, profile=X), quant.CubaLIF(X, CURVE, max_spikes=1)),
        r"layer '0': xylo delays no events: leave delays out, or take a profile of software",
    ),
    (
        lambda: nn.Sequential(quant.Delay(70), QuantLinear(6, 5, profile=P), quant.LIF(P, CURVE)),
        r"layer '0': delays must be at most 62 steps on loihi2, got 70",
    ),
    (
        lambda: nn.Sequential(
            quant.Delay(1, profile=P), QuantLinear(6, 5, profile=P), quant.Repeat(5), quant.LIF(P, CURVE)
        ),
        r"layer '0': must come after Repeat and neurons: of a constant input there is nothing to delay",
    ),
    (
        lambda: nn.Sequential(quant.Delay([1, 2]), QuantLinear(6, 5, profile=P), quant.LIF(P, CURVE)),
        r"layer '0': delays must be one, or 6, got 2",
    ),
    (
        lambda: nn.Sequential(DelayedLinear(6, 5, profile=AXONS), quant.LIF(AXONS, CURVE)),
        r"DelayedLinear: loihi2 has delays of axons alone: use quant.Delay before the weights",
    ),
]


@pytest.mark.parametrize(("make", "message"), REFUSED)
def test_what_no_chip_does_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        quant.integer(make())


def test_a_step_at_a_time_needs_the_whole_sequence() -> None:
    class Loop(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.delay, self.fc, self.lif = quant.Delay(1, profile=P), QuantLinear(6, 4, profile=P), lif(P)

        def forward(self, x: Tensor) -> Tensor:
            mem, found = None, []
            for t in range(len(x)):
                spikes, mem = self.lif.step(self.fc(self.delay(x[t])), mem)
                found.append(spikes)
            return torch.stack(found)

    with pytest.raises(ValueError, match=r"layer 'delay': must be given \[T, B, ...\], got \[\d, 6\]"):
        quant.integer(Loop(), example=(4, 3, 6))


class Taps(nn.Module):
    """A layer of weights for each delay, as DCLS gives it once trained: by slices of time, or by `quant.Delay`."""

    def __init__(self, slices: bool) -> None:
        super().__init__()
        self.slices = slices
        self.taps = nn.ModuleList(QuantLinear(6, 4, profile=P) for _ in range(3))
        self.late = nn.ModuleList(quant.Delay(d, profile=P) for d in range(3))

    def forward(self, x: Tensor) -> Tensor:
        if self.slices:
            return self.taps[0](x[2:]) + self.taps[1](x[1:-1]) + self.taps[2](x[:-2])  # type: ignore[no-any-return]  # modules
        a, b, c = (tap(late(x)) for tap, late in zip(self.taps, self.late, strict=True))
        return a + b + c  # type: ignore[no-any-return]  # modules


def test_a_weight_for_each_delay_is_a_sum_of_layers() -> None:
    x = events(12, 3, 6)
    model = woken(nn.Sequential(Taps(slices=False), lif(P), QuantLinear(4, 3, profile=P), lif(P)))
    network = quant.integer(model, example=x)
    (out,) = network.outputs
    found = network.run(x.numpy())[out]
    assert found.mean() > 0.02
    assert torch.equal(torch.from_numpy(found).float(), model(x))
    with pytest.raises(ValueError, match=r"or one step x\[t\] \(quant.Delay delays what is in time\), got slice"):
        quant.integer(nn.Sequential(Taps(slices=True), lif(P)), example=x)


def test_recurrent_synapses_have_no_delays() -> None:
    recurrent: Any = quant.Recurrent(lif(P), 4)
    recurrent.linear = DelayedLinear(4, 4, profile=P, delay=3)
    with pytest.raises(ValueError, match=r"Recurrent: linear must be a QuantLinear \(recurrent synapses have no delay"):
        recurrent(torch.zeros(3, 2, 4))
    with pytest.raises(ValueError, match=r"layer '1': linear must be a QuantLinear, got 'DelayedLinear'"):
        quant.integer(nn.Sequential(QuantLinear(6, 4, profile=P), recurrent))


def test_check_says_how_far_training_is_from_what_is_deployed() -> None:
    model: Any = nn.Sequential(
        quant.Delay([0.5, 1.0, 2.25, 3.0, 4.0, 5.0], profile=P, learn_delay=True, interpolate=True),
        QuantLinear(6, 5, profile=P),
        lif(P),
    )
    found = quant.check(model, torch.ones(6, 2, 6))
    assert found.ok
    assert "rounded, by 0.12 of a step on average and 0.50 at most" in found.notes[0]
    assert found.notes[0] in str(found)
    model[0].interpolate = False
    assert quant.check(model, torch.ones(6, 2, 6)).notes == ()


def floats(delay: nn.Module) -> nn.Sequential:
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Linear(6, 16), quant.FloatLIF(CURVE, reset="zero"), delay, nn.Linear(16, 4), quant.FloatLIF(None)
    )
    for parameter in model.parameters():
        parameter.data.mul_(3.0 if parameter.ndim > 1 else 1.0)
    return model.eval()


def test_float_networks_with_delays_are_converted() -> None:
    """Learned delays stay learned, at the real numbers they are; the chip computes with the rounded ones, as before."""
    x = events(40, 4, 6)
    for delay, learned in ((quant.Delay(torch.linspace(0, 9, 16), learn_delay=True), True), (quant.Delay(2), False)):
        model = floats(delay)
        found = quant.convert(model, P, x)
        made: Any = found.model[2]
        assert made.learned is learned
        assert made.profile == P
        assert torch.equal(made.delay, delay.delay)
        network = quant.integer(found.model)
        (out,) = (network.run(x.numpy())[name] for name in network.outputs)
        assert np.array_equal(out * P.state_step, found.model(x).detach().numpy())
        both = torch.stack([model(x).flatten(), found.model(x).flatten()]).detach()
        assert torch.corrcoef(both)[0, 1] > 0.8  # spikes differ where weights were rounded
    with pytest.raises(ValueError, match=r"convert: layer '2': delays must be at most 62 steps on loihi2, got 70"):
        quant.convert(floats(quant.Delay(70)), P, x)
    late = nn.Sequential(nn.Linear(6, 4), quant.Delay(1), quant.FloatLIF(CURVE), nn.Linear(4, 3), quant.FloatLIF(None))
    with pytest.raises(ValueError, match=r"layer '1': events are delayed, before their weights: put the Delay there"):
        quant.convert(late.eval(), P, x)


def test_a_training_step_is_exported(tmp_path: Path) -> None:
    """Delays that are fixed; the new weights are those of torch."""
    from onnxruntime import InferenceSession

    model, x, rate = simple(max_delay=3).train(), events(6, 2, 6), 0.1
    woken(model).train()
    target = torch.tensor([0, 2])
    export.to_train_step(model, x, tmp_path / "x.onnx", example_target=target)
    session = InferenceSession(str(tmp_path / "x.onnx"), providers=["CPUExecutionProvider"])
    weights = {n: p.detach().numpy() for n, p in model.named_parameters()}
    given = {"input": x.numpy(), "target": target.numpy(), "learning_rate": np.array(rate, np.float32), **weights}
    wanted = {i.name for i in session.get_inputs()}
    names = [o.name for o in session.get_outputs()]
    found = dict(zip(names, session.run(names, {k: v for k, v in given.items() if k in wanted}), strict=True))
    loss = nn.functional.cross_entropy(model(x).sum(0), target)
    torch.autograd.backward(loss)
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None
        new = parameter.detach() - rate * parameter.grad
        np.testing.assert_allclose(found[f"{name}.new"], new.numpy(), rtol=1e-5, atol=1e-7)  # sums in another order
        assert parameter.grad.any()
