"""`spikelut train`: from a data set to a trained, compared and exported network."""

import io
import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from safetensors.torch import save
from torch import nn

from spikelut.cli.shared.console import columns, terminal
from spikelut.cli.shared.errors import user_errors
from spikelut.cli.shared.progress import add_training, show_batches, training_progress
from spikelut.cli.shared.recipe import VARIANTS, Recipe
from spikelut.cli.train.gradients import GradientLog, default_cells, measure_gradients, rows_as_csv
from spikelut.cli.train.job import Job, Options, prepare
from spikelut.cli.train.loop import Epoch, accuracy, fit, limit_threads
from spikelut.cli.train.measure import FUNCTIONS, INTEGER, Verification, kept_samples, verify
from spikelut.cli.train.network import bits_by_layer, load_converted
from spikelut.cli.train.options import plain_recipe
from spikelut.cli.train.report import write_report
from spikelut.cli.train.run_folder import METRICS, NETWORK, RECORD, SAMPLES, WEIGHTS, run_folder, write_errors
from spikelut.export import c_header, save_network, to_onnx, write_whole
from spikelut.quant import Comparison
from spikelut.quant.comparison.comparison import compare_table
from spikelut.quant.comparison.gradients import GradientComparison
from spikelut.quant.conversion.convert import Conversion, convert
from spikelut.surrogates import name_of

CALIBRATION_SAMPLES = 512
GRADIENTS, TABLE, REPORT = "gradients.csv", "table.h", "report.html"
FILES = (RECORD, SAMPLES, METRICS, GRADIENTS, WEIGHTS, NETWORK, FUNCTIONS, INTEGER, TABLE, REPORT)
"""What a run writes."""


def train_command(options: Options, as_json: bool = False) -> int:
    """Run the job; 0 if every spike agreed, 1 if not. Raises UserError for wrong input.

    With `as_json` what run.json says is printed, and nothing else on stdout.
    """
    console = terminal(stderr=as_json)
    with console.status("Loading profile, data and libraries"):
        job = prepare(options)
    out = Path(options.out)
    if job.own is None:
        limit_threads(job.recipe)
    with run_folder(out, FILES) as folder:
        console.print(_headline(job), soft_wrap=True)
        started = time.perf_counter()
        done = _train_all(job, console)
        with write_errors(out):
            results = _evaluate_and_write(job, done, folder, started)
    _print_results(console, job, results, out)
    if as_json:
        print((out / RECORD).read_text(encoding="utf-8"), end="")
    return int(_differs(results))


def _differs(results: dict[str, Any]) -> bool:
    return bool(results["spikes_different"] or results["states"]["different"])


def _counted(count: dict[str, int]) -> str:
    share = count["nonzero"] / max(1, count["compared"])
    return f"{count['compared']:,} ({share:.1%} not zero), {count['different']} different"


def _headline(job: Job) -> str:
    return (
        f"{job.profile.title}: {job.name} on {job.data.name}, read as {job.data.read_as} ({len(job.data.labels)} "
        f"samples, {len(job.test)} of them for testing, {job.data.steps} steps), {job.weight_bits}-bit weights, "
        f"{job.surrogate}"
    )


