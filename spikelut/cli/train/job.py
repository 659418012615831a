"""What `spikelut train` is to do: its options, checked and made into objects."""

import os
import platform
import shutil
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

import torch
from torch import nn

from spikelut import hw_profiles
from spikelut.cli.data.datasets import Dataset, load_dataset, with_always_on
from spikelut.cli.networks.layers import check_layers, own_bits, parse_bits
from spikelut.cli.networks.own_model import NOT_WITH_IT, OwnModel, own_errors
from spikelut.cli.networks.shape import Shape
from spikelut.cli.options.train_options import Options as Options
from spikelut.cli.shared.architecture import short_form
from spikelut.cli.shared.errors import UserError, user_errors
from spikelut.cli.shared.option_values import parse_device, parse_surrogate
from spikelut.cli.shared.recipe import VARIANTS, Recipe, recipe_for
from spikelut.cli.train.loop import Split
from spikelut.cli.train.network import Builder, bits_by_layer, build_network
from spikelut.hw_profiles import Profile
from spikelut.quant import IntegerNetwork, LUTSurrogate, check, compile_neurons, integer
from spikelut.surrogates import Surrogate
from spikelut.training import folds, split

PACKAGES = ("spikelut", "torch", "brevitas", "numpy", "onnx", "onnxruntime", "scikit-learn", "safetensors")


@dataclass(frozen=True, eq=False)
class Job:
    """The options made into objects."""

    options: Options
    recipe: Recipe
    profile: Profile
    surrogate: Surrogate
    lut: LUTSurrogate
    data: Dataset
    shape: Shape
    weight_bits: int
    variants: tuple[str, ...]
    device: torch.device
    versions: dict[str, str]
    train: Split
    test: Split
    val: Split | None = None
    own: OwnModel | None = None
    layer_bits: dict[str, int] = field(default_factory=dict)

    def builder(self, slope: LUTSurrogate | Surrogate, *, floats: bool = False) -> Builder:
        """What makes its networks."""
        return Builder(self.recipe, self.profile, slope, None if floats else self.weight_bits, self.layer_bits)

    def network(self, slope: LUTSurrogate | Surrogate, *, floats: bool = False) -> nn.Module:
        """A network as the seed makes it; the same weights for every `slope`."""
        torch.manual_seed(self.options.seed)
        if self.own is not None:
            network = self.own.network(self.profile, slope, self.shape).to(self.device)
        else:
            network = build_network(self.builder(slope, floats=floats), self.shape).to(self.device)
        if self.options.compiled:
            compile_neurons(network)
        return network

    def gain(self, slope: LUTSurrogate | Surrogate, *, floats: bool = False) -> float:
        """How much larger weights are than those of a float network; 1 of the user's own."""
        return 1.0 if self.own is not None else self.builder(slope, floats=floats).gain

    def integers(self, model: nn.Module) -> IntegerNetwork:
        """The integer network of a model for these data."""
        example = None if self.own is None else (len(self.data.spikes), 1, *self.shape.inputs)
        return integer(model, largest_input=self.data.largest, example=example)

    @property
    def deploys(self) -> bool:
        """Whether there is a network of integers to be deployed."""
        return self.options.deploy is not False and self.variants != ("float",)

    @property
    def deployed(self) -> str:
        """The variant that the run is about: whose weights are written, and which is deployed."""
        return next(kind for kind in ("table", "analytic", "ptq", "float") if kind in self.variants)

    @property
    def name(self) -> str:
        """The network's sizes, as 784-128-10; of the user's own what was given."""
        if self.own is not None:
            return self.own.text
        inputs = "x".join(map(str, self.shape.inputs))
        return "-".join([inputs, *short_form(self.recipe.layers).replace(" ", "").split(","), str(self.shape.classes)])


