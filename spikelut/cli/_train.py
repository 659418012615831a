"""`spikelut train`: from a data set to a trained, compared and exported network."""

import csv
import io
import json
import platform
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table as RichTable
from safetensors.torch import save
from torch import nn

from spikelut import hw_profiles
from spikelut.cli._data import Dataset, load_dataset
from spikelut.cli._errors import user_errors
from spikelut.cli._measure import (
    FUNCTIONS,
    INTEGER,
    LayerGradient,
    Verification,
    compare_gradients,
    verify,
)
from spikelut.cli._network import ONE_THREAD_WIDTH, Epoch, Split, build_network, fit
from spikelut.cli._options import parse_device, parse_layers, parse_surrogate
from spikelut.cli._report import write_report
from spikelut.cli._run_folder import run_folder, write_errors
from spikelut.export import c_header, to_onnx, write_whole
from spikelut.hw_profiles import Profile
from spikelut.quant import Comparison, LUTSurrogate, integer
from spikelut.quant.compare import compare_table
from spikelut.surrogates import Surrogate, name_of

PACKAGES = ("spikelut", "torch", "brevitas", "numpy", "onnx", "onnxruntime", "scikit-learn", "safetensors")


@dataclass(frozen=True)
class Options:
    """The options of the command, as given."""

    profile: str
    surrogate: str
    data: str
    out: str
    layers: str
    epochs: int
    steps: int | None
    seed: int
    weight_bits: int | None
    device: str


@dataclass(frozen=True, eq=False)
class Job:
    """The options made into objects."""

    options: Options
    profile: Profile
    surrogate: Surrogate
    lut: LUTSurrogate
    data: Dataset
    sizes: list[int]
    weight_bits: int
    device: torch.device
    versions: dict[str, str]
    train: Split
    test: Split

    def network(self, slope: LUTSurrogate | Surrogate) -> nn.Sequential:
        """A network as the seed makes it; the same weights for every `slope`."""
        torch.manual_seed(self.options.seed)
        return build_network(self.profile, slope, self.sizes, self.weight_bits).to(self.device)


def prepare(options: Options) -> Job:
    """Load and check everything the options name. Raises UserError."""
    with user_errors():
        profile = hw_profiles.load(options.profile)
        surrogate = parse_surrogate(options.surrogate)
        hidden = parse_layers(options.layers)
        device = parse_device(options.device)
        top = profile.weight.bits
        bits = top if options.weight_bits is None else options.weight_bits
        if bits > top:
            raise ValueError(f"weight-bits must be in 2..{top} on {profile.name}, got {bits}")
        lut = LUTSurrogate(surrogate, profile).to(device)
        data = load_dataset(options.data, options.steps)
        sizes = [data.spikes.shape[2], *hidden, data.classes]
        versions = {"python": platform.python_version(), **{package: version(package) for package in PACKAGES}}
        build_network(profile, lut, sizes, bits)  # finds layers the profile cannot hold before any training
    spikes, labels = torch.from_numpy(data.spikes).to(device), torch.from_numpy(data.labels).to(device)
    test = torch.from_numpy(data.test).to(device)
    splits = [Split(spikes[:, mask], labels[mask]) for mask in (~test, test)]
    return Job(options, profile, surrogate, lut, data, sizes, bits, device, versions, splits[0], splits[1])


def train_command(options: Options) -> int:
    """Run the job; 0 if every spike agreed, 1 if not. Raises UserError for wrong input."""
    console = Console()
    with console.status("Loading profile, data and libraries"):
        job = prepare(options)
    out = Path(options.out)
    if max(job.sizes) <= ONE_THREAD_WIDTH:
        torch.set_num_threads(1)
    with run_folder(out) as folder:
        console.print(_headline(job))
        started = time.perf_counter()
        models, histories = _train_both(job, console)
        with write_errors(out):
            results = _evaluate_and_write(job, models, histories, folder, started)
    _print_results(console, job, results, out)
    return 1 if results["spikes_different"] else 0


def _headline(job: Job) -> str:
    steps, samples, _ = job.data.spikes.shape
    sizes = "-".join(map(str, job.sizes))
    return (
        f"{job.profile.title}: {sizes} on {job.data.name} ({samples} samples, {len(job.test)} of them for testing, "
        f"{steps} steps), {job.weight_bits}-bit weights, {job.surrogate}"
    )


