"""`spikelut compare`: tables against the curves they stand in for, in numbers and on a page."""

import csv
import io
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from spikelut._files import write_whole
from spikelut.cli.shared.console import columns, facts, say_written, terminal
from spikelut.cli.shared.errors import user_errors
from spikelut.cli.shared.option_values import parse_profiles, parse_surrogates
from spikelut.hw_profiles import Profile
from spikelut.quant.comparison.compare import Comparisons, compare
from spikelut.quant.comparison.comparison import Comparison

SUFFIXES = (".html", ".json", ".csv")
COLUMNS = {
    "profile": "profile",
    "entries": "entries",
    "bits": "bits",
    "max_relative_error": "largest error",
    "mean_relative_error": "mean",
    "max_error_steps": "steps",
    "cosine": "cosine",
    "area_ratio": "area",
    "dead_zone": "dead zone",
    "saturated": "saturated",
    "asymmetry": "asymmetry",
}
SHARES = {"max_relative_error", "mean_relative_error", "dead_zone", "saturated", "asymmetry"}


@dataclass(frozen=True)
class CompareOptions:
    """The options of the command, as given."""

    surrogates: str
    profiles: str
    out: list[Path]
    json: bool


def compare_command(options: CompareOptions) -> int:
    """Compare, print and write; 0, or UserError for wrong input."""
    with user_errors():
        curves = parse_surrogates(options.surrogates)
        profiles = list(parse_profiles(options.profiles).values())
        wrong = [str(path) for path in options.out if path.suffix not in SUFFIXES]
        if wrong:
            raise ValueError(f"out must end in {', '.join(SUFFIXES)}, got {wrong[0]!r}")
        found = _compared(curves, profiles, quiet=options.json or len(curves) * len(profiles) == 1)
        if not found.items:
            raise ValueError(next(iter(found.refused.values())))
        written = [_write(found, path) for path in options.out]
    if options.json:
        print(json.dumps({**plain(found), "files": written}))
    else:
        _print(found, written)
    return 0


def _compared(curves: list[Any], profiles: list[Profile], *, quiet: bool) -> Comparisons:
    """Every pair, measured under a progress bar: what is measured is kept."""
    pairs = [(curve, profile) for curve in curves for profile in profiles]
    parts = []
    for curve, profile in track(pairs, "Comparing", console=terminal(stderr=True), disable=quiet, transient=True):
        parts.append(compare([curve], [profile]))
        for item in parts[-1]:
            item.measures()
    refused = {pair: reason for part in parts for pair, reason in part.refused.items()}
    return Comparisons(tuple(item for part in parts for item in part), refused)


def plain(found: Comparisons) -> dict[str, Any]:
    """What was compared as JSON can hold it: a number that is none is null."""
    rows = [
        {key: None if isinstance(value, float) and not math.isfinite(value) else value for key, value in row.items()}
        for row in found.rows()
    ]
    refused = [{"surrogate": s, "profile": p, "reason": reason} for (s, p), reason in found.refused.items()]
    return {"comparisons": rows, "refused": refused}


def _write(found: Comparisons, path: Path) -> str:
    if path.suffix == ".html" and len(found) == 1:
        found[0].to_html(path)
    elif path.suffix == ".html":
        found.to_html(path)
    elif path.suffix == ".json":
        write_whole(path, json.dumps(plain(found), indent=2) + "\n")
    else:
        text, rows = io.StringIO(), found.rows()
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        write_whole(path, text.getvalue())
    return str(path)


def _print(found: Comparisons, written: list[str]) -> None:
    console = terminal()
    if len(found) == 1:
        _print_one(console, found[0])
    for curve in dict.fromkeys(str(item.surrogate) for item in found if len(found) > 1):
        first, *others = COLUMNS.values()
        table = columns([first], others, title=curve)
        for row in (row for row in found.rows() if row["surrogate"] == curve):
            table.add_row(*(_cell(key, row) for key in COLUMNS))
        console.print(table)
        console.print()
    for (curve, profile), reason in found.refused.items():
        console.print(f"{curve} on {profile}: {reason}", soft_wrap=True)
    if len(found) > 1:
        console.print("Errors as shares of the curve's peak; area: gradient mass, table to curve.", style="dim")
    say_written(console, written)


def _cell(key: str, row: dict[str, Any]) -> str:
    value = row[key]
    if key == "entries":
        return f"{value} × {row['value_format']}"
    if key in SHARES:
        return f"{value:.2%}"
    return value if isinstance(value, str) else f"{value:.4f}" if key == "cosine" else f"{value:.4g}"


def _print_one(console: Console, item: Comparison) -> None:
    largest = f"{item.max_relative_error:.2%} of the peak, {item.max_error_steps:.2f} entry steps"
    rows = (
        ("table", f"{len(item.source.codes)} entries of {item.source.value.short_name}, {item.bits} bits"),
        ("largest error", f"{item.max_abs_error:.4g}: {largest}"),
        ("mean error", f"{item.mean_abs_error:.4g}: {item.mean_relative_error:.2%} of the peak"),
        ("proven bound", f"{item.bound:.4g} over every code the membrane can reach"),
        ("RMSE", f"{item.rmse:.4g} where every code is as likely"),
        ("cosine", f"{item.cosine:.4f}"),
        ("gradient mass", f"{item.area_ratio:.2%} of the curve's"),
        ("dead zone", f"{item.dead_zone:.2%} of the codes: table 0, curve at least an entry step"),
        ("saturated", f"{item.saturated:.2%} of the codes: curve beyond the entries"),
        ("asymmetry", f"{item.asymmetry:.2%} of the peak"),
    )
    console.print(facts(f"{item.surrogate} on {item.profile}", rows))
