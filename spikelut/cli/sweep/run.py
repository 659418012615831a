"""`spikelut sweep`: how small may the table be? Every table of a grid, and networks trained with some of them."""

import json
import time
import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from joblib import cpu_count
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from spikelut.cli.shared.console import terminal
from spikelut.cli.shared.errors import UserError, user_errors
from spikelut.cli.sweep.choice import choose
from spikelut.cli.sweep.grid import Configuration, grid, reason
from spikelut.cli.sweep.network import layers_with_tables
from spikelut.cli.sweep.options import Plan, understand
from spikelut.cli.sweep.options import SweepOptions as SweepOptions
from spikelut.cli.sweep.pointwise import ignore_table_warnings
from spikelut.cli.sweep.report import print_summary, summary, write_report
from spikelut.cli.sweep.results import Curve, Result, encoded, rows
from spikelut.cli.sweep.smallest import Layered, Smallest
from spikelut.cli.sweep.store import Store, open_folder
from spikelut.cli.sweep.tasks import Spot, data_digests, layered_tasks, network_tasks, pointwise_tasks, read_as
from spikelut.cli.sweep.workers import Task, run_all, workers
from spikelut.cli.train.run_folder import write_errors
from spikelut.export import write_whole

SECONDS_BETWEEN = 5.0
"""The file of results is written again at most this often while networks are trained."""

SUMMARY, REPORT = "sweep.json", "sweep.html"


class Interrupted(UserError):
    """The person at the terminal stopped the sweep; what is finished stays."""

    exit_code = 130


def sweep_command(options: SweepOptions) -> int:
    """Run the sweep; 0, or 1 if a network could not be trained. Raises UserError for wrong input."""
    console = terminal(stderr=True)
    with user_errors(), warnings.catch_warnings():
        ignore_table_warnings()  # until the block ends
        plan = understand(options)
        configurations, left_out = grid(plan.profiles, plan.surrogates, plan.axes)
        if not configurations:
            raise ValueError(f"no profile can have a table of this grid: {next(iter(left_out))[1]}")
        with console.status("Loading data"):
            digests = data_digests(plan)
        if digests:
            console.print(f"{options.data}, read as {read_as(plan)}", soft_wrap=True)
        open_folder(Path(options.out))
        sweep = Sweep(plan, left_out, console)
        with workers(options.backend, options.jobs or cpu_count(), options.scheduler):
            sweep.run(configurations, digests)
        return sweep.finish()