@dataclass
class Trained:
    """The trained networks by variant, their epochs and seconds, and the gradients of the one with the table.

    The seconds do not count the measuring of gradients.
    """

    log: GradientLog
    models: dict[str, nn.Module] = field(default_factory=dict)
    histories: dict[str, list[Epoch]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


def _train_all(job: Job, console: Console) -> Trained:
    """Train every variant from the same seed."""
    done = Trained(GradientLog(job.train, job.recipe))
    kinds = [kind for kind in job.variants if kind != "ptq"]
    # What begins as the trained float network comes after it.
    kinds = sorted(kinds, key="float".__ne__) if job.recipe.fine_tune else kinds
    batches = -(-len(job.train) // job.recipe.batch)
    with training_progress(console) as progress:
        tasks = {k: add_training(progress, VARIANTS[k], _recipe_of(job, k).epochs * batches) for k in kinds}
        for kind in kinds:
            progress.start_task(tasks[kind])
            started = time.perf_counter()
            slope, floats = job.lut if kind == "table" else job.surrogate, kind == "float"
            model = done.models[kind] = job.network(slope, floats=floats)
            if job.recipe.fine_tune and not floats:
                load_converted(model, _convert(job, done.models["float"]))
            gain, log = job.gain(slope, floats=floats), done.log if kind == "table" else None
            show = show_batches(progress, tasks[kind])
            history = fit(model, job.train, job.test, _recipe_of(job, kind), show, gain=gain, on_epoch=log)
            done.histories[kind] = history
            done.seconds[kind] = round(time.perf_counter() - started - (log.seconds if log else 0.0), 1)
            progress.update(tasks[kind], accuracy=f"{history[-1].test_accuracy:.1%}")
    return done


def _recipe_of(job: Job, kind: str) -> Recipe:
    """How a variant is trained."""
    return job.recipe.tuning if job.recipe.fine_tune and kind != "float" else job.recipe


def _convert(job: Job, model: nn.Module) -> Conversion:
    """The float network converted."""
    model.eval()
    events = job.train.real(slice(0, CALIBRATION_SAMPLES))
    with user_errors():
        bits: Any = bits_by_layer(model, job.builder(job.surrogate)) if job.layer_bits else job.weight_bits
        chosen: dict[str, Any] = {"weight_bits": bits, "per_channel": job.recipe.per_channel}
        return convert(model, job.profile, events, input_step=job.data.input_step, **chosen)


def _converted(job: Job, model: nn.Module) -> dict[str, Any]:
    """Accuracy of the float network after conversion, and the report per layer."""
    found = _convert(job, model)
    return {
        "accuracy_ptq": accuracy(found.model.to(job.device), job.test),
        "conversion": list(map(asdict, found.layers)),
    }


def _evaluate_and_write(job: Job, done: Trained, folder: Path, started: float) -> dict[str, Any]:
    """Compare, export and verify; write every file of the run into `folder` and return the results."""
    model, table, histories = done.models["table"], job.lut.table, done.histories
    trained = time.perf_counter()
    gradients = measure_gradients(model, job.train, job.recipe, default_cells(table))
    curve = compare_table(table)
    example = job.test.real(slice(0, 1))
    network = job.integers(model)
    to_onnx(network, example, folder / FUNCTIONS, "functions", hidden_spikes=True)
    to_onnx(network, example, folder / INTEGER, "integer", hidden_spikes=True)
    save_network(network, folder / NETWORK)
    write_whole(folder / SAMPLES, _samples(job))
    results = _results(histories, verify(model, network, job.test, folder), curve, gradients)
    results |= _converted(job, done.models["float"]) if "ptq" in job.variants else {}
    state = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    write_whole(folder / WEIGHTS, save(state))
    write_whole(folder / METRICS, _metrics(histories))
    write_whole(folder / GRADIENTS, done.log.csv())
    name = f"{name_of(type(job.surrogate))}_{job.profile.name}"
    identifier = "".join(c if c.isalnum() and c.isascii() else "_" for c in name)
    write_whole(folder / TABLE, c_header(table, identifier))
    timing = {
        "training_s": done.seconds,
        "gradients_s": round(done.log.seconds, 1),
        "all_training_s": round(trained - started, 1),
        "rest_s": round(time.perf_counter() - trained, 1),
    }
    record = _record(job, results, timing)
    write_whole(folder / RECORD, json.dumps(record, indent=2) + "\n")
    write_report(folder / REPORT, record, histories, curve, gradients.layers, done.log)
    return results


def _samples(job: Job) -> bytes:
    """samples.npz: a few test samples, event counts `x` [N, T, ...] and labels `y`."""
    x = np.moveaxis(kept_samples(job.test), 1, 0)
    file = io.BytesIO()
    np.savez_compressed(file, x=x, y=job.test.labels[: len(x)].cpu().numpy())
    return file.getvalue()


def _results(
    histories: dict[str, list[Epoch]], check: Verification, curve: Comparison, gradients: GradientComparison
) -> dict[str, Any]:
    """What run.json holds under `results`; the same for the same seed on the same machine."""
    table = curve.source
    found = gradients.as_dict()
    measures = ("max_abs_error", "max_error_steps", "rmse", "cosine", "dead_zone")
    return {
        **{f"accuracy_{kind}": history[-1].test_accuracy for kind, history in histories.items()},
        "spikes_compared": check.exact.compared,
        "spikes_different": check.exact.different,
        "spikes_by_implementation": {name: count._asdict() for name, count in check.counts.items()},
        "states": check.states._asdict(),
        "spike_rate": check.rates,
        "silent_layers": check.silent,
        "table": {
            "entries": len(table.codes),
            "value_format": table.value.short_name,
            "bits": table.bits,
            "error_bound": curve.bound,
            **{measure: getattr(curve, measure) for measure in measures},
        },
        "weight_gradients": found["layers"],
        "gradient_control": {"cells": found["cells"], "layers": found["control"]},
        "table_use": found["tables"],
        "event_sums": [asdict(s) for s in check.event_sums],
    }


def _record(job: Job, results: dict[str, Any], timing: dict[str, Any]) -> dict[str, Any]:
    """All that run.json says."""
    data: dict[str, Any] = {"name": job.data.name, "samples": len(job.data.labels), "inputs": list(job.shape.inputs)}
    data |= {"read_as": job.data.read_as, "largest_input": job.data.largest}
    by_layer = {"layer_bits": job.layer_bits} if job.layer_bits else {}
    return {
        "command": job.options.command,
        "options": job.options.given,
        "recipe": plain_recipe(job.recipe),
        "seed": job.options.seed,
        "profile": asdict(job.profile),
        "surrogate": {"name": name_of(type(job.surrogate)), **asdict(job.surrogate)},
        "network": {"name": job.name, "weight_bits": job.weight_bits, "steps": job.data.steps, **by_layer},
        "data": {**data, "test_samples": len(job.test)},
        "versions": job.versions,
        "results": results,
        "timing": timing,
    }


def _metrics(histories: dict[str, list[Epoch]]) -> str:
    """metrics.csv: one row per gradient and epoch."""
    rows = [
        {"gradient": kind, "epoch": number, **asdict(epoch)}
        for kind, history in histories.items()
        for number, epoch in enumerate(history, start=1)
    ]
    return rows_as_csv(rows, ["gradient", "epoch", "loss", "train_accuracy", "test_accuracy"])


def _print_results(console: Console, job: Job, results: dict[str, Any], out: Path) -> None:
    """The table that ends the job, and where the report is."""
    table = columns(["result"], ["value"], f"{job.profile.title}, {job.surrogate}, seed {job.options.seed}")
    for kind, label in VARIANTS.items():
        if kind in job.variants:
            table.add_row(f"test accuracy, {label}", f"{results[f'accuracy_{kind}']:.2%}")
    entry = results["table"]
    table.add_row("table", f"{entry['entries']} x {entry['value_format']}, {entry['bits']} bits")
    table.add_row("largest table error", f"{entry['max_abs_error']:.4f} (bound {entry['error_bound']:.4f})")
    for gradient in results["weight_gradients"]:
        shown = ", ".join("-" if value is None else f"{value:.4f}" for value in gradient["mean"].values())
        table.add_row(f"gradient of {gradient['layer']}: cosine, norm ratio, signs", shown)
    for name, count in results["spikes_by_implementation"].items():
        table.add_row(f"spikes against torch: {name}", _counted(count))
    table.add_row("states in model.int.onnx against the reference", _counted(results["states"]))
    console.print(table)
    for layer in results["silent_layers"]:
        console.print(f"Layer {layer} never spikes on the test samples: what is said of its spikes says little.")
    for entry in results.get("conversion", []):
        if entry["dead"] == 1:
            console.print(f"Layer {entry['neurons']}, converted, never spikes on the samples it was converted with.")
    if _differs(results):
        console.print("The integer implementations must agree with torch; they do not. Please report this run.")
    console.print(f"Report: {out / REPORT}", soft_wrap=True)
