"""Speed and memory, measured beside other libraries; `make bench` and `make bench-quick`.

Writes results/speed_CASE.json and docs/performance.md, or with --quick one size of each case and results/quick.json.
Peers that are not installed are left out, and the results say so.
"""

import argparse
import json
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

from bench_backends import backends
from bench_case import Case
from bench_case_commands import Commands
from bench_case_conv import ConvolutionTrain
from bench_case_epoch import Epoch
from bench_case_growth import Growth
from bench_case_inference import Inference
from bench_case_kept import Kept
from bench_case_kernels import Kernels
from bench_case_kinds import Kinds
from bench_case_lif import CubaLayers, Layers
from bench_case_packed import Packed
from bench_case_recurrent import RecurrentTrain
from bench_case_sparse import Sparse
from bench_case_spike import Spike
from bench_case_state import State
from bench_case_streaming import Streaming
from bench_case_train import Train
from bench_goals import FILE, goals, verdicts, without_goal
from bench_machine import machine
from bench_measure import Outcome, measure
from bench_page import page, write_page
from bench_rounds import Effort

from spikelut.export import write_whole

ROOT = Path(__file__).parent.parent.parent
RESULTS = ROOT / "benchmarks" / "results"
EVERY = (Spike, Layers, CubaLayers, Packed, Train, RecurrentTrain, ConvolutionTrain, State, Inference, Streaming)
CASES: dict[str, Case] = {
    case.name: case for case in (kind() for kind in (*EVERY, Sparse, Kernels, Kinds, Kept, Epoch, Commands, Growth))
}
FULL, QUICK = Effort(), Effort(least=5, most=12, seconds=1.0)


def tell(text: str) -> None:
    """Say how far it is."""
    print(f"{perf_counter() - START:7.1f} s  {text}", file=sys.stderr, flush=True)


def run(case: Case, quick: bool) -> tuple[Outcome, dict[str, Any]]:
    """Measure a case; what it came to, and on which machine."""
    found = machine()
    tell(f"{case.name}: {case.title}")
    settings, effort = (case.quick(), QUICK) if quick else (case.settings(), FULL)
    outcome = measure(case, settings, effort, backends(), tell)
    for who, why in outcome.left_out.items():
        print(f"left out of {case.name}: {who}: {why}", file=sys.stderr)
    return outcome, found


def quick(chosen: list[Case]) -> None:
    """One size of each case."""
    every = goals(FILE.read_text())
    rows: list[dict[str, Any]] = []
    for case in chosen:
        outcome, _ = run(case, True)
        rows += [*verdicts(every, [outcome]), *without_goal(every, outcome, case.main)]
    write_whole(RESULTS / "quick.json", json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    for row in rows:
        met = {True: "met", False: "NOT MET", None: ""}[row["met"]]
        print(f"{row['case']} | {row['peer']} | {row['ratio']} | {row['goal'] or ''} | {met}")


def full(chosen: list[Case]) -> None:
    """All sizes; each case is written when it is done."""
    for case in chosen:
        outcome, found = run(case, False)
        content = json.dumps({"machine": found, **outcome.record()}, indent=1, ensure_ascii=False)
        write_whole(RESULTS / f"speed_{case.name}.json", content + "\n")


def recorded() -> dict[str, tuple[Case, Outcome, dict[str, Any]]]:
    """The cases whose results are there."""
    found = {}
    for name, case in CASES.items():
        path = RESULTS / f"speed_{name}.json"
        if path.is_file():
            record = json.loads(path.read_text())
            found[name] = case, Outcome.read(record), record["machine"]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one size of each case, in a few minutes")
    parser.add_argument("--page", action="store_true", help="only write docs/performance.md from the results")
    parser.add_argument("--cases", default=",".join(CASES), help="of them only these, with commas between")
    options = parser.parse_args()
    names = options.cases.split(",")
    if not set(names) <= CASES.keys():
        parser.error(f"--cases must be of {', '.join(CASES)}, got {options.cases}")
    RESULTS.mkdir(exist_ok=True)
    for name in names:
        if CASES[name].missing and not options.page:
            tell(f"{name} is left out: {CASES[name].missing}")
    chosen = [CASES[name] for name in names if not CASES[name].missing]
    if options.quick:
        quick(chosen)
        return
    if not options.page:
        full(chosen)
    write_page(page(recorded(), goals(FILE.read_text())), ROOT / "docs", write_whole)


START = perf_counter()
