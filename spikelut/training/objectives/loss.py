"""What losses have in common: scores of classes, checks of what comes in, and the cross-entropy."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from spikelut._checks import is_finite, require
from spikelut.training.objectives.masks import check_mask, steps_of


@dataclass(frozen=True)
class Loss(ABC):
    """What a network is trained for: `loss(out, y, mask)` is a scalar, the mean over samples.

    - `out`: what the network gives in every step, [T, B, K] for K classes, or [B, K] if it has combined the steps
      itself.
    - `y`: the classes, integers [B].
    - `mask`: the steps that count, bool [T, B]; None for all. Values in other steps, NaN as well, change neither loss
      nor gradient.

    Half precision is summed in float32.

    A loss of your own is a subclass with `scores_of` and `of_scores`; outputs and masks are checked before these are
    called.

    ```pycon
    >>> class LastStep(training.Loss):
    ...     def scores_of(self, out, mask):
    ...         return out[-1]
    ...
    ...     def of_scores(self, scores, y, steps):
    ...         return torch.nn.functional.multi_margin_loss(scores, y)
    >>> LastStep()(torch.tensor([[[1.0, 0.0]], [[2.0, 1.5]]]), torch.tensor([0]))
    tensor(0.2500)
    ```
    """

    def __call__(self, out: Tensor, y: Tensor, mask: Tensor | None = None) -> Tensor:
        """The loss; ValueError for shapes that do not fit, and classes that are not in 0..K-1."""
        return self.with_scores(out, y, mask)[0]

    def with_scores(self, out: Tensor, y: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """The loss, and the scores [B, K] it is of."""
        scores = self.scores(out, mask)
        steps = None if out.ndim == 2 else steps_of(out, mask)
        return self.of_scores(scores, self._checked(y, scores), steps), scores

    def scores(self, out: Tensor, mask: Tensor | None = None) -> Tensor:
        """What decides the class, [B, K]: the largest, and of equal ones the lowest class. [B, K] is taken as it is."""
        who = type(self).__name__
        fits = out.ndim in (2, 3) and out.is_floating_point()
        require(fits, who, "out must be floats [T, B, K], or [B, K]", f"{out.dtype} {list(out.shape)}")
        if out.ndim == 2:
            # A sum that is there already has the padded steps in it.
            message = "mask must be None, or true everywhere, where out is [B, K], without steps to leave out"
            require(mask is None or bool(mask.all()), who, message, mask)
            return out
        require(len(out) > 0, who, "out must have a time step", list(out.shape))
        if mask is not None:
            check_mask(who, mask, out.shape)
        return self.scores_of(out.float() if out.dtype in (torch.float16, torch.bfloat16) else out, mask)

    @abstractmethod
    def scores_of(self, out: Tensor, mask: Tensor | None) -> Tensor:
        """The scores [B, K] of outputs [T, B, K], of which those steps count."""

    @abstractmethod
    def of_scores(self, scores: Tensor, y: Tensor, steps: Tensor | None) -> Tensor:
        """The loss of scores [B, K], classes [B], and the number of steps [B] that counted; None: not known."""

    def _checked(self, y: Tensor, scores: Tensor) -> Tensor:
        """The classes, as int64."""
        who = type(self).__name__
        whole = not (y.is_floating_point() or y.is_complex() or y.dtype == torch.bool)
        require(whole and y.shape == scores.shape[:1], who, f"y must be integers [{len(scores)}]", _described(y))
        outside = ((y < 0) | (y >= scores.shape[1])).nonzero().flatten()
        if len(outside):  # of which torch leaves out -100 without a word
            first = int(outside[0])
            require(False, who, f"y must be in 0..{scores.shape[1] - 1}, in sample {first} as well", int(y[first]))
        return y.long()


@dataclass(frozen=True)
class CrossEntropy(Loss):
    """Losses that are the cross-entropy of `scale` times the scores, as torch has it."""

    scale: float = 1.0
    label_smoothing: float = 0.0

    def __post_init__(self) -> None:
        who = type(self).__name__
        require(is_finite(self.scale) and self.scale > 0, who, "scale must be > 0", self.scale)
        smooth = is_finite(self.label_smoothing) and 0 <= self.label_smoothing < 1
        require(smooth, who, "label_smoothing must be in 0..1, without 1", self.label_smoothing)

    def of_scores(self, scores: Tensor, y: Tensor, steps: Tensor | None) -> Tensor:
        return functional.cross_entropy(scores * self.scale, y, label_smoothing=self.label_smoothing)


def _described(y: Tensor) -> str:
    return f"{y.dtype} {list(y.shape)}"
