"""The benchmark of conversion: what is measured again, which float network is taken, tables in the pages."""

import json
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

import conversion
import conversion_networks
import conversion_page
import limits
import pytest
import torch
from conversion_networks import Row
from torch import nn

from spikelut.cli.train.loop import Split

ROWS = conversion.rows_of((conversion.HERE / "conversion_rows.toml").read_text())
LIMITS = limits.read((limits.HERE / "limits.toml").read_text())


def test_only_what_is_missing_is_measured_unless_settings_are_others() -> None:
    row, results = ROWS[0], dict[str, Any]()
    kinds = ["test", "stage", "size"]
    whole = conversion.missing(row, results, kinds)
    assert len(whole) == 3 + 6 + 4
    for kind, name in whole:
        results[f"{kind} {name}"] = {}
    assert conversion.missing(row, results, kinds) == []
    del results["size 32"]
    assert conversion.missing(row, results, kinds) == [("size", "32")]
    assert len(conversion.missing(row | {"samples": 9}, results, kinds)) == 13
    coarse = next(row for row in ROWS if row.get("coarse"))
    assert ("stage", "decays") in conversion.missing(coarse, {}, ["stage"])


@dataclass
class Fake:
    """As much of a job as training looks at."""

    surrogate: Any = None
    train: Any = None
    test: Any = None

    def network(self, surrogate: Any, *, floats: bool) -> nn.Module:
        """A new network."""
        return nn.Linear(2, 2)

    def gain(self, surrogate: Any, *, floats: bool) -> float:
        """None."""
        return 1.0


def test_a_float_network_of_other_options_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversion_networks, "RUNS", tmp_path)
    monkeypatch.setattr(conversion_networks, "recipe_of", lambda *_: None)
    monkeypatch.setattr(conversion_networks, "train_network", lambda *_, **__: None)
    settings: dict[str, Any] = {"name": "a", "train": {"epochs": 2, "membrane_bits": 8}}
    job: Any = Fake()
    first = conversion_networks.trained(settings, job).weight
    assert torch.equal(conversion_networks.trained(settings, job).weight, first)  # type: ignore[arg-type]
    chip = {"name": "a", "train": {"epochs": 2, "membrane_bits": 16}}
    assert torch.equal(conversion_networks.trained(chip, job).weight, first)  # type: ignore[arg-type]
    conversion_networks.trained(settings | {"train": {"epochs": 1}}, job, keep=False)
    assert torch.equal(conversion_networks.trained(settings, job).weight, first)  # type: ignore[arg-type]
    other = conversion_networks.trained(settings | {"train": {"epochs": 3}}, job).weight
    assert not torch.equal(other, first)  # type: ignore[arg-type]


def split(first: int, count: int) -> Split:
    return Split(torch.arange(first, first + count).reshape(1, count, 1), torch.arange(first, first + count))


def test_limits_are_measured_on_samples_that_were_not_calibrated_with() -> None:
    settings = {"graph": "", "samples": 4}
    row = Row(settings, nn.Identity(), split(0, 10), split(10, 5), split(15, 5), {})
    used = set(row.subset(4, 1).flatten().int().tolist())
    held = limits.unseen(row, 1)
    assert set(held.labels.tolist()) == set(range(15)) - used
    assert torch.equal(held.spikes.flatten(), held.labels)
    assert limits.unseen(Row({"samples": 4}, row.model, row.pool, row.val, row.test, {}), 1) is row.val


def test_cases_of_limits_leave_the_float_network() -> None:
    rows = {row["name"]: row for row in ROWS}
    for limit in LIMITS:
        for case in limit["case"]:
            row, made = rows[case.get("row", limit["row"])], limits.changed(rows, limit, case)
            apart = {part for part in made if made[part] != row.get(part)}
            assert apart <= set(limits.CHANGES)
            assert bool(apart) is bool(set(case) & set(limits.CHANGES)) or case["convert"] == row["convert"]
            trained = [
                {name: value for name, value in one.get("train", {}).items() if name not in conversion_networks.CHIP}
                for one in (made, row)
            ]
            assert trained[0] == trained[1]


def test_a_table_goes_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- x -->\nold\n<!-- /x -->\nb\n")
    conversion_page.put(page, "x", "new")
    assert page.read_text() == "a\n<!-- x -->\n\nnew\n\n<!-- /x -->\nb\n"
    with pytest.raises(ValueError, match=r"page\.md must have <!-- y --> and <!-- /y -->"):
        conversion_page.put(page, "y", "new")


def test_the_pages_have_the_results() -> None:
    results, found = (json.loads(path.read_text()) for path in (conversion.RESULT, limits.RESULT))
    tables = [(conversion_page.PAGE, name, make(ROWS, results)) for name, make in conversion_page.TABLES.items()]
    for limit in LIMITS:
        own = found[limit["name"]]
        assert {title: one["settings"] for title, one in own.items()} == {
            case["title"]: limits.used(limit, case) for case in limit["case"]
        }
        tables.append((limits.PAGES[limit["name"]], limit["name"], limits.shown(limit, own)))
    for page, name, made in tables:
        assert f"<!-- {name} -->\n\n{made}\n\n<!-- /{name} -->" in page.read_text(), (page.name, name)


@pytest.mark.parametrize("name", ["braille-subtract", "fashion"])
def test_the_readme_has_the_measured_accuracies(name: str) -> None:
    tests = [one for key, one in json.loads(conversion.RESULT.read_text())[name].items() if key.startswith("test ")]
    float_, nearest, calibrated = (mean(t[kind] for t in tests) for kind in ("float", "nearest", "calibrated"))
    said = " ".join((conversion.HERE.parents[1] / "README.md").read_text(encoding="utf-8").split())
    bits = next(row for row in ROWS if row["name"] == name)["convert"]["weight_bits"]
    assert f"{calibrated:.1f} % instead of {nearest:.1f} % at {bits} bits ({float_:.1f} % in floats)" in said
