"""`spikelut table`: one surrogate table built, described and written; or all of them compared."""

import html
import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.progress import track

from spikelut import hw_profiles
from spikelut._text import printable
from spikelut.cli.shared.console import facts, say_written, terminal
from spikelut.cli.shared.errors import UserError, user_errors
from spikelut.cli.shared.option_values import parse_surrogate
from spikelut.export import save_table, write_whole
from spikelut.export.table_file import table_data
from spikelut.hw_profiles import Profile
from spikelut.quant import Comparison, Table, TableWarning
from spikelut.quant.comparison.comparison import compare_table
from spikelut.surrogates import ALL, Surrogate

EVERYTHING = "all"
INTRODUCTION = """\
# Tables of all surrogates on all profiles

All curves have their default parameters. Both `bound` and `measured` are in steps of the entries. `bound` is the proven
largest error over every code the membrane can reach. `measured` is the largest error found on up to 2**20 codes of the
tabulated range and half as much again on each side. `tail` is the largest error beyond the tabulated range, as a share
of the curve's peak. Where it is large, the curve makes little sense on that profile. Made by
`spikelut table all --out docs/tables.md`.
"""


@dataclass(frozen=True)
class TableOptions:
    """The options of the command, as given."""

    surrogate: str
    profile: str
    out: list[Path]
    scale: str
    saturate: bool
    json: bool


def table_command(options: TableOptions) -> int:
    """Build, print and write; 0, or UserError for wrong input."""
    if options.surrogate == EVERYTHING:
        return _all(options)
    with user_errors():
        profile = hw_profiles.load(options.profile or "loihi2")
        surrogate = parse_surrogate(options.surrogate)
        table = Table.from_surrogate(surrogate, profile, scale=_scale(options.scale), saturate=options.saturate)
        comparison = compare_table(table)
        written = [str(file) for path in options.out for file in save_table(table, path)]
        if options.json:
            print(json.dumps({**table_data(table), **_measures(comparison), "files": written}))
        else:
            _print(profile, comparison, written)
    return 0


def _scale(text: str) -> float | Any:
    """The option --scale: nothing, `auto` or a number."""
    if text in ("", "auto"):
        return text or None
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"scale must be auto or a number, got {text!r}") from None


def _measures(comparison: Comparison) -> dict[str, Any]:
    table = comparison.source
    return {
        "max_abs_error": comparison.max_abs_error,
        "max_error_steps": comparison.max_error_steps,
        "rmse": comparison.rmse,
        "cosine": comparison.cosine,
        "dead_zone": comparison.dead_zone,
        "tail_error": table.tail_error,
        "peak": table.peak,
    }


def _print(profile: Profile, comparison: Comparison, written: list[str]) -> None:
    table = comparison.source
    low, high = table.tabulated
    rows = (
        ("entries", f"{len(table.codes)} of {table.value.short_name}"),
        ("memory", f"{table.bits} bits"),
        ("range", f"{low * table.state_step:g} .. {high * table.state_step:g} thresholds, codes {low} .. {high}"),
        ("error, proven bound", f"{table.error_bound:.4g}, {table.error_bound / table.value.step:.2f} steps"),
        ("error, measured", f"{comparison.max_abs_error:.4g}, {comparison.max_error_steps:.2f} steps"),
        ("error beyond the range", f"{table.tail_error / table.peak:.1%} of the peak"),
        ("cosine with the curve", f"{comparison.cosine:.4f}"),
    )
    console = terminal()
    console.print(facts(f"{table.surrogate} on {profile.title}", rows))
    say_written(console, written)


def _all(options: TableOptions) -> int:
    """Every surrogate on every profile, or on one, as Markdown and on the terminal."""
    if options.scale or options.saturate:
        raise UserError("scale and saturate are for a single table, not for all")
    with user_errors():
        if len(options.out) > 1 or any(path.suffix != ".md" for path in options.out):
            raise ValueError("out must be one .md file for all tables")
        names = [options.profile] if options.profile else hw_profiles.names()
        profiles = [hw_profiles.load(name) for name in names]
        rows = matrix(profiles, quiet=options.json)
        if options.json:
            print(json.dumps(rows))
        for path in options.out:
            write_whole(path, markdown(rows))
    if not options.json and not options.out:
        print(markdown(rows), end="")
    say_written(terminal(stderr=options.json), options.out)
    return 0


def matrix(profiles: list[Profile], quiet: bool) -> list[dict[str, Any]]:
    """A row of measures for every surrogate on each of `profiles`."""
    pairs = [(profile, cls()) for profile in profiles for cls in ALL]
    return [_row(*pair) for pair in track(pairs, "Building tables", console=terminal(stderr=True), disable=quiet)]


def _row(profile: Profile, surrogate: Surrogate) -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TableWarning)  # the tail is a column of its own
        comparison = compare_table(Table.from_surrogate(surrogate, profile))
    table = comparison.source
    return {
        "profile": profile.name,
        "surrogate": type(surrogate).__name__,
        "entries": len(table.codes),
        "value": table.value.short_name,
        "bits": table.bits,
        "bound_steps": table.error_bound / table.value.step,
        "measured_steps": comparison.max_error_steps,
        "tail": table.tail_error / table.peak,
    }


def markdown(rows: list[dict[str, Any]]) -> str:
    """The rows as one Markdown table for each profile."""
    lines = [INTRODUCTION]
    for name in dict.fromkeys(row["profile"] for row in rows):
        of = [row for row in rows if row["profile"] == name]
        lines += [
            f"\n## {html.escape(printable(name), quote=False)}\n",
            "| surrogate | entries | bits | bound | measured | tail |",
            "|---|---|---|---|---|---|",
        ]
        lines += [
            f"| {row['surrogate']} | {row['entries']} × {row['value']} | {row['bits']} | {row['bound_steps']:.2f} "
            f"| {row['measured_steps']:.2f} | {row['tail']:.1%} |"
            for row in of
        ]
    return "\n".join(lines) + "\n"
