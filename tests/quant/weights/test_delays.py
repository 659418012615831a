"""Delays of axons and of synapses in torch: what forward computes, and the gradients, against the definition."""

import copy
import pickle
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.func import functional_call

from spikelut import hw_profiles, quant
from spikelut.quant.weights.delayed_linear import DelayedLinear
from spikelut.surrogates import Arctan

P = hw_profiles.load("loihi2")
T, B, N, OUT = 12, 3, 6, 5


def events(*shape: int, seed: int = 0) -> Tensor:
    return (torch.rand(*shape, generator=torch.Generator().manual_seed(seed)) < 0.4).double()


def reals(*shape: int, most: float = 9.0, seed: int = 1) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) * most


def before(x: Tensor, steps: int) -> Tensor:
    """x[t - steps], zero before the first."""
    found = torch.zeros_like(x)
    if steps < len(x):
        found[steps:] = x[: len(x) - steps]
    return found


def share(delay: Tensor, between: bool) -> list[tuple[int, Tensor]]:
    """The steps back that a delay counts, with what each counts."""
    steps = delay.detach()
    if not between:
        return [(round(float(steps)), torch.ones(()))]
    lower = int(steps.floor())
    return [(lower, 1 - (delay - lower)), (lower + 1, delay - lower)]


def axons(x: Tensor, delay: Tensor, between: bool = False) -> Tensor:
    columns = [sum(c * before(x[:, :, n], s) for s, c in share(delay[n], between)) for n in range(len(delay))]
    return torch.stack(columns, 2)  # type: ignore[arg-type]  # a sum of tensors


def synapses(x: Tensor, weight: Tensor, delay: Tensor, between: bool = False) -> Tensor:
    out = []
    for row, steps in zip(weight, delay, strict=True):
        terms = [
            w * c * before(x[:, :, k], s)
            for k, (w, d) in enumerate(zip(row, steps, strict=True))
            for s, c in share(d, between)
        ]
        out.append(sum(terms))
    return torch.stack(out, 2)


def slopes(grad: Tensor, x: Tensor, delay: Tensor, most: int) -> Tensor:
    """The sum of grad[t] * (x[t - d - 1] - x[t - d]) for the step d below each delay, [N]."""
    found = []
    for n, one in enumerate(delay.tolist()):
        lower = min(int(one), most - 1)
        found.append((grad[:, :, n] * (before(x[:, :, n], lower + 1) - before(x[:, :, n], lower))).sum())
    return torch.stack(found)


@pytest.mark.parametrize("shape", [(N,), (N, 2), (N, 2, 3)])
def test_each_axon_has_its_delay(shape: tuple[int, ...]) -> None:
    x, steps = events(T, B, *shape), [0, 3, 0, 7, 20, 1]
    wanted = axons(x, torch.tensor(steps, dtype=torch.float64))
    assert wanted.count_nonzero() > x.count_nonzero() / 2
    assert torch.equal(quant.Delay(steps, profile=P)(x), wanted)
    assert torch.equal(quant.Delay(3)(x), before(x, 3))
    assert torch.equal(quant.Delay(0)(x), x)
    assert not quant.Delay(T)(x).any()


