"""What a sweep has to compute: a task for each table, and one for each network."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from spikelut.cli.sweep.grid import Configuration
from spikelut.cli.sweep.network import VERSIONS, Gradient, Network, prepared_job
from spikelut.cli.sweep.options import Plan
from spikelut.cli.sweep.pointwise import Pointwise
from spikelut.cli.sweep.results import Curve, Result
from spikelut.cli.sweep.smallest import Layered


@dataclass(frozen=True)
class Spot:
    """Where the accuracy of a network belongs: a curve, and a table of it or None."""

    curve: Curve
    result: Result | None
    gradient: Gradient
    seed: int
    layered: Layered | None = None

    @property
    def accuracy(self) -> dict[int, float]:
        """Where it is kept."""
        return self.curve.accuracies(self.gradient, self.result) if self.layered is None else self.layered.accuracy

    def __str__(self) -> str:
        shape: object = self.gradient if self.result is None else self.result.configuration.shape
        shape = shape if self.layered is None else self.layered
        return f"{self.curve.surrogate} on {self.curve.profile}, {shape}, seed {self.seed}"


def pointwise_tasks(configurations: Iterable[Configuration]) -> dict[str, tuple[Pointwise, list[Configuration]]]:
    """By key: the comparison, and the configurations it is for, several where two names mean the same profile."""
    tasks: dict[str, tuple[Pointwise, list[Configuration]]] = {}
    for configuration in configurations:
        task = Pointwise(configuration.surrogate, configuration.varied)
        tasks.setdefault(task.key, (task, []))[1].append(configuration)
    return tasks


def network_tasks(
    plan: Plan, chosen: Sequence[tuple[Curve, Result]], digests: Mapping[str, str]
) -> dict[str, tuple[Network, list[Spot]]]:
    """By key: the networks with the chosen tables, and for each curve among them those without a table.

    Those of one profile follow each other, so that a worker rarely loads data again.
    """
    versions = tuple(f"{package} {version(package)}" for package in VERSIONS)
    curves = {id(curve): curve for curve, _ in chosen}
    wanted: list[tuple[Curve, Result | None, Gradient]] = []
    for curve in curves.values():
        wanted += [(curve, None, "float"), (curve, None, "analytic")]
        wanted += [(curve, result, "table") for of, result in chosen if of is curve]
    tasks: dict[str, tuple[Network, list[Spot]]] = {}
    for curve, result, gradient in wanted:
        profile = plan.profiles[curve.profile] if result is None else result.configuration.varied
        for seed in plan.seeds:
            training = plan.training(curve.profile, curve.surrogate, seed)
            task = Network(training, gradient, profile, plan.options.samples, digests[curve.profile], versions)
            tasks.setdefault(task.key, (task, []))[1].append(Spot(curve, result, gradient, seed))
    return tasks


def layered_tasks(
    plan: Plan, curve: Curve, layered: Layered, digests: Mapping[str, str]
) -> dict[str, tuple[Network, list[Spot]]]:
    """By key: the networks, one for each seed, whose layers have tables of their own."""
    versions = tuple(f"{package} {version(package)}" for package in VERSIONS)
    layers = tuple((name, result.configuration.varied) for name, result in layered.tables.items())
    tasks: dict[str, tuple[Network, list[Spot]]] = {}
    for seed in plan.seeds:
        training, digest = plan.training(curve.profile, curve.surrogate, seed), digests[curve.profile]
        task = Network(training, "table", layers[0][1], plan.options.samples, digest, versions, layers)
        tasks.setdefault(task.key, (task, []))[1].append(Spot(curve, None, "table", seed, layered))
    return tasks


def data_digests(plan: Plan) -> dict[str, str]:
    """A hash of the data as each profile gets them; nothing if no network is wanted. Raises UserError."""
    if plan.options.train == "none":
        return {}
    surrogate, seed = plan.surrogates[0], plan.seeds[0]
    return {name: prepared_job(plan.training(name, surrogate, seed)).data.digest for name in plan.profiles}


def read_as(plan: Plan) -> str:
    """What the numbers of the data were taken for. Raises UserError."""
    return prepared_job(plan.training(next(reversed(plan.profiles)), plan.surrogates[0], plan.seeds[0])).data.read_as
