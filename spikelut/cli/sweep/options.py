"""The options of `spikelut sweep`, as given and as they are understood."""

import re
import shlex
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_args, get_type_hints

from spikelut.cli.shared.option_values import parse_profiles, parse_surrogates
from spikelut.cli.shared.recipe import Recipe, recipe_for
from spikelut.cli.sweep.grid import Axes, parse_integers, parse_roundings, written
from spikelut.cli.train.job import Options
from spikelut.hw_profiles import Profile

EPOCHS_SHARE = 3
"""Networks of a sweep are trained for this part of the epochs of the recipe, if not told otherwise."""


@dataclass(frozen=True)
class SweepOptions:
    """The options of the command, as given."""

    surrogates: str = "arctan"
    profiles: str = "loihi2"
    entries: str = "8..1024"
    segments: str = "2..8"
    value_bits: str = "3..16"
    rounding: str = ""
    keep: float = 0.99
    train: str = "pareto"
    max_networks: int = 24
    loss: float = 0.5
    data: str = "digits"
    seeds: str = "0..2"
    epochs: int | None = None
    samples: int | None = None
    weight_bits: int | None = None
    recipe: str | None = None
    settings: tuple[str, ...] = ()
    backend: str = "loky"
    scheduler: str | None = None
    jobs: int | None = None
    out: str = "runs/sweep"
    results: str = "sweep.csv"
    fresh: bool = False
    json: bool = False
    events: bool | None = None
    per_layer: bool = False

    @property
    def command(self) -> str:
        """The command line that does the same."""
        words = ["spikelut sweep"]
        for f in fields(self):
            value = getattr(self, f.name)
            if f.name == "settings":
                words += [f"--set {shlex.quote(setting)}" for setting in value]
            elif f.name == "events":
                words += [] if value is None else ["--events" if value else "--images"]
            elif value is True:
                words.append(f"--{f.name.replace('_', '-')}")
            elif value != f.default:
                words.append(f"--{f.name.replace('_', '-')} {shlex.quote(str(value))}")
        return " ".join(words)


@dataclass(frozen=True)
class Plan:
    """The options understood.

    - `changes`: what is given to every training beside surrogate and seed.
    """

    options: SweepOptions
    profiles: dict[str, Profile]
    surrogates: tuple[str, ...]
    axes: Axes
    seeds: tuple[int, ...]
    changes: dict[str, Any]

    def training(self, profile: str, surrogate: str, seed: int) -> Options:
        """The options of `spikelut train` for a network."""
        given = self.options
        return Options(
            profile=profile,
            data=given.data,
            out="",
            seed=seed,
            weight_bits=given.weight_bits,
            device="cpu",
            compiled=False,
            variants="table",
            recipe=given.recipe,
            changes={**self.changes, "surrogate": surrogate},
            events=given.events,
        )


def understand(options: SweepOptions) -> Plan:
    """The plan; ValueError or OSError for wrong input."""
    surrogates = tuple(dict.fromkeys(map(written, parse_surrogates(options.surrogates))))
    axes = Axes(
        parse_integers("entries", options.entries, doubling=True),
        parse_integers("segments", options.segments),
        parse_integers("value-bits", options.value_bits),
        parse_roundings(options.rounding),
    )
    profiles = parse_profiles(options.profiles)
    seeds = parse_integers("seeds", options.seeds)
    if not seeds:
        raise ValueError("seeds must name one seed or more, got none")
    if Path(options.results).suffix not in (".csv", ".parquet") or Path(options.results).name != options.results:
        raise ValueError(f"results must be the name of a .csv or .parquet file, got {options.results!r}")
    for name, low, high in (("keep", 0, 1), ("loss", 0, 100), ("max_networks", 1, 100_000)):
        value = getattr(options, name)
        if not low <= value <= high:
            raise ValueError(f"{name.replace('_', '-')} must be in {low}..{high}, got {value}")
    if options.per_layer and options.train != "smallest":
        raise ValueError(f"per-layer needs train smallest, got {options.train!r}")
    changes = dict(map(parse_setting, options.settings))
    recipe = recipe_for(options.recipe, options.data, **changes)
    epochs = options.epochs or changes.get("epochs") or -(-recipe.epochs // EPOCHS_SHARE)
    return Plan(options, profiles, surrogates, axes, seeds, {**changes, "epochs": epochs})


def parse_setting(text: str) -> tuple[str, Any]:
    """`batch=64`: a setting of the recipe of `spikelut train` and its value."""
    name, equals, value = text.partition("=")
    name = name.strip().replace("-", "_")
    hints = {key: hint for key, hint in get_type_hints(Recipe).items() if key != "surrogate"}
    if not equals or name not in hints:
        raise ValueError(f"set must be NAME=VALUE with a name of {', '.join(hints)}, got {text!r}")
    kinds = {type(a) if not isinstance(a, type) else a for a in get_args(hints[name])} or {hints[name]}
    if bool in kinds and value in ("true", "false"):
        return name, value == "true"
    if int in kinds and re.fullmatch(r"\d{1,9}", value):
        return name, int(value)
    if float in kinds:
        try:
            return name, float(value)
        except ValueError:
            pass
    if str in kinds:
        return name, value
    wanted = "true or false" if bool in kinds else "an integer" if int in kinds else "a number"
    raise ValueError(f"set: {name.replace('_', '-')} must be {wanted}, got {value!r}")
