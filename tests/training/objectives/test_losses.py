"""Losses: their formulas, masks that padding cannot get around, and what is refused."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from spikelut.training import Loss, Membrane, SpikeCount, SpikeRate, TimeToFirstSpike

LOSSES = [
    SpikeCount(),
    SpikeCount(scale=0.3, label_smoothing=0.1),
    Membrane(),
    Membrane(scale=2.0, label_smoothing=0.2),
    Membrane(over="max"),
    TimeToFirstSpike(),
    TimeToFirstSpike(scale=0.5, label_smoothing=0.1),
    SpikeRate(correct=0.8, incorrect=0.1),
]
of_each_loss = pytest.mark.parametrize("loss", LOSSES, ids=repr)


def spikes_of(steps: int, samples: int, classes: int, seed: int = 0, most: int = 1) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, most + 1, (steps, samples, classes), generator=generator).double()


def value_and_gradient(loss: Loss, out: Tensor, y: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
    out = out.detach().requires_grad_()
    value = loss(out, y, mask)
    (gradient,) = torch.autograd.grad(value, out)
    return value.detach(), gradient


@pytest.mark.parametrize("scale", [1.0, 0.05])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize(
    ("loss", "brought_together"), [(SpikeCount, lambda x: x.sum(0)), (Membrane, lambda x: x.mean(0))]
)
def test_without_masks_bit_for_bit_what_the_command_trained_with(
    loss: Callable[..., Loss], brought_together: Callable[[Tensor], Tensor], smoothing: float, scale: float
) -> None:
    torch.manual_seed(1)
    out, y = torch.randn(13, 8, 10), torch.arange(8)
    value, gradient = value_and_gradient(loss(scale=scale, label_smoothing=smoothing), out, y)
    out.requires_grad_()
    expected = functional.cross_entropy(brought_together(out) * scale, y, label_smoothing=smoothing)
    assert torch.equal(value, expected.detach())
    assert torch.equal(gradient, torch.autograd.grad(expected, out)[0])
    assert gradient.count_nonzero() == gradient.numel()


@of_each_loss
@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 2**16), data=st.data())
def test_padding_changes_neither_value_nor_gradient(loss: Loss, seed: int, data: st.DataObject) -> None:
    """Whatever stands in the padded steps; compared with each sample by itself, cut to its length."""
    steps, samples, classes = 6, 3, 4
    anything = st.sampled_from([0.0, 1.0, 7.5, -3.0, float("nan"), float("inf"), float("-inf")])
    lengths = torch.tensor(data.draw(st.lists(st.integers(1, steps), min_size=samples, max_size=samples)))
    out, y = spikes_of(steps, samples, classes, seed), torch.tensor([0, 3, 1])
    mask = torch.arange(steps)[:, None] < lengths
    padded = torch.where(mask[..., None], out, data.draw(anything))
    value, gradient = value_and_gradient(loss, padded, y, mask)
    alone = [value_and_gradient(loss, out[:n, [i]], y[[i]]) for i, n in enumerate(lengths.tolist())]
    # The sums of float64 are made in another order; there are some ten of them.
    torch.testing.assert_close(value, torch.stack([v for v, _ in alone]).mean(), rtol=1e-13, atol=1e-15)
    for i, (n, (_, expected)) in enumerate(zip(lengths.tolist(), alone, strict=True)):
        torch.testing.assert_close(gradient[:n, [i]], expected / samples, rtol=1e-12, atol=1e-15)
        assert torch.equal(gradient[n:, i], torch.zeros(steps - n, classes, dtype=gradient.dtype))
    everything = torch.ones(steps, samples, dtype=torch.bool)
    for got, wanted in zip(value_and_gradient(loss, out, y, everything), value_and_gradient(loss, out, y), strict=True):
        torch.testing.assert_close(got, wanted, rtol=1e-13, atol=1e-15)


@of_each_loss
def test_steps_before_the_first_may_be_left_out_as_well(loss: Loss) -> None:
    out, y = spikes_of(7, 2, 3, seed=5), torch.tensor([1, 2])
    mask = torch.tensor([0, 0, 1, 1, 0, 1, 1], dtype=torch.bool)[:, None].expand(7, 2)
    padded = torch.where(mask[..., None], out, torch.nan)
    value, gradient = value_and_gradient(loss, padded, y, mask)
    expected, of_kept = value_and_gradient(loss, out[mask[:, 0]], y)
    torch.testing.assert_close(value, expected, rtol=1e-13, atol=1e-15)
    torch.testing.assert_close(gradient[mask[:, 0]], of_kept, rtol=1e-12, atol=1e-15)


@of_each_loss
def test_gradients_are_those_of_finite_differences(loss: Loss) -> None:
    """At values between 0 and 1, where no maximum is shared and no clip is met."""
    torch.manual_seed(3)
    out = (0.1 + 0.8 * torch.rand(5, 3, 4, dtype=torch.float64)).requires_grad_()
    mask = torch.arange(5)[:, None] < torch.tensor([5, 2, 4])
    assert torch.autograd.gradcheck(lambda x: loss(x, torch.tensor([0, 2, 3]), mask), (out,))


def test_first_spikes_and_what_each_spike_changes_of_them() -> None:
    """The gradient of the time is the difference that adding, or removing, a spike makes: exactly."""
    out = spikes_of(6, 4, 3, seed=2) * (torch.rand(6, 4, 3, generator=torch.Generator().manual_seed(1)) < 0.5)
    times = -TimeToFirstSpike().scores(out)
    for b in range(4):
        for k in range(3):
            at = out[:, b, k].nonzero().flatten()
            assert times[b, k] == (at[0] if len(at) else 6)
    assert 6 in times
    assert 0 in times
    probed = out.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(-TimeToFirstSpike().scores(probed).sum(), probed)
    for place in range(out.numel()):
        other = out.clone().flatten()
        other[place] = 1 - other[place]
        difference = -TimeToFirstSpike().scores(other.reshape(out.shape)).sum() - times.sum()
        added = 1 if other[place] else -1
        assert gradient.flatten()[place] * added == difference
    assert gradient.count_nonzero() > 20


def test_several_spikes_in_a_step_are_one_to_their_time() -> None:
    out = spikes_of(5, 3, 3, seed=4, most=3)
    assert (out > 1).any()
    assert torch.equal(TimeToFirstSpike().scores(out), TimeToFirstSpike().scores(out.clamp(max=1)))


def test_a_silent_network_learns_to_spike() -> None:
    _, gradient = value_and_gradient(TimeToFirstSpike(), torch.zeros(4, 1, 2), torch.tensor([1]))
    assert (gradient[:, 0, 1] < 0).all()
    assert (gradient[:, 0, 0] > 0).all()


def test_rates_as_snntorch_has_them() -> None:
    """mse_count_loss of snnTorch 1.0: MSELoss of counts and of the targets int(T * rate), by the number of steps."""
    out, y = spikes_of(10, 5, 4, seed=8), torch.tensor([0, 1, 2, 3, 0])
    targets = torch.full((5, 4), 1.0, dtype=torch.float64).scatter(1, y[:, None], 8.0)
    expected = functional.mse_loss(out.sum(0), targets) / 10
    torch.testing.assert_close(SpikeRate(correct=0.8, incorrect=0.1)(out, y), expected)


def test_half_precision_counts_as_float32() -> None:
    """2049 spikes are 2048 in float16, and 2048 in bfloat16."""
    out = torch.ones(2049, 1, 2)
    for kind in (torch.float16, torch.bfloat16):
        assert SpikeCount().scores(out.to(kind)).tolist() == [[2049, 2049]]
        assert SpikeCount()(out.to(kind), torch.tensor([0])).dtype == torch.float32


def test_scores_that_came_already_are_taken_as_they_are() -> None:
    scores = torch.tensor([[1.0, 5.0], [2.0, 2.0]])
    for loss in LOSSES[:-1]:
        assert loss.scores(scores) is scores
    assert SpikeCount().scores(scores, torch.ones(3, 2, dtype=torch.bool)) is scores
    assert SpikeCount().scores(scores).argmax(1).tolist() == [1, 0]


OUT, Y = torch.zeros(4, 2, 3), torch.tensor([0, 2])
CUT = torch.tensor([[True, False]] * 4)


@pytest.mark.parametrize(
    ("out", "y", "mask", "message"),
    [
        (OUT[0, 0], Y, None, r"out must be floats \[T, B, K\], or \[B, K\], got 'torch.float32 \[3\]'"),
        (OUT.long(), Y, None, "out must be floats"),
        (OUT[:0], Y, None, r"out must have a time step, got \[0, 2, 3\]"),
        (OUT, Y[:1], None, r"y must be integers \[2\], got 'torch.int64 \[1\]'"),
        (OUT, Y.float(), None, r"y must be integers \[2\], got 'torch.float32 \[2\]'"),
        (OUT, torch.tensor([0, 3]), None, r"y must be in 0..2, in sample 1 as well, got 3"),
        (OUT, torch.tensor([-100, 1]), None, r"y must be in 0..2, in sample 0 as well, got -100"),
        (OUT, Y, torch.ones(4, 2), "mask must be bool, got 'torch.float32'"),
        (OUT, Y, CUT.T, r"mask must be \[4, 2\], as \[T, B\] are, got \[2, 4\]"),
        (OUT, Y, CUT, "mask must have a step of every sample; without one is sample, got 1"),
        (OUT[0], Y, CUT, r"mask must be None, or true everywhere, where out is \[B, K\]"),
    ],
)
def test_what_does_not_fit_is_refused(out: Tensor, y: Tensor, mask: Tensor | None, message: str) -> None:
    for loss in (SpikeCount(), Membrane(), TimeToFirstSpike(), SpikeRate()):
        with pytest.raises(ValueError, match=f"^{type(loss).__name__}: {message}"):
            loss(out, y, mask)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SpikeCount(scale=0), "SpikeCount: scale must be > 0, got 0"),
        (lambda: Membrane(scale=float("nan")), "Membrane: scale must be > 0, got nan"),
        (lambda: TimeToFirstSpike(label_smoothing=1), "TimeToFirstSpike: label_smoothing must be in 0..1, without 1"),
        (lambda: Membrane(over="last"), "Membrane: over must be one of mean, max, got 'last'"),  # type: ignore[arg-type]
        (lambda: Membrane(windows=0), "Membrane: windows must be an integer in 1..65536, got 0"),
        (lambda: SpikeRate(correct=-1), "SpikeRate: correct must be >= 0, got -1"),
    ],
)
def test_arguments_out_of_range_are_refused(make: Callable[[], Loss], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        make()


def test_neurons_of_a_class_are_read_in_their_windows() -> None:
    out = torch.arange(7 * 2 * 6.0).reshape(7, 2, 6)  # two classes, three neurons each
    read = [0, 0, 0, 1, 1, 2, 2]  # of seven steps
    expected = torch.stack([out[t][:, [n, 3 + n]] for t, n in enumerate(read)])
    for over, brought_together in (("mean", expected.mean(0)), ("max", expected.amax(0))):
        loss = Membrane(over=over, windows=3)  # type: ignore[arg-type]
        assert torch.equal(loss.scores(out), brought_together)
    y = torch.tensor([1, 0])
    scaled = functional.cross_entropy(2 * expected.mean(0), y, label_smoothing=0.1)
    assert torch.equal(Membrane(scale=2.0, label_smoothing=0.1, windows=3)(out, y), scaled)


def test_windows_are_parts_of_the_steps_that_count() -> None:
    out = torch.arange(1.0, 43).reshape(7, 1, 6)
    mask = torch.tensor([[True], [True], [False], [True], [True], [False], [False]])
    padded = torch.where(mask[..., None], out, torch.nan)
    value, gradient = value_and_gradient(Membrane(windows=2), padded, torch.tensor([1]), mask)
    assert value == Membrane(windows=2)(out[mask[:, 0]], torch.tensor([1]))
    reached = torch.zeros(7, 6)
    for step, neuron in ((0, 0), (1, 0), (3, 1), (4, 1)):
        reached[step, neuron::2] = 1
    assert torch.equal((gradient[:, 0] != 0).float(), reached)


@pytest.mark.parametrize(
    ("out", "message"),
    [
        (OUT, r"out must be \[T, B, K \* 2\], 2 neurons of each class, got \[4, 2, 3\]"),
        (OUT[0], r"out must be \[T, B, K \* windows\], as windows are of time steps, got \[2, 3\]"),
    ],
)
def test_windows_need_their_neurons_and_time_steps(out: Tensor, message: str) -> None:
    with pytest.raises(ValueError, match=f"^Membrane: {message}"):
        Membrane(windows=2).scores(out)


def test_rates_need_time_steps() -> None:
    with pytest.raises(ValueError, match=r"SpikeRate: out must be \[T, B, K\], as rates are of time steps"):
        SpikeRate()(OUT[0], Y)


def test_labels_may_be_of_any_integer_type() -> None:
    for kind in (torch.uint8, torch.int16, torch.int32):
        assert SpikeCount()(OUT, Y.to(kind)) == SpikeCount()(OUT, Y)
