"""Metrics of answers, in torchmetrics' protocol: update(scores, y), compute(), reset()."""

from typing import Any, Protocol

import torch
from torch import Tensor

from spikelut._checks import require
from spikelut._text import brief, number_of


class Metric(Protocol):
    """A measure of answers over batches; every metric of torchmetrics that takes scores and classes is one.

    `update` takes scores [B, K], whose largest is the answer, and classes [B]. `compute` gives the value over all
    batches since `reset`.

    ```pycon
    >>> metric: training.Metric = training.Accuracy()
    >>> metric.update(torch.tensor([[0.2, 0.8], [0.9, 0.1]]), torch.tensor([1, 1]))
    >>> metric.compute()
    0.5
    ```
    """

    def update(self, scores: Tensor, y: Tensor, /) -> None:
        """Take a batch in."""
        ...

    def compute(self) -> Any:
        """The value over all batches since `reset`."""
        ...

    def reset(self) -> None:
        """Forget all batches."""
        ...


class ConfusionMatrix:
    """Counts [K, K] of answers, with a row for each class and a column for each answer.

    The answer is the class of the largest score; of equal scores, the lowest class. There are as many classes as
    scores. Raises ValueError for shapes and classes that do not fit, and if nothing was measured.

    ```pycon
    >>> matrix = training.ConfusionMatrix()
    >>> matrix.update(torch.tensor([[2.0, 1.0], [0.0, 1.0], [3.0, 3.0]]), torch.tensor([0, 1, 1]))
    >>> matrix.compute()
    tensor([[1, 0],
            [1, 1]])
    ```
    """

    def __init__(self) -> None:
        self.counts: Tensor | None = None

    def __repr__(self) -> str:
        if self.counts is None:
            return brief(self)
        return brief(self, f"{len(self.counts)} classes", number_of(int(self.counts.sum()), "sample"))

    def update(self, scores: Tensor, y: Tensor) -> None:
        """Take in scores [B, K] and classes [B]."""
        who = type(self).__name__
        require(scores.ndim == 2, who, "scores must be [B, K]", list(scores.shape))
        classes = scores.shape[1]
        require(y.shape == scores.shape[:1], who, f"y must be [{len(scores)}]", list(y.shape))
        outside = y[(y < 0) | (y >= classes)]
        require(not len(outside), who, f"y must be in 0..{classes - 1}", outside.tolist()[:1])
        before = 0 if self.counts is None else self.counts
        known = classes if self.counts is None else len(self.counts)
        require(classes == known, who, f"scores must be of {known} classes, as before", classes)
        places = y.long().cpu() * classes + scores.argmax(1).cpu()
        self.counts = before + torch.bincount(places, minlength=classes**2).reshape(classes, classes)

    def compute(self) -> Tensor:
        """The counts, int64 [K, K]."""
        require(self.counts is not None, type(self).__name__, "must have had a batch", "none")
        assert self.counts is not None  # as was required
        return self.counts

    def reset(self) -> None:
        """Forget all batches."""
        self.counts = None


class Accuracy:
    """The share of samples whose largest score is that of their class; of equal scores the lowest class is taken.

    ```pycon
    >>> accuracy = training.Accuracy()
    >>> accuracy.update(torch.tensor([[2.0, 1.0], [0.0, 1.0], [3.0, 3.0], [0.0, 1.0]]), torch.tensor([0, 1, 1, 1]))
    >>> accuracy.compute()
    0.75
    ```
    """

    def __init__(self) -> None:
        self.matrix = ConfusionMatrix()

    def __repr__(self) -> str:
        if self.matrix.counts is None:
            return brief(self)
        return brief(self, f"{self.compute():.2%} of {number_of(int(self.matrix.counts.sum()), 'sample')}")

    def update(self, scores: Tensor, y: Tensor) -> None:
        """Take in scores [B, K] and classes [B]."""
        self.matrix.update(scores, y)

    def compute(self) -> float:
        """The share, of all samples since `reset`."""
        counts = self.matrix.compute()
        return float(counts.trace()) / float(counts.sum())

    def reset(self) -> None:
        """Forget all batches."""
        self.matrix.reset()
