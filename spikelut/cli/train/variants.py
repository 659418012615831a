"""The trainings of a run: every variant of its network, from the same seed."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from torch import nn

from spikelut.cli.networks.own_model import own_errors
from spikelut.cli.runs.processes import Processes
from spikelut.cli.runs.shown import Shown, Trainings
from spikelut.cli.shared.errors import user_errors, write_errors
from spikelut.cli.shared.recipe import VARIANTS, Recipe
from spikelut.cli.train.gradients import GradientLog, rows_as_csv
from spikelut.cli.train.job import Job
from spikelut.cli.train.loop import Epoch, Fitted, train_network
from spikelut.cli.train.network import bits_by_layer, load_converted
from spikelut.quant import Calibration, LUTSurrogate, compile_neurons
from spikelut.quant.conversion.convert import Conversion, convert
from spikelut.surrogates import Surrogate
from spikelut.training import State

CALIBRATION_SAMPLES = 512


@dataclass
class Trained:
    """The trained networks by variant, what their trainings came to, and the gradients of the one with the table.

    The seconds do not count the measuring of gradients.
    """

    log: GradientLog
    models: dict[str, nn.Module] = field(default_factory=dict)
    fits: dict[str, Fitted] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def histories(self) -> dict[str, list[Epoch]]:
        """The epochs of each."""
        return {kind: fitted.epochs for kind, fitted in self.fits.items()}


def train_variants(
    job: Job, shown: Trainings, processes: Processes, folder: Path, metrics: Callable[[str], None] = lambda text: None
) -> Trained:
    """Train every variant; what they keep goes into `folder`, and what is there is taken up.

    `metrics` is given the text of metrics.csv after each epoch.
    """
    done = Trained(GradientLog(job.train, job.recipe))
    kinds = [kind for kind in job.variants if kind != "ptq"]
    # What begins as the trained float network comes after it.
    kinds = sorted(kinds, key="float".__ne__) if job.recipe.fine_tune else kinds
    batches = -(-len(job.train) // job.recipe.batch)
    lines = {kind: shown.add(VARIANTS[kind], recipe_of(job, kind).epochs * batches) for kind in kinds}
    for kind in kinds:
        listener = _Listener(job, kind, lines[kind], done, metrics)
        started = time.perf_counter()
        slope, floats = job.lut if kind == "table" else job.surrogate, kind == "float"
        model = done.models[kind] = job.network(slope, floats=floats)
        gain = job.gain(slope, floats=floats)
        if job.recipe.fine_tune and not floats:
            load_converted(model, converted(job, done.models["float"], slope))
            gain = 1.0  # rates follow what each layer was multiplied by
            if job.options.compiled:
                compile_neurons(model)
        logs = kind == "table" and "gradients" in job.options.measured and has_table(model)
        options: dict[str, Any] = {} if processes.fabric is None else {"fabric": processes.fabric}
        own = None if job.own is None else job.own.text
        with user_errors(), write_errors(folder.parent), own_errors(own):
            done.fits[kind] = train_network(
                model,
                job.train,
                job.test,
                recipe_of(job, kind),
                val=job.val,
                gain=gain,
                callbacks=[done.log] if logs else [],
                listener=listener,
                folder=folder / kind,
                resume=True,
                patience=job.options.patience,
                checkpoint_minutes=job.options.checkpoint_minutes,
                precision=job.options.precision,
                progress=False,
                **options,
            )
        done.seconds[kind] = round(time.perf_counter() - started - (done.log.seconds if logs else 0.0), 1)
    return done


def has_table(model: nn.Module) -> bool:
    """Whether a network reads a table, so that there are gradients to be compared."""
    return any(isinstance(module, LUTSurrogate) for module in model.modules())


@dataclass
class _Listener:
    """Shows a training, and writes down its epochs with those of the variants before it."""

    job: Job
    kind: str
    shown: Shown
    done: Trained
    metrics: Callable[[str], None]

    def started(self, state: State) -> None:
        """It begins, or goes on."""
        self.shown.start(state.update)

    def batch(self, loss: float, accuracy: float | None) -> None:
        """A batch is done."""
        self.shown.batch(loss, accuracy)

    def epochs(self, epochs: list[Epoch], state: State) -> None:
        """An epoch is done."""
        last = epochs[-1]
        what = "validation" if last.val_accuracy is not None else "test"
        numbers = f"loss {last.loss:.4f}, accuracy {last.train_accuracy:.1%}, {what} accuracy {last.accuracy:.1%}"
        self.shown.epoch(state, numbers, last.accuracy)
        self.metrics(metrics_csv({**self.done.histories, self.kind: epochs}))


def metrics_csv(histories: dict[str, list[Epoch]]) -> str:
    """metrics.csv: one row per gradient and epoch."""
    rows = [
        {"gradient": kind, "epoch": number, **asdict(epoch)}
        for kind, history in histories.items()
        for number, epoch in enumerate(history, start=1)
    ]
    validated = any(row["val_accuracy"] is not None for row in rows)
    measured = ["val_loss", "val_accuracy"] if validated else ["test_accuracy"]
    return rows_as_csv(rows, ["gradient", "epoch", "loss", "train_accuracy", *measured])


def recipe_of(job: Job, kind: str) -> Recipe:
    """How a variant is trained."""
    return job.recipe.tuning if job.recipe.fine_tune and kind != "float" else job.recipe


def converted(job: Job, model: nn.Module, slope: LUTSurrogate | Surrogate | None = None) -> Conversion:
    """The float network converted; `slope`: of its spikes, to be trained on."""
    model.eval()
    events = job.train.real(slice(0, CALIBRATION_SAMPLES))
    with user_errors():
        bits: Any = bits_by_layer(model, job.builder(job.surrogate)) if job.layer_bits else job.weight_bits
        chosen: dict[str, Any] = {"weight_bits": bits, "per_channel": job.recipe.per_channel, "surrogate": slope}
        if job.recipe.calibrate == "spikes":
            chosen["calibrate"] = Calibration(seed=job.options.seed, progress=False)
        return convert(model, job.profile, events, input_step=job.data.input_step, **chosen)
