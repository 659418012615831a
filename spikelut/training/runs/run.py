"""A run of `spikelut train`, read from its folder."""

import csv
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require, require_path
from spikelut._notebook import Card, Table, fragment
from spikelut._text import Brief
from spikelut.training.runs.files import METRICS, NETWORK, RECORD, SAMPLES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from spikelut.quant import IntegerNetwork

MOST_BYTES = 2**26
"""Of a file of text."""
ACCURACY = "accuracy_"


@dataclass(frozen=True, eq=False, repr=False)
class Run(Brief):
    """A finished run of `spikelut train`, or a network that `spikelut import` took in, in its folder.

    - `record`: what run.json holds: command, options, data, results, versions.
    - `history`: the rows of metrics.csv, a dictionary for each epoch of each training; empty where there is none.

    A notebook shows its figures, its history and what was proven of its files.

    ```pycon
    >>> from pathlib import Path
    >>> training.Run(Path("runs/digits"), {"results": {"accuracy_table": 0.975}}, ()).accuracies
    {'table': 0.975}
    ```
    """

    folder: Path
    record: Mapping[str, Any]
    history: tuple[dict[str, str], ...]

    @property
    def files(self) -> tuple[str, ...]:
        """The names of its files."""
        return tuple(sorted(path.name for path in self.folder.iterdir() if path.is_file()))

    @property
    def accuracies(self) -> dict[str, float]:
        """The test accuracy of each training: with the `table`, the `analytic` gradient, in `float`."""
        found = {key.removeprefix(ACCURACY): value for key, value in self._results.items() if key.startswith(ACCURACY)}
        return {name: value for name, value in found.items() if isinstance(value, float)}

    @cached_property
    def network(self) -> "IntegerNetwork":
        """The integers that were trained; see `export.load_network`."""
        from spikelut.export import load_network

        return load_network(self.folder / NETWORK)

    @cached_property
    def samples(self) -> dict[str, NDArray[Any]]:
        """The test samples that the run kept, by name; empty where it kept none."""
        path = self.folder / SAMPLES
        if not path.is_file():
            return {}
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}

    def _parts(self) -> Iterator[str]:
        yield repr(str(self.folder))
        yield self.title
        yield from (f"{name} {accuracy:.2%}" for name, accuracy in self.accuracies.items())
        compared, different = (self._results.get(f"spikes_{what}") for what in ("compared", "different"))
        yield "" if different is None else f"{different} of {compared} values differ"

    @property
    def title(self) -> str:
        """Chip, surrogate and data, or the file that was imported."""
        imported = _at(self.record, "imported", "file")
        parts = [_at(self.record, *path) for path in (("profile", "title"), ("surrogate", "name"), ("data", "name"))]
        found = [str(part) for part in [*parts, imported] if part is not None]
        return " · ".join(found) or self.folder.name

    @property
    def _results(self) -> Mapping[str, Any]:
        found = self.record.get("results")
        return found if isinstance(found, dict) else {}

    def _repr_html_(self) -> str | None:
        cards = [Card(f"{value:.2%}", f"test accuracy, {name}") for name, value in self.accuracies.items()]
        tables = [
            Table(("implementation", "compared", "not zero", "different"), rows, COUNTS) for rows in self._proofs()
        ]
        tables += [Table(("file",), [(name,) for name in self.files])]
        lead = str(self.record.get("command", self.folder))
        figures = {"accuracy": self._draw} if self._curves() else {}
        return fragment(self.title, lead=lead, cards=cards, figures=figures, tables=tables)

    def _proofs(self) -> Iterator[list[tuple[Any, ...]]]:
        """What was compared with the trained layers, and how often it differed; nothing where nothing was."""
        found = self._results.get("spikes_by_implementation")
        if isinstance(found, dict):
            keys = ("compared", "nonzero", "different")
            yield [(name, *(_at(count, key) for key in keys)) for name, count in found.items()]

    def _curves(self) -> dict[str, list[tuple[float, float]]]:
        """Epochs and accuracies of each training, where the history has such columns."""
        found: dict[str, list[tuple[float, float]]] = {}
        for row in self.history:
            name = next((key for key in ("val_accuracy", "test_accuracy") if _number(row.get(key)) is not None), None)
            epoch = _number(row.get("epoch"))
            if name is not None and epoch is not None:
                label = f"{row.get('gradient', '')} {name.replace('_', ' ')}".strip()
                found.setdefault(label, []).append((epoch, 100 * (_number(row[name]) or 0.0)))
        return found

    def _draw(self, axes: "Axes") -> None:
        for name, points in self._curves().items():
            axes.plot(*zip(*points, strict=True), label=name)
        axes.set(xlabel="epoch", ylabel="accuracy, %")
        axes.legend(frameon=False, fontsize="small")


COUNTS = ("compared", "not zero", "different")


def load_run(folder: str | os.PathLike[str]) -> Run:
    """The run whose folder `spikelut train --out FOLDER` wrote.

    Raises FileNotFoundError where there is no such folder, or none of a run; ValueError for files that are damaged.

    ```pycon
    >>> from pathlib import Path
    >>> Path("kept").mkdir()
    >>> _ = Path("kept/run.json").write_text('{"data": {"name": "digits"}, "results": {"accuracy_table": 0.975}}')
    >>> training.load_run("kept")
    Run('kept', digits, table 97.50%)
    ```
    """
    require_path("load_run", "folder", folder)
    path = Path(folder)
    record = path / RECORD
    if not record.is_file():
        raise FileNotFoundError(f"load_run: {path} must be a folder of spikelut train, with {RECORD}")
    text = _text(record)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"load_run: {record} must be JSON: {error}") from None
    require(isinstance(found, dict), "load_run", f"{record} must hold an object", type(found).__name__)
    metrics = path / METRICS
    rows = list(csv.DictReader(_text(metrics).splitlines())) if metrics.is_file() else []
    return Run(path, found, tuple({key: value for key, value in row.items() if key and value} for row in rows))


def _text(path: Path) -> str:
    """The text of a file; ValueError if it is none, or of more than 64 MiB."""
    size = path.stat().st_size
    require(size <= MOST_BYTES, "load_run", f"{path} must have at most {MOST_BYTES} bytes", size)
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"load_run: {path} must be UTF-8, {error.reason}") from None


def _at(value: Any, *keys: str) -> Any:
    """What is inside; None where something lacks."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _number(text: Any) -> float | None:
    try:
        return float(text)
    except (TypeError, ValueError):
        return None
