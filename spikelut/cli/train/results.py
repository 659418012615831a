"""What a run came to: measured, exported, verified, and written down."""

import io
import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.torch import save
from torch import nn

from spikelut.cli.activity.measure import measure_activity
from spikelut.cli.options.train_options import plain_recipe
from spikelut.cli.train.gradients import default_cells, measure_gradients
from spikelut.cli.train.job import Job
from spikelut.cli.train.loop import accuracy
from spikelut.cli.train.measure import FUNCTIONS, INTEGER, Verification, kept_samples, verify
from spikelut.cli.train.report import write_report
from spikelut.cli.train.run_folder import METRICS, NETWORK, RECORD, SAMPLES, WEIGHTS
from spikelut.cli.train.variants import Trained, converted, has_table, metrics_csv
from spikelut.export import c_header, save_network, to_onnx, write_whole
from spikelut.quant import Comparison, IntegerNetwork
from spikelut.quant.comparison.comparison import compare_table
from spikelut.quant.comparison.gradients import GradientComparison
from spikelut.surrogates import name_of

GRADIENTS, TABLE, REPORT = "gradients.csv", "table.h", "report.html"
FILES = (RECORD, SAMPLES, METRICS, GRADIENTS, WEIGHTS, NETWORK, FUNCTIONS, INTEGER, TABLE, REPORT)
"""What a run writes, as far as it has it."""


def evaluate_and_write(job: Job, done: Trained, folder: Path, started: float) -> dict[str, Any]:
    """Compare, export and verify; write every file of the run into `folder` and return the record of it."""
    trained = time.perf_counter()
    results = _accuracies(job, done)
    curve = None if job.variants == ("float",) else compare_table(job.lut.table)
    if curve is not None:
        results["table"] = _table(curve)
        write_whole(folder / TABLE, _header(job))
    model, gradients = done.models[job.deployed], _gradients(job, done)
    if gradients is not None:
        found = gradients.as_dict()
        results["weight_gradients"] = found["layers"]
        results["gradient_control"] = {"cells": found["cells"], "layers": found["control"]}
        results["table_use"] = found["tables"]
        write_whole(folder / GRADIENTS, done.log.csv())
    network = job.integers(model) if job.deploys else None
    if network is not None:
        results |= _deployed(job, model, network, folder)
    activity = None
    if "activity" in job.options.measured:
        activity = measure_activity(done.models, job.deployed, network, job.test)
        results |= activity.as_dict()
    results["warnings"] = _warnings(job, done, results)
    write_whole(folder / SAMPLES, _samples(job))
    state = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    write_whole(folder / WEIGHTS, save(state))
    write_whole(folder / METRICS, metrics_csv(done.histories))
    timing = {
        "training_s": done.seconds,
        "gradients_s": round(done.log.seconds, 1),
        "all_training_s": round(trained - started, 1),
        "rest_s": round(time.perf_counter() - trained, 1),
    }
    record = _record(job, results, timing)
    write_whole(folder / RECORD, json.dumps(record, indent=2) + "\n")
    layers = [] if gradients is None else gradients.layers
    write_report(folder / REPORT, record, done.histories, curve, layers, done.log, activity)
    return record


def differs(results: dict[str, Any]) -> bool:
    """Whether an implementation that must agree with torch did not."""
    return bool(results.get("spikes_different") or results.get("states", {}).get("different"))


def _accuracies(job: Job, done: Trained) -> dict[str, Any]:
    """Test accuracies; with validation that of the epoch which did best, whose weights the network has."""
    results: dict[str, Any] = {}
    for kind, fitted in done.fits.items():
        best: Any = fitted.epochs[fitted.best - 1] if fitted.best else fitted.start
        if job.val is None and fitted.best:
            results[f"accuracy_{kind}"] = best.test_accuracy
        else:
            results[f"accuracy_{kind}"] = accuracy(done.models[kind], job.test)
        if job.val is not None:
            results[f"val_accuracy_{kind}"], results[f"best_epoch_{kind}"] = best.val_accuracy, fitted.best
    if "ptq" in job.variants:
        found = converted(job, done.models["float"])
        model = done.models["ptq"] = found.model.to(job.device)
        results["accuracy_ptq"] = accuracy(model, job.test)
        if job.val is not None:
            results["val_accuracy_ptq"] = accuracy(model, job.val)
        results["conversion"] = [asdict(layer) for layer in found.layers]
        # Without their seconds, as the same command gives the same results.
        results["conversion_steps"] = [
            {name: value for name, value in asdict(step).items() if name != "seconds"} for step in found.steps
        ]
    return results


