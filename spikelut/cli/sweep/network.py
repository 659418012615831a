"""One network of a sweep: trained as `spikelut train` does it."""

import threading
import time
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import torch

from spikelut.cli.shared.errors import UserError, user_errors
from spikelut.cli.shared.option_values import parse_surrogate
from spikelut.cli.shared.recipe import recipe_for
from spikelut.cli.shared.work import work_of
from spikelut.cli.sweep.pointwise import identity, ignore_table_warnings
from spikelut.cli.sweep.store import key_of, numbers_of
from spikelut.cli.train.job import Job, Options, prepare
from spikelut.cli.train.loop import Split, fit
from spikelut.hw_profiles import Profile
from spikelut.quant import LUTSurrogate

Gradient = Literal["table", "analytic", "float"]
"""Of the table; of the curve, in the chip's integers; or of the curve, in a network of floats."""

VERSIONS = ("spikelut", "torch", "brevitas", "numpy")

ONE_AT_A_TIME = threading.Lock()
"""Held while a network is trained: torch draws the random numbers of all threads of a process from one generator."""

_prepared: dict[str, Job] = {}
"""The job whose data this process holds, by what the data depend on; one at most."""


@dataclass(frozen=True)
class Network:
    """A network to train.

    - `options` of `spikelut train`, the surrogate and the seed among them; `profile`: the chip, with the table.
    - `samples`: train with so many samples, the same for every network; None: with all.
    - `layers`: by the names of neurons the chip with the table that these have instead.
    - `data`: the hash of the data, of `Dataset.digest`; `versions` of the packages that matter.
    """

    options: Options
    gradient: Gradient
    profile: Profile
    samples: int | None
    data: str
    versions: tuple[str, ...]
    layers: tuple[tuple[str, Profile], ...] = ()

    @property
    def key(self) -> str:
        """The name of its result."""
        options = self.options
        recipe = recipe_for(options.recipe, options.data, **options.changes)
        matters = {
            "what": self.gradient,
            "recipe": {**asdict(recipe), "surrogate": identity(parse_surrogate(recipe.surrogate))},
            "options": [options.seed, options.weight_bits, options.device, options.compiled],
            "profile": numbers_of(self.profile),
            "samples": self.samples,
            "data": self.data,
            "versions": self.versions,
        }
        if self.layers:
            matters["layers"] = {name: numbers_of(profile) for name, profile in self.layers}
        return key_of(matters)

    def run(self) -> dict[str, Any]:
        """Accuracy, losses, seconds, and `work` of `work_of`, or under `failed` what the user can put right."""
        ignore_table_warnings()
        try:
            with ONE_AT_A_TIME, user_errors():
                return self._train()
        except UserError as error:
            return {"failed": str(error)}

    def _train(self) -> dict[str, Any]:
        torch.set_num_threads(1)  # of this thread: one a worker
        started = time.perf_counter()
        prepared = prepared_job(self.options)
        surrogate, floats = parse_surrogate(self.options.changes["surrogate"]), self.gradient == "float"
        job = replace(prepared, options=self.options, profile=self.profile, surrogate=surrogate)
        slope = LUTSurrogate(surrogate, self.profile).to(job.device) if self.gradient == "table" else surrogate
        network = job.network(slope, floats=floats)
        for name, profile in self.layers:
            neurons: Any = network.get_submodule(name)
            neurons.surrogate = LUTSurrogate(surrogate, profile).to(job.device)
        train, gain = subset(job.train, self.samples), job.gain(slope, floats=floats)
        history = fit(network, train, job.test, job.recipe, lambda *_: None, gain=gain)
        seconds = round(time.perf_counter() - started, 2)
        work = None if floats else work_of(job.integers(network.eval()), job.test.spikes)
        losses = [epoch.loss for epoch in history]
        return {**history[-1].measured, "losses": losses, "seconds": seconds, "work": work}


def prepared_job(options: Options) -> Job:
    """The job of `options` but for their curve and seed; its data are loaded once a process. Raises UserError."""
    changes = {name: value for name, value in options.changes.items() if name != "surrogate"}
    common = replace(options, seed=0, changes=changes)
    if repr(common) not in _prepared:
        _prepared.clear()
        _prepared[repr(common)] = prepare(common)
    return _prepared[repr(common)]


def layers_with_tables(options: Options) -> list[str]:
    """The names of the neurons that read a table, in their order. Raises UserError."""
    job = prepared_job(options)
    modules = job.network(job.lut).named_modules()
    return [name for name, module in modules if isinstance(getattr(module, "surrogate", None), LUTSurrogate)]


def subset(split: Split, samples: int | None) -> Split:
    """So many samples of `split`, drawn once and for all."""
    if samples is None or samples >= len(split):
        return split
    order = torch.randperm(len(split), generator=torch.Generator().manual_seed(0))[:samples].sort().values
    order = order.to(split.labels.device)
    return Split(split.spikes[:, order], split.labels[order], split.input_step)