def prepare(options: Options, device: torch.device | None = None) -> Job:
    """Load and check everything the options name; `device` stands in for theirs. Raises UserError."""
    with user_errors():
        profile = hw_profiles.load(options.profile)
        recipe = recipe_for(options.recipe, options.data, **options.changes)
        profile = profile if recipe.grid_frac is None else profile.with_grid(recipe.grid_frac)
        profile = profile if recipe.membrane_bits is None else profile.with_membrane(recipe.membrane_bits)
        surrogate = parse_surrogate(recipe.surrogate)
        device = parse_device(options.device) if device is None else device
        variants = _own_variants(options) if options.model else _variants(options.variants, recipe.fine_tune)
        if recipe.batch_norm and profile.bias is None:
            raise ValueError(f"batch-norm needs neurons with a bias, which {profile.name} has not")
        if recipe.calibrate != "nearest" and "ptq" not in variants and recipe.fine_tune is None:
            raise ValueError("calibrate needs ptq among variants, or fine-tune: nothing else is converted")
        if options.compiled and shutil.which(os.environ.get("CXX", "g++")) is None:
            raise ValueError("compile needs a C++ compiler: install g++, or name another as CXX")
        if recipe.per_channel and not profile.weight.per_channel:
            raise ValueError(f"per-channel needs a scale for each neuron, {profile.name} has one for a layer")
        top = profile.weight.bits
        given, named_bits = parse_bits(options.weight_bits)
        bits = top if given is None else given
        if not 2 <= bits <= top:
            raise ValueError(f"--weight-bits must be in 2..{top} on {profile.name}, got {bits}")
        layer_bits = {**own_bits(recipe), **named_bits}
        if layer_bits and options.model is not None:
            raise ValueError("weight-bits must be one number with model, which can give its layers others")
        lut = LUTSurrogate(surrogate, profile).to(device)
        own = None if options.model is None else _own(options, bits)
        data = load_dataset(options.data, recipe, options.events, images=own is not None)
        if recipe.flip and data.spikes.ndim != 5:
            needs = "flip needs images [T, N, C, H, W] and a first layer that takes them"
            raise ValueError(f"{needs}, got samples of {data.spikes.ndim - 2} dimension")
        if own is None and recipe.bias and profile.bias is None and data.spikes.ndim == 3:
            data = with_always_on(data)
        repeated = data.steps if len(data.spikes) == 1 and data.steps > 1 else None
        shape = Shape(tuple(data.spikes.shape[2:]), data.classes, data.input_step, repeated)
        versions = {"python": platform.python_version(), **{package: version(package) for package in PACKAGES}}
        # Finds what the profile cannot hold before training.
        if own is not None:
            model = own.network(profile, lut, shape)
            with own_errors(own.text):
                _check_own(model, data, shape, deployed=options.deploy is not False)
        else:
            builder = Builder(recipe, profile, lut, bits, layer_bits)
            check_layers(recipe, shape, variants)
            bits_by_layer(build_network(replace(builder, layer_bits={}), shape), builder)
            if variants != ("float",):
                integer(build_network(builder, shape), largest_input=data.largest)
    spikes, labels = torch.from_numpy(data.spikes).to(device), torch.from_numpy(data.labels).to(device)
    masks = [~data.test if data.val is None else ~data.test & ~data.val, data.test]
    masks += [] if data.val is None else [data.val]
    marked = [torch.from_numpy(mask).to(device) for mask in masks]
    train, held, *val = (Split(spikes[:, mask], labels[mask], data.input_step) for mask in marked)
    if val and (options.val is not None or options.folds is not None):
        raise UserError("val and folds must not be given: the data say which samples validate")
    if options.patience is not None and not val and options.val is None and options.folds is None:
        raise UserError("patience needs val or folds: the test samples must not choose an epoch")
    _check_batches(recipe, len(train))
    setup = (options, recipe, profile, surrogate, lut, data, shape, bits, variants, device, versions, train, held)
    return Job(*setup, val[0] if val else None, own, layer_bits)


