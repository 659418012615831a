"""The options of `spikelut train`, as given: on the command line, in a config file, or in the record of a run."""

import json
import shlex
from collections.abc import Mapping, Set
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from spikelut.cli.options.config import as_yaml, read_config, typed
from spikelut.cli.options.typer_options import optional_types
from spikelut.cli.shared.architecture import Layers, LayerSettings, layers_of
from spikelut.cli.shared.recipe import NET, RECIPES, Recipe, recipe_for
from spikelut.cli.shared.settings import check_settings, option_name, setting, settings_of

CHOICE, SCALE = "Validation and repetition", "Time and machines"
"""Panels of the help."""
STATE, OPTIONS = "training", "options.json"
"""Where a training that goes on keeps how it began, in its folder."""
RECORD, SUMMARY = "run.json", "summary.json"
"""What a run was, and several were, once they are finished."""
MEASURES = ("gradients", "deployment", "activity")
ALWAYS = ("profile", "data", "out", "seed", "device", "variants")
"""Options that the command which is recorded names even where they are as by default."""


@dataclass(frozen=True)
class Options:
    """What is trained, how often, and where to; `changes` are those of the recipe, by name, None where not given."""

    profile: str = setting("loihi2", "Hardware profile: a name, or the path of a .toml file.")
    data: str = setting(
        "digits",
        "The data: 'digits'; 'fashion-mnist' (Debian's dataset-fashion-mnist); a folder of "
        "IDX files; an .npz file with x, y and optionally test and val; or MODULE:CALLABLE, a"
        " function that returns data sets (train, test) or (train, val, test) of (x [T, ...],"
        " y).",
    )
    out: str = setting("runs/digits", "Folder for the results.")
    seed: int = setting(0, "Seed for weights, batches and dropout.", low=0, high=2**32 - 1, early=True)
    weight_bits: int | str | None = setting(
        None,
        "Weight bits: one number for all layers, or by name, such as conv1=4,linear2=8. Default: the profile's.",
        NET,
    )
    device: str = setting("cpu", "Where to train: cpu, cuda or cuda:N.")
    compiled: bool = setting(
        False,
        "Compile the neurons. This makes large layers faster, and needs a C++ compiler.",
        names="--compile/--no-compile",
    )
    variants: str = setting(
        "table,analytic",
        "Networks to train, separated by commas. table, analytic: in the chip's integers, "
        "with the gradient of the table or of the curve. float: in floats. ptq: the float "
        "network, converted after training.",
    )
    recipe: str | None = setting(None, "Use the defaults of digits, fashion-mnist or mnist, for any data.")
    changes: dict[str, Any] = field(default_factory=dict)
    events: bool | None = setting(
        None, "Whether x has event counts or images. Default: by its type and axes.", names="--events/--images"
    )
    model: str | None = setting(
        None,
        "MODULE:CALLABLE, a function that makes the network, instead of --layers: any torch "
        "module over [T, B, ...] with spikelut's layers. MODULE is searched for in the "
        "current folder first. The function is called with those of profile, surrogate, "
        "inputs, classes, input_step, weight_bits and steps that are among its parameters.",
        NET,
    )

    deploy: bool | None = setting(
        None,
        "Turn the network into integers and write files. A --model that cannot be deployed is"
        " refused, unless you give --no-deploy.",
        names="--deploy/--no-deploy",
    )
    measure: str = setting(
        "all",
        "What to measure besides accuracy, separated by commas. gradients: after each epoch "
        "and at the end. deployment: on all test samples. activity: firing rates, answers, "
        "synaptic operations. Or all, or none.",
        names="--measure",
    )
    val: float | None = setting(
        None,
        "Share of the training samples to hold out for validation. The result is the epoch "
        "that does best on them, and the test samples are used once, at the end.",
        CHOICE,
        low=0.001,
        high=0.9,
    )
    folds: int | None = setting(
        None,
        "Cross-validation: divide the training samples into N parts, and do N runs that each hold out one of them.",
        CHOICE,
        low=2,
        high=1000,
    )
    fold: int | None = setting(None, "Do only this run of --folds, counted from 0.", CHOICE, low=0, high=999)
    seeds: int = setting(
        1, "Do N runs, with seeds from --seed on, and report mean and spread.", CHOICE, low=1, high=1000
    )
    patience: int | None = setting(
        None, "Stop after N epochs without improvement. Needs validation samples.", CHOICE, low=1, high=100_000
    )
    checkpoint_minutes: float | None = setting(
        None, "Write a checkpoint every N minutes too, not only after each epoch.", SCALE, low=0.01, high=1e6
    )
    devices: int = setting(1, "Number of devices, with one process each.", SCALE, low=1, high=4096)
    num_nodes: int = setting(
        1, "Number of machines, with --devices each. Start the command with torchrun.", SCALE, low=1, high=4096
    )
    precision: str = setting(
        "32-true", "Precision of Lightning Fabric: 32-true, 64-true or bf16-mixed. Integer layers stay exact.", SCALE
    )

    def __post_init__(self) -> None:
        check_settings(self)
        if self.val is not None and self.folds is not None:
            raise ValueError("val must not be given with folds, which hold out a part each")
        if self.fold is not None and (self.folds is None or self.fold >= self.folds):
            raise ValueError(f"fold must be one of folds, from 0, got {self.fold} of {self.folds}")
        if self.seed + self.seeds > 2**32:
            raise ValueError(f"seed + seeds must be at most {2**32}, got {self.seed + self.seeds}")
        self.measured  # noqa: B018  # which raises

    @property
    def several(self) -> bool:
        """Whether there are several runs, each in a folder inside `out`."""
        return self.seeds > 1 or (self.folds is not None and self.fold is None)

    @property
    def measured(self) -> frozenset[str]:
        """What is measured, of MEASURES."""
        named = frozenset(part.strip() for part in self.measure.split(","))
        if named in ({"all"}, {"none"}):
            return frozenset(MEASURES) if named == {"all"} else frozenset()
        if not named <= set(MEASURES):
            raise ValueError(f"measure must be of {', '.join(MEASURES)}, or all or none, got {self.measure!r}")
        return named

    @property
    def given(self) -> dict[str, Any]:
        """All of them by name, as plain data."""
        changes = dict(self.changes)
        if changes.get("layers") is not None:
            changes["layers"] = plain_layers(changes["layers"])
        own = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "changes"}
        return {**own, **changes}

    @property
    def command(self) -> str:
        """The command line that does the same."""
        abouts = {f.name: (f.default, about.names) for f, about in settings_of(self)}
        abouts |= {f.name: (None, about.names) for f, about in settings_of(Recipe)}
        words = ["spikelut train"]
        for name, value in self.given.items():
            default, names = abouts[name]
            if value is None or (value == default and name not in ALWAYS):
                continue
            yes, _, no = (names or f"--{name.replace('_', '-')}").partition("/")
            if isinstance(value, bool):
                words.append(yes if value else no)
            else:
                text = json.dumps(value) if isinstance(value, list) else str(value)
                words.append(f"{yes} {shlex.quote(text)}")
        return " ".join(words)

    def config(self) -> str:
        """A config file, in YAML, with all of them and with what the recipe comes to."""
        recipe = plain_recipe(recipe_for(self.recipe, self.data, **self.changes))
        own = {f.name: getattr(self, f.name) for f, _ in settings_of(self)}
        own["compile"] = own.pop("compiled")
        return as_yaml({**own, **recipe})


