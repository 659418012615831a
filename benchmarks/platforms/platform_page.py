"""The part of docs/platforms.md that is computed: accuracies, spikes compared, costs, substitutes."""

from collections.abc import Iterable
from pathlib import Path
from statistics import mean
from typing import Any

from platform_figure import figure

from spikelut.export import write_whole

PAGE = Path(__file__).parents[2] / "docs" / "platforms.md"
FIGURE = PAGE.parent / "platforms" / "accuracy.svg"
BEGIN = "<!-- begin: written by make platforms -->"
END = "<!-- end: written by make platforms -->"
STAGES = ("converted", "calibrated", "tuned")
RUNTIMES = {"torch": "torch", "onnxruntime": "onnxruntime", "c": "C, with all states"}


def records_of(found: dict[str, Any], network: str, platform: str, bits: int) -> list[dict[str, Any]]:
    """Those of all seeds."""
    start = f"{network}-{platform}-{bits}-"
    return [record for name, record in sorted(found["cells"].items()) if name.startswith(start)]


def spread(values: list[float]) -> str:
    """Mean, and of several in brackets the largest minus the smallest."""
    return f"{mean(values):.1f}" + (f" ({max(values) - min(values):.1f})" if len(values) > 1 else "")


def accuracy_of(records: list[dict[str, Any]], stage: str) -> str:
    """On the test part; a dash where the platform refuses the network."""
    values = [record[stage]["test"] for record in records if stage in record]
    return spread(values) if values else "-"


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """Lines of Markdown."""
    names = list(columns)
    lines = ["| " + " | ".join(row) + " |" for row in (names, *rows)]
    return [lines[0], "|---" * len(names) + "|", *lines[1:]]


def stages_of(settings: dict[str, Any], bits: int) -> list[str]:
    """What is shown of networks of so many bits."""
    return [stage for stage in STAGES if stage != "calibrated" or bits in settings["calibrate"]["bits"]]


def accuracies(settings: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """A table for each network."""
    lines: list[str] = []
    for network in settings["network"]:
        own = found["floats"][network["name"]]
        cells = [(bits, stage) for bits in settings["bits"] for stage in stages_of(settings, bits)]
        columns = ["platform", *(f"{bits} bits, {stage}" for bits, stage in cells)]
        rows = []
        for platform in settings["platforms"]:
            row = [accuracy_of(records_of(found, network["name"], platform, bits), stage) for bits, stage in cells]
            rows.append([f"`{platform}`", *row])
        lines += [f"{network['title']}; in floats {own['test']:.1f}:", "", *table(columns, rows), ""]
    return lines


def totals(found: dict[str, Any], platform: str, runtime: str) -> tuple[int, int, int]:
    """Compared, different and not zero, of all cells of a platform."""
    counts = [
        record["compared"][runtime]
        for name, record in found["cells"].items()
        if name.rsplit("-", 3)[1] == platform and "compared" in record
    ]
    return tuple(sum(count[part] for count in counts) for part in ("compared", "different", "nonzero"))


def comparisons(settings: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Values compared with the NumPy reference."""
    rows = []
    for platform in settings["platforms"]:
        row = [f"`{platform}`"]
        for runtime in RUNTIMES:
            compared, different, nonzero = totals(found, platform, runtime)
            row.append(f"{compared:,}, {different}, {nonzero:,}" if compared else "-")
        rows.append(row)
    return [*table(["platform", *(f"{name}: compared, different, not zero" for name in RUNTIMES.values())], rows), ""]


def costs(settings: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """What a fine-tuned network costs, mean of the seeds."""
    rows = []
    for platform in settings["platforms"]:
        for network in settings["network"]:
            sets = {
                bits: [r["cost"] for r in records_of(found, network["name"], platform, bits) if "cost" in r]
                for bits in settings["bits"]
            }
            first = next((costs for costs in sets.values() if costs), None)
            if first is None:
                continue
            fits = "yes" if first[0]["fits"] else first[0]["verdict"]
            row = [f"`{platform}`", network["name"], fits, str(first[0]["neurons"])]
            row.append(", ".join(f"{mean(c['bits'] for c in costs) / 8192:.1f}" for costs in sets.values() if costs))
            for what in ("spikes", "synaptic_events"):
                row.append(", ".join(f"{mean(c[what] for c in costs):,.0f}" for costs in sets.values() if costs))
            rows.append(row)
    bits = ", ".join(map(str, settings["bits"]))
    counts = ("spikes a sample", "synaptic events a sample")
    return [*table(("platform", "network", "fits", "neurons", f"KiB at {bits} bits", *counts), rows), ""]


def substitutes(settings: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """What is different from the float network, as the reports have it."""
    lines = []
    for platform in settings["platforms"]:
        lines.append(f"- `{platform}`:")
        for network in settings["network"]:
            record = next(iter(records_of(found, network["name"], platform, settings["bits"][0])), None)
            if record is None:
                continue
            words = record.get("substitutes", []) + record.get("notes", [])
            said = "; ".join(words) or "nothing but rounding"
            said = f"refused: {record['refused']}" if "refused" in record else said
            lines.append(f"    - {network['name']}: {said}.")
    return [*lines, ""]


def section(settings: dict[str, Any], found: dict[str, Any]) -> str:
    """The computed part, as Markdown."""
    seeds, tuned, epochs = len(settings["seeds"]), len(settings["tuned_seeds"]), settings["fine_tune"]["epochs"]
    searched = len(settings["calibrate"]["seeds"])
    bits = ", ".join(map(str, settings["calibrate"]["bits"]))
    lines = [
        BEGIN,
        "",
        "Test accuracy in percent, as mean (largest minus smallest). Three stages are compared:",
        "",
        f"- converted: weights rounded to nearest, with {seeds} seeds, each drawing its own samples to calibrate;",
        f"- calibrated: then calibrated by spikes, at {bits} bits; seeds: {searched};",
        f"- tuned: then trained for at most {epochs} epochs; seeds: {tuned}. The best epoch on the validation part is",
        "  kept; the start is among the candidates.",
        "",
        *accuracies(settings, found),
        f"![Test accuracy by platform and bits](platforms/{FIGURE.name})",
        "",
        "### Spikes compared",
        "",
        "The tuned networks of all bits were compared with the NumPy reference: in torch and onnxruntime, every",
        "spike of every layer, step and test sample; in C, every spike and state, on test samples and inputs of the",
        "self-test.",
        "",
        *comparisons(settings, found),
        "### What it costs",
        "",
        "The costs of the tuned networks, by [`quant.cost`](cost.md): memory for weights, states and other values of",
        "neurons; and the spikes of all layers and the additions of weights for one test sample of 256 steps.",
        "",
        *costs(settings, found),
        "### What replaces what",
        "",
        "The reports of `quant.convert(substitute=True)` say:",
        "",
        *substitutes(settings, found),
        END,
    ]
    return "\n".join(lines)


def with_section(page: str, made: str) -> str:
    """The page with this computed part in place of the one before."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"docs/platforms.md must have {BEGIN} and {END}")
    return before + made + after


def write_page(settings: dict[str, Any], found: dict[str, Any]) -> None:
    """Write the computed part and the figure anew."""
    FIGURE.parent.mkdir(exist_ok=True)
    write_whole(FIGURE, figure(settings, found))
    write_whole(PAGE, with_section(PAGE.read_text(), section(settings, found)))
