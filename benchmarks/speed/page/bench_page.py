"""docs/performance.md and its pictures."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench_case import Case
from bench_goals import Goal, verdicts
from bench_measure import Outcome
from bench_plots import against, bars, curves, exponents, lines
from bench_summary import summary
from bench_tables import memory, table, times

HEAD = """# Performance

How fast are the layers and the exported networks, and how much memory do they need? This page compares them with other
libraries on one machine, and lists the goals that were missed. `make bench` measures everything again, in some thirty
minutes, and writes this page from `benchmarks/results`. For times on a GPU, see [Compiled
kernels](performance-native.md#triton).

## In short
"""
AFTER = """Times are forward and backward. The kernels are compiled when you install spikelut, if you have a C compiler.
Without one, torch computes the same integers.

- **Training steps** of dense and recurrent layers gain most: the kernels add up the weights of spikes, where torch
  multiplies matrices.
- **Memory.** For the backward pass, a layer with a table keeps one byte for each neuron and step; a layer with a curve
  keeps four.
- **Small tensors** are the weak point. With 1,000 values, calls from Python take most of the time, and in two threads
  the compiled program of braintools is faster.

## How it was measured

- **Turns.** All contenders run in one process; braintools and brainpy run in a second one, under the same program. They
  take turns: in each round, every contender gives one sample, in changing order. Before each sample there is one call
  that is not timed, so that caches and memory are as in a loop of that contender alone.
- **Figures.** Tables have the fastest sample and, in brackets, the median, which shows how busy the machine was. Ratios
  are those of the fastest samples.
- **Checks.** Before a case is timed, our results are compared with plain loops in torch and NumPy. Spikes and gradients
  of tables must be equal, gradients of curves within 1e-6. If another library has the same neuron or curve, its results
  must be the same as well.
- **Memory.** `saved` counts the tensors that autograd keeps after the forward pass, each once, without inputs and
  parameters. `peak` is the most that torch's allocator had given out at once during forward and backward, above what it
  had before.
- **Names.** `[native]` are our compiled kernels, `[torch]` is torch without them. `analytic` takes the gradient from
  the curve, `table` from a table.
"""
GOALS = """A row names a case, a setting and one of our contenders. `>= 6` means that the other's figure must be at
least six times ours. `<= 1.3` means that ours must be at most 1.3 times the other's, or 1.3 itself if the second column
is a unit. If a row leaves settings open, the ratio is their geometric mean.
"""
LABELS = {
    "processors": "number of processors",
    "simd": "vectors",
    "memory_gib": "memory in GiB",
    "load_before": "load of the machine before",
}


def page(recorded: Mapping[str, tuple[Case, Outcome, dict[str, Any]]], every: list[Goal]) -> dict[str, str]:
    """The files of the page by name, from cases, what they came to, and on which machine."""
    files: dict[str, str] = {}
    machines = [machine for _, _, machine in recorded.values()]
    same = {key: value for key, value in next(iter(machines), {}).items() if all(m.get(key) == value for m in machines)}
    parts = [HEAD, *summary(recorded), AFTER, f"Machine and versions: {_named(same)}.", ""]
    for name, (case, outcome, machine) in recorded.items():
        parts += [f"## {case.title}", "", case.text, "", *times(case, outcome), *memory(case, outcome), ""]
        if name == "growth":
            rows = exponents(outcome)
            parts += [*table(["what grows", "contender", "exponent of time", "of memory"], rows), ""]
        if case.drawn:
            files[f"performance/{name}.svg"] = _picture(case, outcome)
            parts += [f"![{case.title}](performance/{name}.svg)", ""]
        own = {key: value for key, value in machine.items() if key not in same}
        parts += [f"{_compared(outcome)}{f' {_named(own).capitalize()}.' * bool(own)}", ""]
        parts += [f"Left out: {who}: {why}." for who, why in outcome.left_out.items()] + [""] * bool(outcome.left_out)
    files["performance.md"] = "\n".join([*parts, *_goals([outcome for _, outcome, _ in recorded.values()], every)])
    return files


def _compared(outcome: Outcome) -> str:
    """How many values the check before the times compared."""
    counts = dict.fromkeys(outcome.compared.values())
    if not any(counts):
        return "This case compares no values of its own."
    if len(counts) == 1:
        return f"Values compared before timing: {next(iter(counts)):,} on each backend."
    return f"Values compared before timing: {', '.join(f'{n:,} on {name}' for name, n in outcome.compared.items())}."


def _picture(case: Case, outcome: Outcome) -> str:
    if case.name == "growth":
        return lines(outcome)
    if case.against:
        return against(case, outcome)
    return curves(outcome) if case.over else bars(case, outcome)


def _goals(outcomes: list[Outcome], every: list[Goal]) -> list[str]:
    """All goals that could be measured; before them those that are missed, with what limits them."""
    found = list(verdicts(every, outcomes))
    limits = {goal.title + goal.other: goal.limit for goal in every}
    rows = [[v["case"], v["peer"], f"{v['ratio']:.3g}", v["goal"]] for v in found]
    head, missed = ["case", "against", "ratio", "goal"], [v for v in found if not v["met"]]
    out = ["## Goals", "", f"{len(found) - len(missed)} of {len(found)} goals are met.", "", GOALS]
    if missed:
        why = [[*row, limits[v["case"] + v["peer"]]] for row, v in zip(rows, found, strict=True) if not v["met"]]
        out += ["### Not met", "", *table([*head, "what limits it"], why), "", "### All goals", ""]
    met = ("yes" if v["met"] else "**no**" for v in found)
    return [*out, *table([*head, "met"], ([*row, word] for row, word in zip(rows, met, strict=True))), ""]


def _named(machine: dict[str, Any]) -> str:
    return ", ".join(f"{LABELS.get(key, key)} {value}" for key, value in machine.items() if value is not None)


def write_page(files: Mapping[str, str], folder: Path, write: Any) -> None:
    """Write the pictures, then the page that shows them."""
    (folder / "performance").mkdir(exist_ok=True)
    for name, text in files.items():
        write(folder / name, text)
