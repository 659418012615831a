"""The losses: of spike counts, membranes, first spikes, and rates that are to be reached."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from spikelut._checks import is_finite, require, require_int, require_one_of
from spikelut.training.objectives.loss import CrossEntropy, Loss
from spikelut.training.objectives.masks import below, counted, steps_of
from spikelut.training.objectives.windows import read_in_windows

Over = Literal["mean", "max"]


@dataclass(frozen=True)
class SpikeCount(CrossEntropy):
    """The cross-entropy of the number of output spikes; snnTorch's ce_count_loss.

    scores[b, k] = sum over t of out[t, b, k]; loss = cross_entropy(scale * scores, y, label_smoothing), the mean over
    samples. `scale` is > 0, `label_smoothing` from 0 to below 1. Shapes and masks are those of every `Loss`.

    ```pycon
    >>> spikes = torch.tensor([[[1.0, 0.0]], [[1.0, 1.0]], [[0.0, 1.0]]])  # [T, B, K]
    >>> loss = training.SpikeCount()
    >>> loss.scores(spikes), loss(spikes, torch.tensor([0]))
    (tensor([[2., 2.]]), tensor(0.6931))
    >>> loss.scores(spikes, torch.tensor([[True], [True], [False]]))
    tensor([[2., 1.]])
    ```
    """

    def scores_of(self, out: Tensor, mask: Tensor | None) -> Tensor:
        return counted(out, mask).sum(0)


@dataclass(frozen=True)
class Membrane(CrossEntropy):
    """The cross-entropy of a read-out's membranes: of their mean over time, or with `over="max"` of the largest.

    scores[b, k] = mean, or max, over the steps t that count of out[t, b, k]; loss = cross_entropy(scale * scores, y,
    label_smoothing). The largest is snnTorch's ce_max_membrane_loss; its gradient goes to the step of the largest, in
    equal parts where there are several.

    With `windows` above 1, each class has that many neurons. The first of them is read in the first part of the sample,
    and so on, so the read-out can use when something happened. `out` is then [T, B, K * windows], and the formula uses
    out[t, b, k * windows + n * windows // N]. Here n numbers the steps of the sample that count, from 0, and N is how
    many they are.

    ```pycon
    >>> membranes = torch.tensor([[[0.5, 1.0]], [[1.5, 0.0]]])
    >>> training.Membrane().scores(membranes), training.Membrane(over="max").scores(membranes)
    (tensor([[1.0000, 0.5000]]), tensor([[1.5000, 1.0000]]))
    >>> training.Membrane(windows=2).scores(membranes)  # of one class: 0.5 in the first step, 0.0 in the second
    tensor([[0.2500]])
    ```
    """

    over: Over = "mean"
    windows: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        require_one_of(self, "over", self.over, Over)
        require_int(self, "windows", self.windows, 1, 2**16)

    def scores(self, out: Tensor, mask: Tensor | None = None) -> Tensor:
        whole = self.windows == 1 or out.ndim != 2
        require(whole, self, "out must be [T, B, K * windows], as windows are of time steps", list(out.shape))
        return super().scores(out, mask)

    def scores_of(self, out: Tensor, mask: Tensor | None) -> Tensor:
        if self.windows > 1:
            out = read_in_windows(type(self).__name__, out, mask, self.windows)
        if self.over == "max":
            return below(out, mask).amax(0)
        return out.mean(0) if mask is None else counted(out, mask).sum(0) / steps_of(out, mask)[:, None]


@dataclass(frozen=True)
class TimeToFirstSpike(CrossEntropy):
    """The cross-entropy of first spikes: the class is that of the output neuron that spikes first.

    first[b, k] = sum over t of the product over s <= t of 1 - spiked[s, b, k]: the number of steps before the first
    spike; for a silent neuron, of all steps that count. scores = -first; loss = cross_entropy(scale * scores, y,
    label_smoothing), which is Mostafa's (arXiv 1606.08165) and snnTorch's ce_temporal_loss with inverse="negate".

    The product is the probability of no spike yet, the survivor function of point processes in discrete time (Gerstner
    et al., Neuronal Dynamics, 7.5). It is linear in every single spike, so its derivative at spikes of 0 and 1 is what
    one spike more, or less, really changes: a spike at s before the first one, at f, would gain f - s steps; without
    the first one, those to the second would be lost; what comes later changes nothing. Several spikes in a step are as
    one, and their derivative is zero.

    ```pycon
    >>> spikes = torch.tensor([[[0.0, 0.0]], [[0.0, 1.0]], [[1.0, 0.0]], [[0.0, 0.0]]], requires_grad=True)
    >>> loss = training.TimeToFirstSpike()
    >>> loss.scores(spikes).tolist()
    [[-2.0, -1.0]]
    >>> loss.scores(spikes).sum().backward()
    >>> spikes.grad[:, 0, 1].long()  # gained by a spike at 0; by that at 1, without which there is none; by later ones
    tensor([1, 3, 0, 0])
    ```
    """

    def scores_of(self, out: Tensor, mask: Tensor | None) -> Tensor:
        silent = torch.cumprod(1 - _at_most_one(counted(out, mask)), 0)
        return -counted(silent, mask).sum(0)


def _at_most_one(counts: Tensor) -> Tensor:
    """Counts cut to 0..1, with derivative 1 at both ends, where spikes are; from torch 2.14 on that of clamp is 0."""
    held = torch.where(counts > 1, 1.0, counts)
    return torch.where(held < 0, 0.0, held)


@dataclass(frozen=True)
class SpikeRate(Loss):
    """The squared distance of spike counts from those of wanted rates; SLAYER's loss, snnTorch's mse_count_loss.

    loss = mean over b, k of (count[b, k] - rate[b, k] * n[b])**2 / n[b], where n are the steps of the sample that
    count, and rate is `correct` for the class of the sample, `incorrect` for others; both in spikes a step, >= 0.
    snnTorch rounds rate * n down to a whole number; where it is one, both are the same. Outputs must have steps: [T, B,
    K]. The class is that with most spikes.

    ```pycon
    >>> spikes = torch.tensor([[[1.0, 0.0]], [[1.0, 1.0]]])
    >>> training.SpikeRate(correct=1.0, incorrect=0.0)(spikes, torch.tensor([0]))
    tensor(0.2500)
    ```
    """

    correct: float = 1.0
    incorrect: float = 0.0

    def __post_init__(self) -> None:
        for name, rate in (("correct", self.correct), ("incorrect", self.incorrect)):
            require(is_finite(rate) and rate >= 0, self, f"{name} must be >= 0", rate)

    def scores_of(self, out: Tensor, mask: Tensor | None) -> Tensor:
        return counted(out, mask).sum(0)

    def of_scores(self, scores: Tensor, y: Tensor, steps: Tensor | None) -> Tensor:
        require(steps is not None, self, "out must be [T, B, K], as rates are of time steps", list(scores.shape))
        assert steps is not None  # as was required
        steps = steps[:, None].to(scores.dtype)
        rates = torch.full_like(scores, self.incorrect).scatter(1, y[:, None], self.correct)
        return ((scores - rates * steps) ** 2 / steps).mean()
