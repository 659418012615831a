"""What `fit` gives."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from torch import nn

from spikelut._extras import names_extra
from spikelut.training.fitting.state import Epoch


@dataclass(frozen=True, eq=False, repr=False)
class Fit:
    """The result of `fit`: the trained `model`, and how it got there.

    - `history`: all epochs; `best`: the one whose weights `model` has: the best by validation, or else the last.
    - `stopped`: why training ended. `warnings`: what looks wrong, a line each. `folder`: where it was kept, or None.
    """

    model: nn.Module
    history: tuple[Epoch, ...]
    best: Epoch
    stopped: str
    warnings: tuple[str, ...] = ()
    folder: Path | None = None

    def __repr__(self) -> str:
        best = self.best
        validated = "" if best.val_accuracy is None else f", validation {best.val_accuracy:.2%}"
        epochs = f"{len(self.history)} epoch{'s' if len(self.history) != 1 else ''}"
        many = f"; {len(self.warnings)} warnings" if self.warnings else ""
        return f"Fit({epochs}, best {best.number}: loss {best.loss:.4g}, {best.accuracy:.2%}{validated}{many})"

    @names_extra
    def to_frame(self) -> Any:
        """The history as a DataFrame of pandas, a row for each epoch."""
        import pandas

        return pandas.DataFrame([asdict(epoch) for epoch in self.history])
