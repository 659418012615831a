"""The part of docs/accuracy.md on sequences: what each network of each row came to."""

from pathlib import Path
from statistics import mean
from typing import Any

from spikelut.export import write_whole

PAGE = Path(__file__).parents[2] / "docs" / "accuracy.md"
HEADING = "## Sequences: learned decays, adaptation, delays"
FENCE = '```sh not-run="takes hours, and the data in braces"'
SEARCHES = """This is the record of the searches. It says how far each network was tuned, and what was tried in vain.
Figures are accuracies in percent, unless they say otherwise."""
COLUMNS = ("data, network", "profile", "bits", "parameters", "seeds", "test accuracy", "compared, different, not zero")


def of_network(row: dict[str, Any], name: str, runs: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The results of a network with its present settings, by seed."""
    found = [runs.get(f"{row['name']}-{name}-{seed}") for seed in range(32)]
    return [record for record in found if record is not None and record["settings"] == row["networks"][name]]


def reached(row: dict[str, Any], runs: dict[str, dict[str, Any]]) -> list[str]:
    """What a row must reach, and whether it does; of three seeds at least."""

    def mean_of(name: str) -> float | None:
        found = of_network(row, name, runs)
        return mean(record["accuracy"] for record in found) if len(found) >= 3 else None

    lines = []
    for goal in row["goals"]:
        ours, other = mean_of(goal["network"]), mean_of(goal["than"]) if "than" in goal else 0.0
        if ours is not None and other is not None:
            held = "reached" if ours - other >= goal["least"] else "**not reached**"
            value = f"{ours - other:+.2f} points" if "than" in goal else f"{ours:.2f}"
            lines.append(f"- {row['title']}: {goal['text']}: {held}, {value}.")
    return lines


def section(rows: list[dict[str, Any]], runs: dict[str, dict[str, Any]]) -> str:
    """The part as Markdown."""
    lines = [
        HEADING,
        "",
        "Which tasks need more than LIF neurons? These networks have one recurrent hidden layer and a leaky read-out,",
        "whose mean membrane decides. If a title says so, the read-out is divided into windows, or a teacher gave the",
        "answers to learn. The table has the test accuracy in percent, as the mean of the seeds (largest minus",
        "smallest).",
        "",
        "Settings were chosen on a part of the training data. Then each network learned from all training data and was",
        "tested once, after its last epoch, with the moving average of the weights (except for four pixels a step). On",
        "the test part, every spike and every membrane of the read-out was compared with the NumPy reference of the",
        "integer network.",
        "",
        "| " + " | ".join(COLUMNS) + " |",
        "|---" * len(COLUMNS) + "|",
    ]
    goals, commands = [], []
    for row in rows:
        for name, settings in row["networks"].items():
            records = of_network(row, name, runs)
            if records:
                lines.append(line(f"{row['title']}: {settings['title']}", settings, records))
        goals += reached(row, runs)
        commands.append(f"python benchmarks/sequences/sequences.py --rows {row['name']} {row['needs']}")
    if goals:
        lines += ["", "### Goals", "", "They are judged with three seeds, not with fewer.", "", *goals]
    lines += ["", "### How the settings were chosen", "", SEARCHES, ""]
    lines += [*(text for row in rows for text in (row["note"], "")), FENCE, *commands, "```", ""]
    return "\n".join(lines)


def line(title: str, settings: dict[str, Any], records: list[dict[str, Any]]) -> str:
    """A network as a row of the table."""
    reached_by = [record["accuracy"] for record in records]
    integers = bool(settings["profile"])
    compared, different, nonzero = (sum(r.get(k, 0) for r in records) for k in ("compared", "different", "nonzero"))
    cells = [
        title,
        f"`{settings['profile']}`" if integers else "floats",
        str(settings["weight_bits"]) if integers else "",
    ]
    cells += [f"{records[0]['parameters']:,}", str(len(records))]
    cells.append(f"{mean(reached_by):.2f} ({max(reached_by) - min(reached_by):.2f})")
    cells.append(f"{compared:,}, {different}, {nonzero / compared:.1%}" if compared else "")
    return "| " + " | ".join(cells) + " |"


def without_section(page: str) -> str:
    """The page without this part, which is its last."""
    return page.partition(HEADING)[0]


def write_section(rows: list[dict[str, Any]], runs: dict[str, dict[str, Any]]) -> None:
    """Write the part anew, at the end of the page."""
    write_whole(PAGE, without_section(PAGE.read_text()).rstrip("\n") + "\n\n" + section(rows, runs))
