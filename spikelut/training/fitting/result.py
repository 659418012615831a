"""What `fit` gives."""

from dataclasses import asdict, dataclass
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torch import nn

from spikelut._extras import names_extra
from spikelut._notebook import Card, fragment
from spikelut._text import number_of
from spikelut.training.fitting.state import Epoch

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False, repr=False)
class Fit:
    """The result of `fit`: the trained `model`, and how it got there.

    - `history`: all epochs; `best`: the one whose weights `model` has: the best by validation, or else the last.
      `start`: epoch 0, before the first update, where `fit` kept it as a candidate; `best` is that if none was better.
    - `stopped`: why training ended. `warnings`: what looks wrong, a line each. `folder`: where it was kept, or None.

    ```pycon
    >>> data = training.SpikeDataset((torch.rand(40, 5, 6) < 0.3).float(), torch.arange(40) % 3)
    >>> done = training.fit(torch.nn.Linear(6, 3), data, epochs=3)
    >>> done.best.number, [epoch.number for epoch in done.history], done.folder
    (3, [1, 2, 3], None)
    ```
    """

    model: nn.Module
    history: tuple[Epoch, ...]
    best: Epoch
    stopped: str
    warnings: tuple[str, ...] = ()
    folder: Path | None = None
    start: Epoch | None = None

    def __repr__(self) -> str:
        best = self.best
        validated = "" if best.val_accuracy is None else f", validation {best.val_accuracy:.2%}"
        epochs = f"{len(self.history)} epoch{'s' if len(self.history) != 1 else ''}"
        many = f"; {len(self.warnings)} warnings" if self.warnings else ""
        known = f"best {best.number}: loss {best.loss:.4g}, {best.accuracy:.2%}{validated}"
        if isnan(best.loss):
            known = f"none better than the start{validated}"
        return f"Fit({epochs}, {known}{many})"

    def _repr_html_(self) -> str | None:
        best = self.best
        cards = [Card(f"{best.accuracy:.2%}", "accuracy in training"), Card(f"{best.loss:.4g}", "loss in training")]
        cards = [] if isnan(best.loss) else cards
        if best.val_accuracy is not None:
            cards.append(Card(f"{best.val_accuracy:.2%}", "accuracy by validation"))
        lead = f"{number_of(len(self.history), 'epoch')}; {self.stopped}"
        figures = {"loss": self._draw_loss, "accuracy": self._draw_accuracy} if len(self.history) > 1 else {}
        return fragment(f"Fit: epoch {best.number}", lead=lead, cards=cards, figures=figures, notes=self.warnings)

    def _draw_loss(self, axes: "Axes") -> None:
        self._draw(axes, "loss", 1.0)

    def _draw_accuracy(self, axes: "Axes") -> None:
        self._draw(axes, "accuracy", 100.0)
        axes.set_ylabel("accuracy, %")

    def _draw(self, axes: "Axes", name: str, factor: float) -> None:
        """One number of training, and of validation where there is one."""
        for key, label in ((name, "training"), (f"val_{name}", "validation")):
            drawn = self.history if self.start is None else (self.start, *self.history)
            found = [(epoch.number, getattr(epoch, key)) for epoch in drawn]
            points = [(number, value * factor) for number, value in found if value is not None and not isnan(value)]
            if points:
                axes.plot(*zip(*points, strict=True), label=label)
        axes.set(xlabel="epoch", ylabel=name)
        axes.legend(frameon=False, fontsize="small")

    @names_extra
    def to_frame(self) -> Any:
        """The history as a DataFrame of pandas, a row for each epoch; the start, if it was kept, is number 0."""
        import pandas

        known = self.history if self.start is None else (self.start, *self.history)
        return pandas.DataFrame([asdict(epoch) for epoch in known])
