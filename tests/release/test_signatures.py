"""Calls that worked with the last release work: public names and their parameters stay, what is new has a default."""

import json

import pytest
from signatures import FILE, broken, current

PINNED = json.loads(FILE.read_text(encoding="utf-8"))
HINT = "docs/stability.md says how a name goes; at a release run python tests/helpers/release/signatures.py"


def test_calls_that_worked_still_do() -> None:
    now = current()
    gone = sorted(set(PINNED) - set(now))
    assert not gone, f"{gone}: {HINT}"
    found = {name: why for name, pinned in PINNED.items() if (why := broken(pinned, now[name]))}
    assert not found, f"{found}: {HINT}"


def test_what_is_pinned_is_more_than_names() -> None:
    assert len(PINNED) > 300
    assert ["threshold", "KEYWORD_ONLY", "1.0"] in PINNED["quant.LIF"]
    assert PINNED["quant.Table.from_surrogate"][0][0] == "surrogate"


A, B = ["a", "POSITIONAL_OR_KEYWORD", "-"], ["b", "POSITIONAL_OR_KEYWORD", "1"]
KEYWORD = ["c", "KEYWORD_ONLY", "None"]


@pytest.mark.parametrize(
    ("pinned", "now", "why"),
    [
        ([A, B], [A, B, KEYWORD], ""),
        ([A], [A, B], ""),
        ([A, B], [A], "b: "),
        ([A, B], [A, ["b", "POSITIONAL_OR_KEYWORD", "2"]], "b: "),
        ([A, B], [A, ["b", "KEYWORD_ONLY", "1"]], "b: "),
        ([A, B], [B, A], "the order"),
        ([A], [A, ["d", "KEYWORD_ONLY", "-"]], "d must be given"),
        ([A], [A, ["d", "VAR_KEYWORD", "-"]], ""),
        ([A], None, "was callable"),
    ],
)
def test_what_breaks_a_caller(pinned: list[list[str]], now: list[list[str]] | None, why: str) -> None:
    found = broken(pinned, now)
    assert found.startswith(why)
    assert bool(found) == bool(why)
