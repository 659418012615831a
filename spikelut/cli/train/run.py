"""`spikelut train`: from a data set to a trained, compared and exported network."""

import json
import logging
import time
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from spikelut._files import read_text, write_whole
from spikelut.cli.options.train_options import RECORD, STATE, SUMMARY, Options
from spikelut.cli.runs.processes import Processes, start_processes
from spikelut.cli.runs.shown import Trainings
from spikelut.cli.runs.training_folder import is_unfinished, training_folder
from spikelut.cli.shared.console import columns, say_written, terminal
from spikelut.cli.shared.errors import UserError, user_errors
from spikelut.cli.shared.option_values import parse_device
from spikelut.cli.shared.recipe import VARIANTS
from spikelut.cli.train.job import Job, parts_of, prepare, with_validation
from spikelut.cli.train.loop import limit_threads
from spikelut.cli.train.repeats import TABLE, print_summary, summary_of, write_summary
from spikelut.cli.train.results import FILES, REPORT, differs, evaluate_and_write
from spikelut.cli.train.run_folder import METRICS, run_folder, write_errors
from spikelut.cli.train.variants import train_variants
from spikelut.training.fitting.devices import check_precision


def train_command(options: Options, as_json: bool = False, *, resume: bool = False, fresh: bool = False) -> int:
    """Run the job; 0 if every spike agreed, 1 if not. Raises UserError for wrong input.

    What it shows as it goes is on stderr. With `as_json` what run.json says is printed, and nothing else on stdout.
    `resume`: go on with what is in the folder; `fresh`: begin anew, whatever is there.
    """
    out, console = Path(options.out), terminal(stderr=as_json)
    logging.getLogger("spikelut.training").addHandler(logging.NullHandler())  # its lines are shown at the end
    finished = out / (SUMMARY if options.several else RECORD)
    if resume and finished.is_file() and not is_unfinished(out):
        console.print(f"{out} is finished: there is nothing to go on with", soft_wrap=True)
        return _ended(finished, as_json)
    with user_errors():
        check_precision(options.precision)
        device = parse_device(options.device)
        processes = start_processes(device, options.devices, options.num_nodes, options.precision)
    try:
        with terminal(stderr=True).status("Loading profile, data and libraries"):
            job = prepare(options, device if processes.fabric is None else processes.fabric.device)
            parts = parts_of(job)
            with_validation(next(iter(parts.values())))  # before anything is written
    except UserError as error:
        if processes.first:
            raise
        return error.exit_code  # the first process says it
    todo = {name: part for name, part in parts.items() if not (resume and _is_done(part))}
    if job.own is None:
        limit_threads(job.recipe)
    if not processes.first:
        for part in todo.values():
            processes.wait()
            train_variants(
                with_validation(part), Trainings(console, visible=False), processes, Path(part.options.out, STATE)
            )
        return 0
    console.print(_headline(job), soft_wrap=True)
    if not options.several:
        record = run_one(job=parts[""], processes=processes, resume=resume, fresh=fresh)
        _print_results(console, job, record["results"])
    else:
        start = {"command": options.command, "options": options.given}
        with training_folder(out, start, resume=resume, fresh=fresh):
            for name, part in todo.items():
                run_one(part, processes, resume=resume, fresh=not resume, label=f"{name}, ")
            summary = summary_of(job, {name: _record(Path(part.options.out)) for name, part in parts.items()})
            with write_errors(out):
                write_summary(out, summary)
        print_summary(console, job, summary)
        say_written(console, [out / name for name in (SUMMARY, TABLE)])
    return _ended(finished, as_json)


