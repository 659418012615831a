"""The benchmark of ReckOn's learning: its data, its cases, and that the page shows the results."""

import json
import tomllib
from typing import Any

import numpy as np
import pytest
from packages import ROOT
from reckon_cues import RECALL, TICKS, made
from reckon_figure import table
from reckon_learning import RESULT, run_cue, slopes_of

from spikelut import quant

SETTINGS: dict[str, Any] = tomllib.loads(
    (ROOT / "benchmarks" / "reckon_learning" / "reckon_settings.toml").read_text(encoding="utf-8")
)
CASES: list[dict[str, Any]] = SETTINGS["cue"]["case"]


def test_cues_are_on_the_side_that_the_label_says() -> None:
    x, y = made(20, 0)
    left, right = x[:, :, :10].sum((1, 2)), x[:, :, 10:20].sum((1, 2))
    assert np.array_equal(right > left, y == 1)
    assert 0 < y.sum() < 20
    assert not x[:, RECALL:, :20].any()
    assert not x[:, :RECALL, 20:30].any()
    assert x.shape == (20, TICKS, 40)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_every_case_is_a_chip(case: dict[str, Any]) -> None:
    """Five segments are registers, others a curve, none of them flat."""
    registers, curve = slopes_of(case, SETTINGS["cue"]["threshold"])
    made = quant.reckon.Registers(**(SETTINGS["cue"]["registers"] | registers | case.get("registers", {})))
    assert (curve is None) == ("edges" in case or case["entries"] == 5)
    assert len(set(made.slopes if curve is None else curve.slopes.tolist())) > 1


def test_a_case_runs() -> None:
    x, y = made(2, 1)
    data: Any = type(
        "Data", (), {"_asdict": lambda self: {"train": (x[:, 1900:2150], y), "test": (x[:, 1900:2150], y)}}
    )()
    settings = SETTINGS["cue"] | {"epochs": 2, "target_from": 200}
    found = run_cue(settings, CASES[0], 0, data)
    assert len(found["train"]) == len(found["test"]) == 2
    assert all(0 <= accuracy <= 1 for accuracy in found["train"] + found["test"])


def test_the_page_shows_the_results() -> None:
    page = (ROOT / "docs" / "reckon-learning.md").read_text(encoding="utf-8")
    results = json.loads(RESULT.read_text(encoding="utf-8"))
    for task in (task for task in ("cue", "braille") if results[task]):
        assert table(results[task]) in page
        assert {row["name"] for row in results[task]} == {case["name"] for case in SETTINGS[task]["case"]}
