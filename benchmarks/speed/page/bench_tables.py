"""Outcomes as Markdown."""

from collections.abc import Iterable

from bench_case import Case, Setting, geometric_mean
from bench_measure import Measured, Outcome

Grid = dict[tuple[tuple[str, int | str], ...], dict[str, list[Measured]]]


def grid(case: Case, outcome: Outcome) -> Grid:
    """By setting, less the keys that tables average over, and by contender: what was measured."""
    found: Grid = {}
    for one in outcome.measured:
        row = tuple((key, value) for key, value in one.setting.items() if key not in case.over)
        found.setdefault(row, {}).setdefault(one.key, []).append(one)
    return found


def contenders(outcome: Outcome) -> list[str]:
    """Ours first, in the order of the case."""
    return list(dict.fromkeys(one.key for one in sorted(outcome.measured, key=lambda one: one.backend is None)))


def milliseconds(seconds: float) -> str:
    """Three digits."""
    value = 1000 * seconds
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """Lines of Markdown."""
    names = list(head)
    return [
        "| " + " | ".join(names) + " |",
        "|---" * len(names) + "|",
        *("| " + " | ".join(row) + " |" for row in rows),
    ]


def times(case: Case, outcome: Outcome) -> list[str]:
    """Milliseconds: fastest (median); where settings are averaged, ratios to ours."""
    if case.over:
        return _ratios(case, outcome)
    names = contenders(outcome)
    rows = []
    for setting, found in grid(case, outcome).items():
        cells = (
            f"{milliseconds(m.best)} ({milliseconds(m.median)})" for m in (found[n][0] for n in names if n in found)
        )
        known = dict(zip((n for n in names if n in found), cells, strict=True))
        rows.append([_shown(dict(setting)), *(known.get(name, "") for name in names)])
    return table(["ms, fastest (median)", *names], rows)


def _ratios(case: Case, outcome: Outcome) -> list[str]:
    """A peer's time divided by ours, over what both have; of ours, the mean time."""
    names = contenders(outcome)
    ours = [name for name in names if any(one.key == name and one.backend for one in outcome.measured)]
    peers = [name for name in names if name not in ours]
    rows = []
    for setting, found in grid(case, outcome).items():
        for mine in (name for name in ours if name in found):
            best = {tuple(one.setting.items()): one.best for one in found[mine]}
            cells = []
            for peer in peers:
                shared = [one for one in found.get(peer, []) if tuple(one.setting.items()) in best]
                quotients = [one.best / best[tuple(one.setting.items())] for one in shared]
                cells.append(f"{geometric_mean(quotients):.2f}" if quotients else "")
            rows.append([_shown(dict(setting)), mine, milliseconds(geometric_mean(list(best.values()))), *cells])
    return table(["setting", "ours", "ms", *(f"{peer} ÷ ours" for peer in peers)], rows)


def memory(case: Case, outcome: Outcome) -> list[str]:
    """Bytes an element: saved, peak; nothing where they were not counted."""
    names = [n for n in contenders(outcome) if any(m.key == n and m.saved is not None for m in outcome.measured)]
    if not names:
        return []
    rows = []
    for setting, found in grid(case, outcome).items():
        each = (found[name][0] if name in found else None for name in names)
        rows.append([_shown(dict(setting)), *("" if m is None else f"{m.saved:.3g}, {m.peak:.3g}" for m in each)])
    return ["", *table(["bytes an element: saved, peak", *names], rows)]


def _shown(setting: Setting) -> str:
    return ", ".join(f"{key} {value}" for key, value in setting.items())