def _gradients(job: Job, done: Trained) -> GradientComparison | None:
    model = done.models[job.deployed]
    if "gradients" not in job.options.measured or "table" not in done.models or not has_table(model):
        return None
    return measure_gradients(model, job.train, job.recipe, default_cells(job.lut.table))


def _deployed(job: Job, model: nn.Module, network: IntegerNetwork, folder: Path) -> dict[str, Any]:
    """Write the integer network and both ONNX files; what was counted in them, if that is measured."""
    example = job.test.real(slice(0, 1))
    to_onnx(network, example, folder / FUNCTIONS, "functions", hidden_spikes=True)
    to_onnx(network, example, folder / INTEGER, "integer", hidden_spikes=True)
    save_network(network, folder / NETWORK)
    if "deployment" not in job.options.measured:
        return {}
    return _counted(verify(model, network, job.test, folder))


def _counted(check: Verification) -> dict[str, Any]:
    return {
        "spikes_compared": check.exact.compared,
        "spikes_different": check.exact.different,
        "spikes_by_implementation": {name: count._asdict() for name, count in check.counts.items()},
        "states": check.states._asdict(),
        "spike_rate": check.rates,
        "silent_layers": check.silent,
        "event_sums": [asdict(s) for s in check.event_sums],
    }


def _table(curve: Comparison) -> dict[str, Any]:
    table = curve.source
    return {
        "entries": len(table.codes),
        "value_format": table.value.short_name,
        "bits": table.bits,
        "error_bound": curve.bound,
        **{name: getattr(curve, name) for name in ("max_abs_error", "max_error_steps", "rmse", "cosine", "dead_zone")},
    }


def _header(job: Job) -> str:
    name = f"{name_of(type(job.surrogate))}_{job.profile.name}"
    return c_header(job.lut.table, "".join(c if c.isalnum() and c.isascii() else "_" for c in name))


def _warnings(job: Job, done: Trained, results: dict[str, Any]) -> list[str]:
    """What looks wrong, a line each, with the variant that it is about."""
    found = [f"{kind}: {line}" for kind, fitted in done.fits.items() for line in fitted.warnings]
    if "ptq" in job.variants:
        least = results["accuracy_ptq"]
        for kind in ("table", "analytic"):
            reached = results.get(f"accuracy_{kind}", 1.0)
            if reached < least:
                found.append(f"{kind}: test accuracy is {reached:.2%}, below the {least:.2%} of the converted network")
    return found


def _samples(job: Job) -> bytes:
    """samples.npz: a few test samples, event counts `x` [N, T, ...] and labels `y`."""
    x = np.moveaxis(kept_samples(job.test), 1, 0)
    file = io.BytesIO()
    np.savez_compressed(file, x=x, y=job.test.labels[: len(x)].cpu().numpy())
    return file.getvalue()


def _record(job: Job, results: dict[str, Any], timing: dict[str, Any]) -> dict[str, Any]:
    """All that run.json says."""
    data: dict[str, Any] = {"name": job.data.name, "samples": len(job.data.labels), "inputs": list(job.shape.inputs)}
    data |= {"read_as": job.data.read_as, "largest_input": job.data.largest, "test_samples": len(job.test)}
    data |= {} if job.val is None else {"validation_samples": len(job.val)}
    by_layer = {"layer_bits": job.layer_bits} if job.layer_bits else {}
    return {
        "command": job.options.command,
        "options": job.options.given,
        "recipe": plain_recipe(job.recipe),
        "seed": job.options.seed,
        "profile": asdict(job.profile),
        "surrogate": {"name": name_of(type(job.surrogate)), **asdict(job.surrogate)},
        "network": {"name": job.name, "weight_bits": job.weight_bits, "steps": job.data.steps, **by_layer},
        "data": data,
        "versions": job.versions,
        "results": results,
        "timing": timing,
    }
