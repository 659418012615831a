"""docs/accuracy.md, and the table of README.md, are what the results are."""

import re
from statistics import mean

import accuracy
import pytest
from packages import ROOT


@pytest.fixture
def found() -> dict[accuracy.Case, list[dict[str, object]]]:
    results = accuracy.Results()
    every = accuracy.cases((accuracy.HERE / "accuracy_rows.toml").read_text())
    return {case: results.of(case) for case in every if results.of(case)}


def test_the_page_begins_with_the_results(found: dict[accuracy.Case, list[dict[str, object]]]) -> None:
    assert (ROOT / "docs" / "accuracy.md").read_text().startswith(accuracy.table(found))


def test_in_short() -> None:
    few = {}
    for bits, converted in ((8, 88.0), (4, 80.0), (2, 70.0)):
        case = accuracy.Case("row", "title", "", bits, None, None)
        few[case] = [{"accuracy": {"float": 89.0, "ptq": converted, "analytic": 88.5, "table": 88.0 + bits / 10}}]
    text = " ".join(accuracy.in_short(few))
    assert "costs at most 1.0 points. With 4 or 2 bits, it costs 9.0 to 19.0 (title)." in text
    assert "at most 0.8 points below" in text
    assert "-0.3 to +0.3 points" in text


def test_the_table_of_readme() -> None:
    text = (ROOT / "README.md").read_text()
    rows = re.findall(r"^\| (?:`(\w+)`.*)?\| ([842]) \|((?: \d\d\.\d \|){4})$", text, re.MULTILINE)
    assert [row[1] for row in rows] == ["8", "4", "2"] * 2
    runs, profile = accuracy.Results().runs, ""
    for name, bits, cells in rows:
        profile = name or profile
        found = [runs[f"fashion-mnist-{profile}-{bits}-{seed}"] for seed in range(3)]
        assert all(run["integers_compared"] * 3 == 66_240_000 and not run["integers_different"] for run in found)
        shown = [cell.strip() for cell in cells.split("|")[:-1]]
        assert shown == [f"{mean(run['accuracy'][kind] for run in found):.1f}" for kind in accuracy.VARIANTS]