class Sweep:
    """What one run of the command finds, and where it is kept."""

    def __init__(self, plan: Plan, left_out: Counter[tuple[str, str]], console: Console) -> None:
        self.plan, self.left_out, self.console, self.out = plan, left_out, console, Path(plan.options.out)
        self.store = Store(self.out, fresh=plan.options.fresh)
        self.curves: list[Curve] = []
        self.failed: dict[str, str] = {}
        self.counts = {"tables": 0, "networks": 0, "from_before": 0}
        self._saved = 0.0

    def run(self, configurations: Sequence[Configuration], digests: Mapping[str, str]) -> None:
        """Measure every configuration, then train networks with some. Raises Interrupted, UserError."""
        options = self.plan.options
        try:
            self._measure(configurations)
            if digests and options.train == "smallest":
                for curve in self.curves:
                    self._search(curve, digests)
            elif digests:
                chosen = choose(self.curves, options.train, options.keep, len(self.plan.seeds), options.max_networks)
                self._train(network_tasks(self.plan, chosen, digests))
        except KeyboardInterrupt:
            done = f"{self.counts['tables']} of {len(configurations)} tables and {self.counts['networks']} networks"
            message = f"interrupted; {done} are finished in {self.out}, the same command goes on from there"
            raise Interrupted(message) from None
        finally:
            self._save()

    def _measure(self, configurations: Sequence[Configuration]) -> None:
        tasks = pointwise_tasks(configurations)
        order = {configuration: place for place, configuration in enumerate(configurations)}
        curves = {c.curve: Curve(*c.curve, c.varied.title) for c in configurations}

        def keep(key: str, found: dict[str, Any]) -> None:
            for configuration in tasks[key][1]:
                self.counts["tables"] += 1
                if "refused" in found:
                    self.left_out[configuration.profile, reason(found["refused"])] += 1
                else:
                    curves[configuration.curve].results.append(Result(configuration, found))

        try:
            self._run("tables", {key: task for key, (task, _) in tasks.items()}, keep, "auto")
        finally:
            self.curves = [curve for curve in curves.values() if curve.results]
            for curve in self.curves:
                curve.results.sort(key=lambda result: order[result.configuration])
        if not self.curves:
            raise UserError(f"no curve fits a table of this grid: {next(reversed(self.left_out))[1]}")
        self._save()

    def _train(self, tasks: dict[str, tuple[Any, list[Spot]]]) -> None:
        def keep(key: str, found: dict[str, Any]) -> None:
            for place in tasks[key][1]:
                self.counts["networks"] += 1
                if "failed" in found:
                    self.failed[str(place)] = found["failed"]
                else:
                    place.accuracy[place.seed] = found["test_accuracy"]
                    if place.result is not None and found.get("work"):  # results of before have none
                        place.result.works[place.seed] = found["work"]
            if time.monotonic() - self._saved > SECONDS_BETWEEN:
                self._save()

        self._run("networks", {key: task for key, (task, _) in tasks.items()}, keep, 1)

    def _search(self, curve: Curve, digests: Mapping[str, str]) -> None:
        """Find the smallest table of a curve, and of each layer if that is wanted."""
        options = self.plan.options

        def train(what: Result | Layered) -> None:
            if isinstance(what, Layered):
                self._train(layered_tasks(self.plan, curve, what, digests))
            else:
                self._train(network_tasks(self.plan, [(curve, what)], digests))

        seeds = self.plan.seeds
        curve.smallest = Smallest(curve, options.loss, max(1, options.max_networks // len(seeds)), train)
        training = self.plan.training(curve.profile, curve.surrogate, seeds[0])
        curve.smallest.run(layers_with_tables(training) if options.per_layer else ())

    def _run(
        self, name: str, tasks: Mapping[str, Task], keep: Callable[[str, dict[str, Any]], None], batch: int | str
    ) -> None:
        """Take what is finished from the store and run the rest; `keep` is told every result."""
        columns = (
            TextColumn("{task.description:>8}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self.console) as progress:
            bar = progress.add_task(name, total=len(tasks))
            before = {key: found for key in tasks if (found := self.store.read(key)) is not None}
            self.counts["from_before"] += len(before)
            for key, found in before.items():
                keep(key, found)
            progress.update(bar, completed=len(before))

            def done(key: str, found: dict[str, Any]) -> None:
                if "failed" not in found:
                    self.store.write(key, found)
                keep(key, found)
                progress.advance(bar)

            run_all({key: task for key, task in tasks.items() if key not in before}, done, batch=batch)

    def _save(self) -> None:
        """Write the file of results, whole."""
        table = rows(self.curves, self.plan.seeds)
        with write_errors(self.out):
            write_whole(self.out / self.plan.options.results, encoded(table, self.plan.options.results))
        self._saved = time.monotonic()

    def finish(self) -> int:
        """Write report and summary, print, and return the exit code."""
        options = self.plan.options
        found = summary(self.plan, self.curves, self.left_out, self.failed, self.counts)
        found["files"] = [str(self.out / name) for name in (options.results, SUMMARY, REPORT)]
        with write_errors(self.out):
            write_whole(self.out / SUMMARY, json.dumps(found, indent=2, allow_nan=False) + "\n")
            write_report(self.out / REPORT, found, self.curves)
        if options.json:
            print(json.dumps(found, allow_nan=False))
        else:
            print_summary(terminal(), found)
        return 1 if self.failed else 0
