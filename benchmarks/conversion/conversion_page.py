"""The tables of docs/calibration.md, of what the benchmark measured."""

from pathlib import Path
from statistics import mean
from typing import Any

from spikelut.export import write_whole

PAGE = Path(__file__).parents[2] / "docs" / "calibration.md"
CONVERSION_PAGE = PAGE.with_name("conversion.md")
STEPS = ("nearest", "equalization", "scales", "threshold_correction", "bias_correction", "rounding", "decays")


def table(header: list[str], rows: list[list[str]]) -> str:
    """A table of Markdown."""
    lines = [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}", *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(lines)


def spread(values: list[float]) -> str:
    """The mean, and the largest minus the smallest."""
    return f"{mean(values):.1f} ({max(values) - min(values):.1f})" if values else ""


def goals(rows: list[dict[str, Any]], results: dict[str, Any]) -> str:
    """Test accuracy: float, to nearest, calibrated; whether the goal is reached."""
    lines = []
    for row in rows:
        tests = [value for key, value in results.get(row["name"], {}).items() if key.startswith("test ")]
        if tests:
            reached = mean(t["calibrated"] for t in tests)
            said = f"{row['goal']:g}: {'yes' if reached >= row['goal'] else '**no**'}"
            names = ("float", "nearest", "calibrated")
            cells = [spread([t[name] for t in tests]) for name in names]
            lines.append([row["title"], str(row["samples"]), *cells, said, f"{mean(t['cpu_s'] for t in tests):.0f}"])
    header = ["network, chip", "samples", "float", "nearest", "calibrated", "goal", "s of CPU"]
    return table(header, lines)


def ablation(rows: list[dict[str, Any]], results: dict[str, Any]) -> str:
    """Validation accuracy with each step and those before it, and the seconds that it adds."""
    lines = []
    for row in rows:
        found = [results.get(row["name"], {}).get(f"stage {name}") for name in STEPS]
        if not any(found):
            continue
        cells, before = [], 0.0
        for one in found:
            cells.append("" if one is None else f"{one['val']:.1f} ({max(0.0, one['cpu_s'] - before):.1f} s)")
            before = one["cpu_s"] if one is not None else before
        whole = next(f["float"] for f in found if f)
        lines.append([row["title"], f"{whole:.1f}", *cells])
    return table(["network, chip", "float", *(f"+ {name}" if i else name for i, name in enumerate(STEPS))], lines)


def few(one: dict[str, Any], count: int) -> str:
    """How many samples it was, where there were not so many."""
    return f"{one['samples']} samples, " if one.get("samples", count) < count else ""


def sizes(rows: list[dict[str, Any]], results: dict[str, Any], counts: tuple[int, ...] = (8, 32, 128, 512)) -> str:
    """Validation accuracy by the number of calibration samples."""
    lines = []
    for row in rows:
        found = [results.get(row["name"], {}).get(f"size {count}") for count in counts]
        if any(found):
            cells = [
                "" if one is None else f"{one['val']:.1f} ({few(one, count)}{one['cpu_s']:.0f} s)"
                for one, count in zip(found, counts, strict=True)
            ]
            lines.append([row["title"], *cells])
    return table(["network, chip", *map(str, counts)], lines)


def steps(rows: list[dict[str, Any]], results: dict[str, Any]) -> str:
    """What each step won of a layer's spikes or membranes, of the first calibration subset."""
    lines = []
    for row in rows:
        found = results.get(row["name"], {}).get("test 0")
        if found is None:
            continue
        layers = dict.fromkeys(step["layer"] for step in found["steps"] if step["layer"])
        for layer in layers:
            by = {step["name"]: step for step in found["steps"] if step["layer"] == layer}
            lines.append(
                [row["title"], f"`{layer}`", *(f"{by[n]['after']:.1%}" if n in by else "" for n in STEPS[:-1])]
            )
    return table(["network, chip", "layer", *STEPS[:-1]], lines)


def put(page: Path, name: str, made: str) -> None:
    """Put a table in its place in a page, between its marks."""
    text, mark, end = page.read_text(encoding="utf-8"), f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, begin, rest = text.partition(mark)
    _, last, after = rest.partition(end)
    if not begin or not last:
        raise ValueError(f"{page.name} must have {mark.strip()} and {end}")
    write_whole(page, f"{before}{mark}\n{made}\n\n{end}{after}".encode())


TABLES = {"goals": goals, "ablation": ablation, "sizes": sizes, "steps": steps}
"""By their marks in the page."""


def write_page(rows: list[dict[str, Any]], results: dict[str, Any]) -> None:
    """Put the tables of conversion.py in their places in the page."""
    for name, made in TABLES.items():
        put(PAGE, name, made(rows, results))