def _own(options: Options, bits: int) -> OwnModel:
    """The user's own network; ValueError for options that say something of another."""
    given = [name.replace("_", "-") for name in NOT_WITH_IT if options.changes.get(name) is not None]
    if given:
        raise ValueError(f"{', '.join(given)} must not be given with model, which says what the network is")
    return OwnModel.load(options.model or "", bits)


def _check_own(model: nn.Module, data: Dataset, shape: Shape, *, deployed: bool) -> None:
    """ValueError, with all that is wrong, unless a network of the user's own runs on the data and can be deployed."""
    x = torch.from_numpy(data.spikes[:, :2]).float() * data.input_step
    if deployed:
        found = check(model, x, largest_input=data.largest)
        if not found.ok:
            problems = "\n".join(found.problems)
            raise ValueError(f"model cannot be deployed:\n{problems}\n--no-deploy trains it all the same")
    with torch.no_grad():
        out = model.eval()(x)
    fits = isinstance(out, torch.Tensor) and out.shape[-1:] == (shape.classes,) and out.ndim in (2, 3)
    if not fits:
        got = list(out.shape) if isinstance(out, torch.Tensor) else type(out).__name__
        raise ValueError(f"model must give [T, B, {shape.classes}], or [B, {shape.classes}], got {got}")


def _own_variants(options: Options) -> tuple[str, ...]:
    """Those of a network of the user's own: made with the table, with the curve; not deployed, also for itself."""
    named = _named(options.variants)
    if options.deploy is False:
        if not named <= {"table", "analytic", "float"}:
            raise ValueError(f"variants must be of table, analytic, float with model, got {options.variants!r}")
        return tuple(kind for kind in VARIANTS if kind in named)
    if not named <= {"table", "analytic"}:
        raise ValueError(f"variants must be of table, analytic with model, got {options.variants!r}")
    return tuple(kind for kind in VARIANTS if kind in named | {"table"})


def _variants(text: str, fine_tune: int | None) -> tuple[str, ...]:
    """The variants named and those another needs, in their order; `table` too, unless all that is named is floats."""
    named = _named(text)
    if not named <= set(VARIANTS):
        raise ValueError(f"variants must be of {', '.join(VARIANTS)}, got {text!r}")
    if not named <= {"float", "ptq"} or fine_tune is not None:
        named |= {"table"}
    named |= {"float"} if fine_tune is not None or "ptq" in named else set()
    return tuple(kind for kind in VARIANTS if kind in named)


def _named(text: str) -> set[str]:
    return {part.strip() for part in text.split(",")}


def parts_of(job: Job) -> dict[str, Job]:
    """The runs that a job is, by name: one without any, or one for each seed and fold."""
    options, found = job.options, {}
    several_folds = options.folds is not None and options.fold is None
    for seed in range(options.seed, options.seed + options.seeds):
        for fold in range(options.folds or 1) if several_folds else [options.fold]:
            name = [f"seed-{seed}"] if options.seeds > 1 else []
            name += [f"fold-{fold}"] if several_folds else []
            one = replace(options, seed=seed, seeds=1, fold=fold, out=str(Path(options.out, "-".join(name))))
            found["-".join(name)] = replace(job, options=one)
    return found


def with_validation(job: Job) -> Job:
    """A job whose validation samples are held out of its training samples, by its options. Raises UserError."""
    options, train = job.options, job.train
    if options.fold is None and options.val is None:
        return job
    groups = job.data.groups if job.data.groups is None else job.data.groups[~job.data.test]
    with user_errors():
        if options.fold is None:
            rest, held = split(train, options.val or 0.0, options.seed, groups)
        else:
            rest, held = folds(train, options.folds or 0, options.seed, groups)[options.fold]
    _check_batches(job.recipe, len(rest))
    return replace(job, train=train.part(rest.indices), val=train.part(held.indices))


def _check_batches(recipe: Recipe, samples: int) -> None:
    if recipe.batch_norm and samples % recipe.batch == 1 % recipe.batch:
        raise UserError(f"batch must not leave one sample alone, for batch norm: {samples} by {recipe.batch}")
