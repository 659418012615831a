"""The benchmark of `fit` runs, and what the page says is what it measured."""

import json
import re

from packages import ROOT
from training_overhead import CASES, MOST, measured


def test_the_benchmark_runs() -> None:
    found = measured((12, 6, 3), 4, updates=5)
    assert found["bare"] > 0
    assert found["fit"] > 0
    assert abs(1 + found["overhead"] - found["fit"] / found["bare"]) < 0.01


def test_the_page_says_what_was_measured() -> None:
    results = json.loads((ROOT / "benchmarks" / "results" / "training_overhead.json").read_text(encoding="utf-8"))[
        "cases"
    ]
    page = " ".join((ROOT / "docs" / "training.md").read_text(encoding="utf-8").split())
    said = re.findall(r"(\d+) % (?:more than a bare loop of the same steps )?on (\d[\d-]+) with batches of (\d+)", page)
    assert [f"{sizes}, batch {batch}" for _, sizes, batch in said] == list(CASES) == list(results)
    for (share, *_), found in zip(said, results.values(), strict=True):
        assert int(share) == round(100 * found["overhead"])
        assert found["overhead"] <= MOST
