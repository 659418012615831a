"""docs/performance.md and its pictures."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench_case import Case
from bench_goals import Goal, verdicts
from bench_measure import Outcome
from bench_plots import against, bars, curves, exponents, lines
from bench_tables import memory, table, times

HEAD = """# Performance

`make bench` writes this page.

- **Who runs when.** All contenders run in one process; braintools and brainpy run in a second one, under the same
  program. They take turns: in each round every contender gives one sample, in changing order. Before each sample there
  is one call that is not timed, so that caches and memory are as in a loop of that contender alone.
- **What is compared.** Ratios are those of the fastest samples. The medians beside them show how busy the machine was.
- **What is checked first.** Before a case is timed, our results are compared with plain loops in torch and NumPy.
  Spikes and gradients of tables must be equal, gradients of curves within 1e-6. The curves of the other libraries must
  be the same functions.
- **Memory.** `saved` counts the tensors that autograd keeps after the forward pass, each once, without inputs and
  parameters. `peak` is the most that torch's allocator had given out at once during forward and backward, above what it
  had before.

`[torch]` and `[native]` are our backends.

An earlier goal, LIF layers 12 and 25 times as fast as snnTorch, was dropped: on the machine on which it was set,
snnTorch's temporaries cost page faults.
"""


def page(recorded: Mapping[str, tuple[Case, Outcome, dict[str, Any]]], every: list[Goal]) -> dict[str, str]:
    """The files of the page by name, from cases, what they came to, and on which machine."""
    files: dict[str, str] = {}
    parts = [HEAD, *_goals([outcome for _, outcome, _ in recorded.values()], every)]
    for name, (case, outcome, machine) in recorded.items():
        parts += [f"## {case.title}", "", case.text, "", *times(case, outcome), *memory(case, outcome), ""]
        if name == "growth":
            rows = exponents(outcome)
            parts += [*table(["what grows", "contender", "exponent of time", "of memory"], rows), ""]
        if case.drawn:
            files[f"performance/{name}.svg"] = _picture(case, outcome)
            parts += [f"![{case.title}](performance/{name}.svg)", ""]
        compared = ", ".join(f"{count:,} on {backend}" for backend, count in outcome.compared.items())
        parts += [f"Values compared: {compared}. {_machine(machine)}", ""]
        parts += [f"Left out: {who}: {why}." for who, why in outcome.left_out.items()] + [""] * bool(outcome.left_out)
    files["performance.md"] = "\n".join(parts)
    return files


def _picture(case: Case, outcome: Outcome) -> str:
    if case.name == "growth":
        return lines(outcome)
    if case.against:
        return against(case, outcome)
    return curves(outcome) if case.over else bars(case, outcome)


def _goals(outcomes: list[Outcome], every: list[Goal]) -> list[str]:
    found = list(verdicts(every, outcomes))
    rows = [[v["case"], v["peer"], f"{v['ratio']:.3g}", v["goal"], "yes" if v["met"] else "**no**"] for v in found]
    out = ["## Goals", "", *table(["case", "against", "ratio", "goal", "met"], rows), ""]
    missed = {v["case"] for v in found if not v["met"]}
    limits = dict.fromkeys(
        f"- {goal.case}, {goal.ours}: {goal.limit}" for goal in every if goal.title in missed and goal.limit
    )
    return [*out, "What limits those that are not met:", "", *limits, ""] if limits else out


def _machine(machine: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in machine.items() if value is not None) + "."


def write_page(files: Mapping[str, str], folder: Path, write: Any) -> None:
    """Write the pictures, then the page that shows them."""
    (folder / "performance").mkdir(exist_ok=True)
    for name, text in files.items():
        write(folder / name, text)
