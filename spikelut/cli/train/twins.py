"""Twin runs: table, analytic and a wrong table, trained from the same seeds, over several of them."""

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from spikelut._files import read_text, write_whole
from spikelut.cli.shared.console import say_written, terminal
from spikelut.cli.shared.errors import UserError
from spikelut.cli.shared.progress import add_training, show_batches, training_progress
from spikelut.cli.shared.work import work_of
from spikelut.cli.train.gradients import GradientLog, default_cells, rows_as_csv
from spikelut.cli.train.job import Job, Options, prepare
from spikelut.cli.train.loop import Epoch, fit, limit_threads
from spikelut.cli.train.run_folder import run_folder, write_errors
from spikelut.cli.train.twins_report import curves, print_twins
from spikelut.cli.train.twins_statistics import LABELS, Twin, summary
from spikelut.quant.comparison.gradient_measures import MEASURES
from spikelut.quant.comparison.swap_slopes import shifted_surrogate

FILES = ("twins.json", "twins.csv", "twin-gradients.csv", "twins.svg")
RUNS = "twins"
"""The folder in which each training is kept as soon as it is done, so that a command that is cut off goes on there."""


def twins_command(options: Options, seeds: int, out: Path, cells: int | None = None, as_json: bool = False) -> int:
    """Train the twins and write what they come to; 0. Raises UserError for wrong input.

    `seeds` of them, beginning with that of `options`, whose `variants` and `out` are not looked at. The control's table
    is off by `cells`; None: a quarter of its entries. What `out` holds of the same trainings is not trained again.
    With `as_json` the summary is printed as JSON, and nothing else on stdout.
    """
    console = terminal(stderr=as_json)
    with console.status("Loading profile, data and libraries"):
        job = prepare(options)
    cells = _checked(job, seeds, default_cells(job.lut.table) if cells is None else cells)
    if job.own is None:
        limit_threads(job.recipe)
    with run_folder(out, FILES) as folder:
        console.print(_headline(job, seeds, cells), soft_wrap=True)
        twins = list(_all_twins(job, seeds, cells, out))
        found = {**_about(job, cells), **summary(twins)}
        with write_errors(out):
            _write(folder, twins, found)
    print_twins(console, f"{job.profile.title}, {job.surrogate}", found)
    say_written(console, [out / name for name in FILES])
    if as_json:
        print(json.dumps(found, indent=2))
    return 0


def _checked(job: Job, seeds: int, cells: int) -> int:
    """`cells`; UserError for what cannot be compared."""
    most = len(job.lut.codes) - 1
    if seeds < 1:
        raise UserError(f"seeds must be 1 or more, got {seeds}")
    if job.options.seed + seeds > 2**32:
        raise UserError(f"seed + seeds must be at most {2**32}, got {job.options.seed + seeds}")
    if not 1 <= abs(cells) <= most:
        raise UserError(f"cells must be in 1..{most} or -{most}..-1 for a table of {most + 1} entries, got {cells}")
    if job.recipe.fine_tune is not None:
        raise UserError("fine-tune must not be given: twins begin from the same seed, not from a trained network")
    return cells


def _headline(job: Job, seeds: int, cells: int) -> str:
    return (
        f"{job.profile.title}: {job.name} on {job.data.name}, read as {job.data.read_as}, {job.surrogate}, {seeds} "
        f"seed{'s' if seeds > 1 else ''}; "
        f"the control's table is off by {cells} of {len(job.lut.codes)} entries"
    )


def _about(job: Job, cells: int) -> dict[str, Any]:
    """What was trained, as plain data."""
    data: Any = json.loads(json.dumps({**_setup(job), "cells": cells, "network": job.name, "data": job.data.name}))
    return dict(data)


def _setup(job: Job) -> dict[str, Any]:
    """Everything but the seed that a training depends on."""
    return {
        "profile": asdict(job.profile),
        "surrogate": str(job.surrogate),
        "recipe": asdict(job.recipe),
        "weight_bits": job.weight_bits,
        "device": str(job.device),
        "data_sha256": job.data.digest,
        "versions": job.versions,
    }


def _all_twins(job: Job, seeds: int, cells: int, out: Path) -> Iterator[Twin]:
    """Every training, from its file where there is one, else trained and kept there."""
    setup = json.loads(json.dumps(_setup(job)))
    batches = -(-len(job.train) // job.recipe.batch) * job.recipe.epochs
    wanted = [(job.options.seed + number, variant) for number in range(seeds) for variant in LABELS]
    with training_progress(terminal(stderr=True)) as progress:
        for seed, variant in wanted:
            path = out / RUNS / f"{seed}-{variant}.json"
            key = {**setup, "cells": cells if variant == "control" else None}
            twin = _read(path, key)
            if twin is None:
                task = add_training(progress, f"{variant}, seed {seed}", batches)
                progress.start_task(task)
                one = replace(job, options=replace(job.options, seed=seed))
                try:
                    twin = _train(one, variant, cells, show_batches(progress, task))
                except UserError as error:
                    raise UserError(f"{variant}, seed {seed}: {error}") from error
                progress.update(task, accuracy=f"{twin.epochs[-1].accuracy:.1%}")
                with write_errors(out):
                    path.parent.mkdir(exist_ok=True)
                    write_whole(path, json.dumps({"setup": key, "twin": asdict(twin)}) + "\n")
            yield twin


def _train(job: Job, variant: str, cells: int, show: Any) -> Twin:
    """One training; the gradients of one with a table are measured after each epoch."""
    slopes = {"table": lambda: job.lut, "control": lambda: shifted_surrogate(job.lut, cells)}
    slope = slopes[variant]() if variant in slopes else job.surrogate
    log = GradientLog(job.train, job.recipe) if variant in slopes else None
    started = time.perf_counter()
    model, gain = job.network(slope), job.gain(slope)
    epochs = fit(model, job.train, job.test, job.recipe, show, gain=gain, on_epoch=log)
    seconds = time.perf_counter() - started - (log.seconds if log else 0.0)
    work = work_of(job.integers(model.eval()), job.test.spikes)
    return Twin(job.options.seed, variant, epochs, log.rows() if log else [], round(seconds, 1), work)


def _read(path: Path, setup: dict[str, Any]) -> Twin | None:
    """The training kept in `path`; None if there is none, or it is another one."""
    with suppress(OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        kept = json.loads(read_text(path, "compare"))
        if kept["setup"] == setup:
            twin = Twin(**kept["twin"])
            return replace(twin, epochs=[Epoch(**epoch) for epoch in kept["twin"]["epochs"]])
    return None


def _write(folder: Path, twins: list[Twin], found: dict[str, Any]) -> None:
    """The files of FILES."""
    run, gradients = [], []
    for twin in twins:
        name = {"seed": twin.seed, "variant": twin.variant}
        run += [{**name, "epoch": number, **epoch.measured} for number, epoch in enumerate(twin.epochs, start=1)]
        gradients += [{**name, **row} for row in twin.gradients]
    summary_file, runs_file, gradients_file, figure_file = (folder / name for name in FILES)
    write_whole(summary_file, json.dumps(found, indent=2) + "\n")
    write_whole(runs_file, rows_as_csv(run, list(run[0])))
    write_whole(gradients_file, rows_as_csv(gradients, ["seed", "variant", "epoch", "layer", *MEASURES]))
    write_whole(figure_file, curves(twins))