def _train_both(job: Job, console: Console) -> tuple[dict[str, nn.Sequential], dict[str, list[Epoch]]]:
    """Train with the table gradient and with the analytic one, from the same seed."""
    models, histories = {}, {}
    with Progress(
        TextColumn("{task.description:>16}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("loss {task.fields[loss]}  test accuracy {task.fields[accuracy]}"),
        TimeElapsedColumn(),
        console=console,
    ) as progress:
        batches = sum(1 for _ in job.train.batches(torch.arange(len(job.train))))
        total = job.options.epochs * batches
        slopes: dict[str, LUTSurrogate | Surrogate] = {"table": job.lut, "analytic": job.surrogate}
        tasks = {
            k: progress.add_task(f"{k} gradient", total=total, loss="-", accuracy="-", start=False) for k in slopes
        }
        for kind, slope in slopes.items():

            def show(loss: float, accuracy: float | None, kind: str = kind) -> None:
                shown = "-" if accuracy is None else f"{accuracy:.1%}"
                progress.update(tasks[kind], advance=1, loss=f"{loss:.3f}", accuracy=shown)

            progress.start_task(tasks[kind])
            models[kind] = job.network(slope)
            histories[kind] = fit(models[kind], job.train, job.test, job.options.epochs, show)
            progress.update(tasks[kind], accuracy=f"{histories[kind][-1].test_accuracy:.1%}")
    return models, histories


def _evaluate_and_write(
    job: Job, models: dict[str, nn.Sequential], histories: dict[str, list[Epoch]], folder: Path, started: float
) -> dict[str, Any]:
    """Compare, export and verify; write every file of the run into `folder` and return the results."""
    model, table = models["table"], job.lut.table
    twin = job.network(job.surrogate)
    twin.load_state_dict(model.state_dict())
    trained = time.perf_counter()
    gradients = compare_gradients(model, twin, job.train)
    curve = compare_table(table)
    example = job.test.spikes[:, :1].float()
    to_onnx(model, example, folder / FUNCTIONS, "functions", hidden_spikes=True)
    to_onnx(model, example, folder / INTEGER, "integer", hidden_spikes=True)
    results = _results(histories, verify(model, integer(model), job.test, folder), curve, gradients)
    state = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    write_whole(folder / "weights.safetensors", save(state))
    write_whole(folder / "metrics.csv", _metrics(histories))
    name = f"{name_of(type(job.surrogate))}_{job.profile.name}"
    identifier = "".join(c if c.isalnum() and c.isascii() else "_" for c in name)
    write_whole(folder / "table.h", c_header(table, identifier))
    timing = {"training_s": round(trained - started, 1), "rest_s": round(time.perf_counter() - trained, 1)}
    record = _record(job, results, timing)
    write_whole(folder / "run.json", json.dumps(record, indent=2) + "\n")
    write_report(folder / "report.html", record, histories, curve, gradients)
    return results


def _results(
    histories: dict[str, list[Epoch]], check: Verification, curve: Comparison, gradients: list[LayerGradient]
) -> dict[str, Any]:
    """What run.json holds under `results`; the same for the same seed on the same machine."""
    table = curve.source
    measures = ("max_abs_error", "max_error_steps", "rmse", "cosine", "dead_zone")
    return {
        "accuracy_table": histories["table"][-1].test_accuracy,
        "accuracy_analytic": histories["analytic"][-1].test_accuracy,
        "spikes_compared": check.exact.compared,
        "spikes_different": check.exact.different,
        "spikes_by_implementation": {name: count._asdict() for name, count in check.counts.items()},
        "spike_rate": check.rates,
        "table": {
            "entries": len(table.codes),
            "value_format": table.value.short_name,
            "bits": table.bits,
            "error_bound": curve.bound,
            **{measure: getattr(curve, measure) for measure in measures},
        },
        "weight_gradients": [asdict(g) for g in gradients],
        "event_sums": [asdict(s) for s in check.event_sums],
    }


def _record(job: Job, results: dict[str, Any], timing: dict[str, float]) -> dict[str, Any]:
    """All that run.json says."""
    steps, samples, features = job.data.spikes.shape
    return {
        "options": asdict(job.options),
        "seed": job.options.seed,
        "profile": asdict(job.profile),
        "surrogate": {"name": name_of(type(job.surrogate)), **asdict(job.surrogate)},
        "network": {"sizes": job.sizes, "weight_bits": job.weight_bits, "steps": steps},
        "data": {"name": job.data.name, "samples": samples, "features": features, "test_samples": len(job.test)},
        "versions": job.versions,
        "results": results,
        "timing": timing,
    }


def _metrics(histories: dict[str, list[Epoch]]) -> str:
    """metrics.csv: one row per gradient and epoch."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["gradient", "epoch", "loss", "train_accuracy", "test_accuracy"])
    for kind, history in histories.items():
        for number, epoch in enumerate(history, start=1):
            row = (epoch.loss, epoch.train_accuracy, epoch.test_accuracy)
            writer.writerow([kind, number, *(f"{value:.6f}" for value in row)])
    return text.getvalue()


def _print_results(console: Console, job: Job, results: dict[str, Any], out: Path) -> None:
    """The table that ends the job, and where the report is."""
    table = RichTable(title=f"{job.profile.title}, {job.surrogate}, seed {job.options.seed}", title_justify="left")
    table.add_column("result")
    table.add_column("value", justify="right")
    table.add_row("test accuracy, table gradient", f"{results['accuracy_table']:.2%}")
    table.add_row("test accuracy, analytic gradient", f"{results['accuracy_analytic']:.2%}")
    entry = results["table"]
    table.add_row("table", f"{entry['entries']} x {entry['value_format']}, {entry['bits']} bits")
    table.add_row("largest table error", f"{entry['max_abs_error']:.4f} (bound {entry['error_bound']:.4f})")
    for gradient in results["weight_gradients"]:
        cosine, ratio = (sum(gradient[k]) / len(gradient[k]) for k in ("cosine", "norm_ratio"))
        table.add_row(f"gradient of {gradient['layer']}: cosine, norm ratio", f"{cosine:.4f}, {ratio:.3f}")
    for name, count in results["spikes_by_implementation"].items():
        table.add_row(f"spikes against torch: {name}", f"{count['compared']:,}, {count['different']} different")
    console.print(table)
    if results["spikes_different"]:
        console.print("The integer implementations must agree with torch; they do not. Please report this run.")
    console.print(f"Report: {out / 'report.html'}", soft_wrap=True, highlight=False)
