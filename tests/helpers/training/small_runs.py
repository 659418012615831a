"""Small trainings on the command line: their data, and how they are cut off."""

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikelut.cli._app import run
from spikelut.cli.train import results as _results
from spikelut.cli.train import variants as _variants
from spikelut.cli.train.loop import Epoch

SMALL = ["--layers", "5", "--batch", "16", "--measure", "none"]


def two_classes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Sixty samples of five steps and six inputs, 16 of them for the test, in the current folder."""
    rng, y = np.random.default_rng(0), np.arange(60) % 2
    x = (rng.random((60, 5, 6)) < np.where((np.arange(6) < 3) == y[:, None], 0.7, 0.1)[:, None]).astype(np.uint8)
    monkeypatch.chdir(tmp_path)
    np.savez("two.npz", x=x, y=y, test=np.arange(60) >= 44)
    return "two.npz"


def page() -> None:
    """The page of a run is made, which takes a second."""


def without_page(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page of a run is an empty file where no test looks at it."""
    if "report" not in request.fixturenames:
        monkeypatch.setattr(_results, "write_report", lambda path, *given: path.touch())


def train(*arguments: str, code: int = 0, data: str = "two.npz") -> None:
    assert run(["train", "--data", data, *SMALL, *arguments]) == code


def read(path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return found


def rows(path: str) -> list[dict[str, str]]:
    with Path(path).open() as file:
        return list(csv.DictReader(file))


@contextmanager
def cut_after(epochs: int) -> Iterator[None]:
    """Trainings are interrupted as they tell of their epoch number `epochs`, over all variants."""
    told = 0
    original = _variants._Listener.epochs

    def tell(self: Any, found: list[Epoch], state: Any) -> None:
        nonlocal told
        original(self, found, state)
        told += 1
        if told == epochs:
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_variants._Listener, "epochs", tell)
        yield