def run_one(job: Job, processes: Processes, *, resume: bool, fresh: bool, label: str = "") -> dict[str, Any]:
    """One run in the folder of its options; the record of it. Raises UserError."""
    out, options, stderr = Path(job.options.out), job.options, terminal(stderr=True)
    start = {"command": options.command, "options": options.given}
    with (
        training_folder(out, start, resume=resume, fresh=fresh, live=(METRICS,)) as state,
        run_folder(out, FILES) as folder,
    ):
        started = time.perf_counter()
        processes.wait()
        with Trainings(stderr, label=label) as shown:
            job = with_validation(job)
            done = train_variants(job, shown, processes, state, partial(write_whole, out / METRICS))
        with write_errors(out):
            record = evaluate_and_write(job, done, folder, started)
    for line in record["results"]["warnings"]:
        stderr.print(f"warning: {label}{line}", soft_wrap=True)
    return record


def _is_done(part: Job) -> bool:
    """Whether a run of several is finished, with these options."""
    path = Path(part.options.out, RECORD)
    if not path.is_file() or is_unfinished(path.parent):
        return False
    with user_errors():
        kept, given = _record(path.parent).get("options"), part.options.given
        return isinstance(kept, dict) and {**kept, "out": given["out"]} == given  # the folder may have been moved


def _record(out: Path) -> dict[str, Any]:
    found = json.loads(read_text(out / RECORD, "train"))
    return found if isinstance(found, dict) else {}


def _ended(path: Path, as_json: bool) -> int:
    """The exit code that a record, or a summary of several, asks for; with `as_json` it is printed."""
    text = path.read_text(encoding="utf-8")
    if as_json:
        print(text, end="")
    found = json.loads(text)
    runs = found["runs"].values() if "runs" in found else [found]
    return int(any(differs(run["results"]) for run in runs))


def _counted(count: dict[str, int]) -> str:
    share = count["nonzero"] / max(1, count["compared"])
    return f"{count['compared']:,} ({share:.1%} not zero), {count['different']} different"


def _headline(job: Job) -> str:
    return (
        f"{job.profile.title}: {job.name} on {job.data.name}, read as {job.data.read_as} ({len(job.data.labels)} "
        f"samples, {len(job.test)} of them for testing, {job.data.steps} steps), {job.weight_bits}-bit weights, "
        f"{job.surrogate}"
    )


def _print_results(console: Console, job: Job, results: dict[str, Any]) -> None:
    """The table that ends the job, and where the report is."""
    table = columns(["result"], ["value"], f"{job.profile.title}, {job.surrogate}, seed {job.options.seed}")
    for kind, label in VARIANTS.items():
        if kind in job.variants:
            table.add_row(f"test accuracy, {label}", f"{results[f'accuracy_{kind}']:.2%}")
        if f"best_epoch_{kind}" in results:
            best = f"{results[f'val_accuracy_{kind}']:.2%}, epoch {results[f'best_epoch_{kind}']}"
            table.add_row(f"validation accuracy, {label}", best)
    if "table" in results:
        entry = results["table"]
        table.add_row("table", f"{entry['entries']} x {entry['value_format']}, {entry['bits']} bits")
        table.add_row("largest table error", f"{entry['max_abs_error']:.4f} (bound {entry['error_bound']:.4f})")
    for gradient in results.get("weight_gradients", []):
        shown = ", ".join("-" if value is None else f"{value:.4f}" for value in gradient["mean"].values())
        table.add_row(f"gradient of {gradient['layer']}: cosine, norm ratio, signs", shown)
    for name, count in results.get("spikes_by_implementation", {}).items():
        table.add_row(f"spikes against torch: {name}", _counted(count))
    if "states" in results:
        table.add_row("states in model.int.onnx against the reference", _counted(results["states"]))
    console.print(table)
    for layer in results.get("silent_layers", []):
        console.print(f"Layer {layer} never spikes on the test samples: what is said of its spikes says little.")
    for entry in results.get("conversion", []):
        if entry["dead"] == 1:
            console.print(f"Layer {entry['neurons']}, converted, never spikes on the samples it was converted with.")
    if differs(results):
        console.print("The integer implementations must agree with torch; they do not. Please report this run.")
    if not job.deploys:
        console.print("Nothing is deployed: there is no network of integers in this run.")
    console.print(f"Report: {Path(job.options.out) / REPORT}", soft_wrap=True)