def plain_recipe(recipe: Recipe) -> dict[str, Any]:
    """A recipe as plain data."""
    return {**asdict(recipe), "layers": plain_layers(recipe.layers)}


def plain_layers(layers: Layers) -> str | list[dict[str, Any]]:
    """Layers in the short form, or of each what is said of it."""
    return layers if isinstance(layers, str) else [layer.given for layer in layers]


def options_of(given: Mapping[str, Any], config: Path | None) -> Options:
    """The options in a config file, if there is one, with those in its place that are given: not None.

    Raises ValueError for keys that are none and values of the wrong type, OSError if the file cannot be read.
    """
    hints = {**optional_types(Options), **optional_types(Recipe), "layers": int | str | list}
    found: dict[str, Any] = {}
    if config is not None:
        read = read_config(config)
        if "compile" in read:
            read["compiled"] = read.pop("compile")
        found = typed(read, hints, str(config))
    found |= {name: value for name, value in given.items() if value is not None}
    if "layers" in found:
        found["layers"] = _layers(found["layers"], str(config) if given.get("layers") is None else "layers")
    if isinstance(found.get("weight_bits"), str) and found["weight_bits"].isdigit():
        found["weight_bits"] = int(found["weight_bits"])
    own = {f.name for f, _ in settings_of(Options)}
    changes = {f.name: found.get(f.name) for f, _ in settings_of(Recipe)}
    return Options(**{name: value for name, value in found.items() if name in own}, changes=changes)


def resumed_options(asked: Options, said: Set[str]) -> Options:
    """The options with which the training in the folder `asked.out` began.

    Raises ValueError if there is none, or if options that are `said` are others than those.
    """
    out = Path(asked.out)
    path = next((p for p in (out / STATE / OPTIONS, out / RECORD, out / SUMMARY) if p.is_file()), None)
    if path is None:
        raise ValueError(
            f"resume needs a training in out, got {asked.out}, where there is none: begin one without --resume"
        )
    began = replace(options_of({}, path), out=asked.out)
    other = [option_name(name) for name, value in began.given.items() if name in said and asked.given[name] != value]
    if other:
        raise ValueError(f"resume goes on with the options that the training began with; {', '.join(other)} differ")
    return began


def _layers(given: int | str | list[Any], who: str) -> Layers:
    """Layers in the short form, or with their settings: a list, or its JSON."""
    if isinstance(given, str) and given.lstrip().startswith("["):
        try:
            given = json.loads(given)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"layers must be JSON where they begin with [: {error}") from None
    if not isinstance(given, list):
        return str(given)
    hints = optional_types(LayerSettings)
    found: list[LayerSettings] = []
    for number, item in enumerate(given):
        where = f"{who}: layers[{number}]"
        if isinstance(item, int | str):
            found += layers_of([str(item)])
            continue
        if not isinstance(item, dict):
            raise ValueError(f"{where} must be a size, or its settings as {{size: 128, beta: 0.9}}, got {item!r}")
        values = {str(key).replace("-", "_"): value for key, value in item.items() if value is not None}
        try:
            found.append(LayerSettings(**typed(values, hints, where)))
        except ValueError as error:
            raise error if str(error).startswith(where) else ValueError(f"{where}: {error}") from None
    return tuple(found)


def defaults() -> dict[str, str]:
    """What the help says of the defaults: of the command, and of the recipes where these differ."""
    found = {f.name: _word(f.default) for f, _ in settings_of(Options) if _word(f.default) not in ("", "no")}
    for f, _ in settings_of(Recipe):
        values = {name: _word(getattr(recipe, f.name)) for name, recipe in RECIPES.items()}
        first = values["digits"]
        others = {text: " and ".join(n for n, t in values.items() if t == text) for text in values.values()}
        texts = [first, *(f"of {names} {text}" for text, names in others.items() if text != first)]
        if len(texts) > 1 or first not in ("", "no"):
            found[f.name] = "; ".join(filter(None, texts))
    return found


def _word(value: Any) -> str:
    return "" if value is None else "yes" if value is True else "no" if value is False else str(value)