@pytest.mark.parametrize("between", [False, True])
@pytest.mark.parametrize("shape", [(N,), (N, 2)])
def test_learned_delays_of_axons_and_their_gradients(shape: tuple[int, ...], between: bool) -> None:
    layer = quant.Delay(reals(N), profile=P, learn_delay=True, interpolate=between)
    x = events(T, B, *shape).requires_grad_()
    delay = layer.delay.detach().clone().requires_grad_()
    out, wanted = layer(x), axons(x, delay, between)
    assert torch.allclose(out, wanted, atol=1e-14, rtol=0)  # shares of a delay are rounded
    assert between or torch.equal(out, wanted)
    grad = torch.randn(out.shape, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    by_x, by_delay = torch.autograd.grad(out, [x, layer.delay], grad)
    assert torch.allclose(by_x, torch.autograd.grad(wanted, x, grad, retain_graph=True)[0], atol=1e-12)
    assert torch.allclose(by_delay, slopes(grad, x.detach(), delay.detach(), 62), atol=1e-12)
    if between:  # where it is the derivative of what forward computes
        assert torch.allclose(by_delay, torch.autograd.grad(wanted, delay, grad)[0], atol=1e-12)
    assert by_delay.count_nonzero() == N


@pytest.mark.parametrize("between", [False, True])
def test_learned_delays_of_synapses_and_their_gradients(between: bool) -> None:
    layer = DelayedLinear(N, OUT, profile=P, delay=reals(OUT, N), learn_delay=True, interpolate=between).double()
    weight: Any = layer.quant_weight().value
    weight = weight.detach().requires_grad_()
    delay = layer.delay.detach().clone().requires_grad_()
    x = events(T, B, N).requires_grad_()
    out, wanted = layer(x), synapses(x, weight, delay, between)
    assert torch.allclose(out, wanted, atol=1e-12, rtol=0)
    assert between or torch.equal(out, wanted)  # multiples of the grid
    grad = torch.randn(out.shape, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    by_x, by_weight, by_delay = torch.autograd.grad(out, [x, layer.weight, layer.delay], grad)
    want_x, want_weight = torch.autograd.grad(wanted, [x, weight], grad, retain_graph=True)
    assert torch.allclose(by_x, want_x, atol=1e-12)
    # The largest weight also moves the scale.
    others = layer.weight.abs() < layer.weight.abs().max()
    assert torch.allclose(by_weight[others], want_weight[others], atol=1e-12)
    for j in range(OUT):
        row = slopes(grad[:, :, j : j + 1].expand(-1, -1, N), x.detach(), delay[j].detach(), 62)
        assert torch.allclose(by_delay[j], row * weight[j].detach(), atol=1e-12)
    assert by_delay.count_nonzero() > OUT * N * 0.9
    if between:
        assert torch.allclose(by_delay, torch.autograd.grad(wanted, delay, grad)[0], atol=1e-12)


def test_where_inputs_have_few_delays_each_is_multiplied_alone() -> None:
    """Delays of whole axons, as a layer of synapses: the products are of some inputs; the gradients are the same."""
    steps = torch.tensor([0, 3, 3, 7, 1, 20]).expand(OUT, N)
    layer = DelayedLinear(N, OUT, profile=P, delay=steps).double()
    plain = quant.QuantLinear(N, OUT, profile=P).double()
    plain.load_state_dict({"weight": layer.weight}, strict=False)
    axonal = nn.Sequential(quant.Delay(steps[0], profile=P), plain)
    x = events(T, B, N).requires_grad_()
    out, wanted = layer(x), axonal(x)
    assert torch.equal(out, wanted)
    assert out.count_nonzero() > out.numel() / 2
    grad = torch.randn(out.shape, dtype=torch.float64)
    found = torch.autograd.grad(out, [x, layer.weight], grad)
    for one, other in zip(found, torch.autograd.grad(wanted, [x, plain.weight], grad), strict=True):
        assert torch.allclose(one, other, atol=1e-12)


def test_delays_stay_in_the_range_of_the_chip() -> None:
    """What leads out of it gets no gradient, what leads back does; the longest is a step that exists."""
    layer = quant.Delay(torch.tensor([0.0, 5.0, 5.0, 0.0]), max_delay=5, learn_delay=True)
    with torch.no_grad():
        layer.delay.copy_(torch.tensor([-1.0, 7.0, 7.0, -1.0]))
    assert layer.delays.tolist() == [0, 5, 5, 0]
    x = torch.zeros(8, 1, 4)
    x[0] = 1.0
    out = layer(x)
    assert out.nonzero()[:, 0].tolist() == [0, 0, 5, 5]
    # Later would be better for the first and the second, earlier for the others.
    grad = torch.zeros_like(out)
    grad[0, 0, 0], grad[1, 0, 0], grad[5, 0, 1], grad[4, 0, 1] = 1.0, -1.0, -1.0, 1.0
    grad[5, 0, 2], grad[4, 0, 2], grad[0, 0, 3], grad[1, 0, 3] = 1.0, -1.0, -1.0, 1.0
    out.backward(grad)
    assert layer.delay.grad is not None
    assert layer.delay.grad.tolist() == [-2.0, 0.0, 2.0, 0.0]


def test_a_half_is_rounded_to_even_and_what_interpolates_rounds_in_evaluation() -> None:
    layer = quant.Delay([0.5, 1.5, 2.5, 2.51], learn_delay=True, interpolate=True)
    assert layer.delays.tolist() == [0, 2, 2, 3]
    x = events(T, B, 4)
    assert not torch.equal(layer(x), axons(x, layer.delays.double()))
    assert torch.equal(layer.eval()(x), axons(x, layer.delays.double()))


def learned_synapses() -> Any:
    return DelayedLinear(N, OUT, profile=P, delay=reals(OUT, N).float(), learn_delay=True, weight_bits=4)


def test_they_are_kept_and_loaded() -> None:
    x = events(T, B, N)
    for delay, learned in ((torch.randint(0, 9, (OUT, N)), False), (reals(OUT, N).float(), True)):
        one = DelayedLinear(N, OUT, profile=P, delay=delay, learn_delay=learned, weight_bits=4)
        other = DelayedLinear(N, OUT, profile=P, delay=1, learn_delay=learned, weight_bits=4)
        other.load_state_dict(one.state_dict())
        for made in (other, copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
            assert torch.equal(made(x.float()), one(x.float()))
            assert torch.equal(made.delays, one.delays)
        axon = quant.Delay(delay[0], learn_delay=learned)
        again = quant.Delay([1] * N, learn_delay=learned)
        again.load_state_dict(axon.state_dict())
        assert torch.equal(again(x), axon(x))


@pytest.mark.parametrize("make", [lambda: quant.Delay(reals(N).float(), learn_delay=True), learned_synapses])
def test_functional_calls_learn_delays_too(make: Any) -> None:
    """What they put in the place of a parameter is a tensor like any other."""
    layer, x = make(), events(T, B, N).float()
    others = {name: p.detach().clone().requires_grad_() for name, p in layer.named_parameters()}
    towards = torch.randn(layer(x).shape, generator=torch.Generator().manual_seed(3))
    wanted = torch.autograd.grad((layer(x) * towards).sum(), list(layer.parameters()))
    found = torch.autograd.grad((functional_call(layer, others, (x,)) * towards).sum(), list(others.values()))
    assert all(bool(grad.any()) for grad in wanted)
    assert all(torch.equal(a, b) for a, b in zip(found, wanted, strict=True))


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16])
def test_fixed_delays_are_not_rounded_with_the_weights(kind: torch.dtype) -> None:
    axons_, synapses = quant.Delay([0, 257, 2049]), DelayedLinear(2, 2, profile=hw_profiles.load("generic8"), delay=255)
    assert axons_.to(kind).delays.tolist() == [0, 257, 2049]
    assert synapses.to(kind).delays.flatten().tolist() == [255] * 4
    assert synapses.weight.dtype == kind
    assert axons_.double().delay.dtype == torch.float64
    assert axons_.to("meta").delay.is_meta


def test_types_of_inputs() -> None:
    layer, linear = quant.Delay([1, 0, 2]), DelayedLinear(3, 2, profile=P, delay=[[1, 0, 2], [2, 2, 0]])
    x = events(5, 2, 3)
    for kind in (torch.bool, torch.int64, torch.float16, torch.bfloat16, torch.float32):
        given = x.to(kind)
        assert torch.equal(layer(given).double(), layer(x))
        assert layer(given).dtype == (kind if kind.is_floating_point else torch.float32)
        assert torch.equal(linear(given).double(), linear(x.float()).double())


def test_weights_of_many_inputs_are_summed_in_float64() -> None:
    """2**24 codes and more: the 16-bit weights of a wide layer."""
    profile, inputs = hw_profiles.load("generic16"), 1400
    steps = torch.randint(0, 3, (2, inputs))
    layer = DelayedLinear(inputs, 2, profile=profile, delay=steps).double()
    assert layer.wide
    x = events(6, 2, inputs)
    weight: Any = layer.quant_weight().value
    wanted = sum(before(x, d) @ torch.where(steps == d, weight, 0.0).T for d in range(3))
    assert torch.equal(layer(x), wanted)  # type: ignore[arg-type]  # a sum of tensors


def test_batch_norm_is_folded_into_them() -> None:
    torch.manual_seed(0)
    layer = DelayedLinear(N, OUT, profile=P, delay=torch.randint(0, 9, (OUT, N)), batch_norm=True)
    model = nn.Sequential(layer, quant.LIF(P, Arctan(), bias=layer))
    x = events(40, 8, N).float()
    for _ in range(5):
        model(x).sum().backward()
    assert layer.batch_norm is not None
    assert (layer.batch_norm.running_var != 1).all()
    network = quant.integer(model.eval())
    found = network.run(x.numpy())["1"]
    assert found.mean() > 0.02
    assert torch.equal(torch.from_numpy(found), model(x).long())


def test_delays_train() -> None:
    """One input spikes at the first step; which delays make all arrive at step 20 is found from 5 on."""
    x = torch.zeros(40, 1, 8)
    x[torch.arange(8), 0, torch.arange(8)] = 1.0
    layer = quant.Delay(torch.full((8,), 12.0), profile=P, learn_delay=True)
    optimiser = torch.optim.Adam(layer.parameters(), lr=0.3)
    times = (torch.arange(40.0) - 20).abs().reshape(-1, 1, 1)
    for _ in range(200):
        optimiser.zero_grad()
        (layer(x) * times).sum().backward()
        optimiser.step()
    assert ((layer.delays + torch.arange(8)) - 20).abs().max() <= 1


Q = hw_profiles.load("reckon")
WRONG: list[tuple[Any, str]] = [
    (lambda: quant.Delay(1, profile=Q), "Delay: reckon delays no events: leave delays out, or take a profile of softw"),
    (lambda: quant.Delay(63, profile=P), r"Delay: delay must be in 0..62 steps, got \[63.0\]"),
    (lambda: quant.Delay(-1), r"Delay: delay must be in 0..1048576 steps, got \[-1.0\]"),
    (lambda: quant.Delay(float("nan"), learn_delay=True), r"Delay: delay must be in 0.* steps, got \[nan\]"),
    (lambda: quant.Delay([0.5, 1]), r"Delay: delay must be whole steps \(learn_delay=True takes others.*\[0.5\]"),
    (lambda: quant.Delay([[1, 2]]), r"Delay: delay must be a number, or \[N\], got \(1, 2\)"),
    (lambda: quant.Delay(True), r"Delay: delay must be numbers of steps, got torch.bool"),
    (lambda: quant.Delay(1, interpolate=True), "Delay: interpolate must be False of delays that are not learned"),
    (lambda: quant.Delay(1, profile=P, max_delay=63), "Delay: max_delay must be an integer in 1..62, got 63"),
    (lambda: quant.Delay([1, 2])(torch.zeros(3, 2, 3)), r"Delay: spikes must be \[T, B, 2, ...\], got \(3, 2, 3\)"),
    (lambda: quant.Delay(1)(torch.zeros(3, 2)), r"Delay: spikes must be \[T, B, N, ...\], got \(3, 2\)"),
    (lambda: DelayedLinear(2, 3, profile=P, delay=[1, 2]), r"DelayedLinear: delay must be a number, or \(3, 2\), got"),
    (lambda: DelayedLinear(2, 3, profile=Q), "DelayedLinear: reckon delays no events"),
    (lambda: DelayedLinear(2, 3, profile=P)(torch.zeros(4, 2)), r"input must be \[T, B, 2\], got \(4, 2\)"),
    (lambda: DelayedLinear(2, 3, profile=P)(torch.full((4, 1, 2), 0.5)), "DelayedLinear: inputs must be whole"),
]


@pytest.mark.parametrize(("make", "message"), WRONG)
def test_wrong_arguments(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_a_delay_that_is_no_number_is_refused() -> None:
    layer = quant.Delay([1.0, 2.0], learn_delay=True)
    with torch.no_grad():
        layer.delay[0] = float("nan")
    with pytest.raises(ValueError, match="Delay: delays must be finite, got 'NaN or infinity'"):
        layer(torch.zeros(3, 1, 2))


def test_loaded_delays_that_the_chip_has_not_are_refused() -> None:
    longer = quant.Delay([70, 1], max_delay=80)
    layer = quant.Delay([0, 1], profile=P)
    layer.load_state_dict(longer.state_dict())
    with pytest.raises(ValueError, match=r"Delay: delays must be whole steps in 0..62, got 'others'"):
        layer(torch.zeros(3, 1, 2))


def test_fixed_delays_are_recorded_and_learned_ones_refuse() -> None:
    x = events(T, B, N).float()
    layer = quant.Delay([0, 3, 0, 7, 20, 1], profile=P)
    recorded = torch.export.export(layer, (x,)).module()
    assert torch.equal(recorded(x), layer(x))
    linear = DelayedLinear(N, OUT, profile=P, delay=torch.randint(0, 20, (OUT, N)))
    assert torch.equal(torch.export.export(linear, (x,)).module()(x), linear(x))
    learned = (
        quant.Delay([1.0] * N, profile=P, learn_delay=True),
        DelayedLinear(N, OUT, profile=P, delay=2.0, learn_delay=True),
    )
    for refused in learned:
        with pytest.raises(ValueError, match=r"learned delays must not be recorded, .*fix what is learned"):
            torch.export.export(refused, (x,))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_the_same_on_a_gpu() -> None:
    x = events(T, B, N).float()
    for layer in (
        quant.Delay(reals(N).float(), profile=P, learn_delay=True),
        DelayedLinear(N, OUT, profile=P, delay=reals(OUT, N).float(), learn_delay=True),
    ):
        out = layer(x)
        torch.autograd.backward(out.square().sum())
        grads = [p.grad.clone() for p in layer.parameters() if p.grad is not None]
        there: Any = copy.deepcopy(layer).cuda()
        there.zero_grad()
        found = there(x.cuda())
        assert torch.equal(found.cpu(), out)
        torch.autograd.backward(found.square().sum())
        for one, other in zip(grads, [p.grad for p in there.parameters() if p.grad is not None], strict=True):
            torch.testing.assert_close(other.cpu(), one)
