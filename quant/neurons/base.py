"""What layers of neurons have in common: the integers in force, learned values, and a sequence of time steps."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple, cast
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor, nn

from spikelut import native
from spikelut._checks import require, require_flags, require_int
from spikelut._text import BriefModule, value_text
from spikelut.hw_profiles import Profile
from spikelut.quant.arithmetic.full_precision import exact
from spikelut.quant.arithmetic.per_neuron import Reals, count, is_each, reals_of, shown_values
from spikelut.quant.arithmetic.traceable import (
    break_compiled,
    is_unbranched,
    refuse_recording,
    refuse_transforms,
    steps_as_recorded,
)
from spikelut.quant.backends.contract import Inputs, LayerSpec
from spikelut.quant.backends.dispatch import run_layer
from spikelut.quant.dynamics.bias import bias_codes, bias_on_grid
from spikelut.quant.dynamics.kind import Dynamics
from spikelut.quant.dynamics.kinds import dynamics_of
from spikelut.quant.dynamics.leak import Leak, betas
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec, neuron_of, threshold_code, thresholds
from spikelut.quant.neurons.bias_layers import bias_layers_of, shift_of
from spikelut.quant.tables.lut_surrogate import LUTSurrogate, require_table_of
from spikelut.surrogates import Surrogate


class _Output(NamedTuple):
    out: Tensor
    mem: Tensor
    syn: Tensor


class LayerOutput(_Output):
    """What a layer gives: spikes, or of a read-out membranes, [T, B, ...]; and its last states [B, ...].

    It is unpacked as `out, mem, syn`, of which `mem` is the first of the states. `states`: all states of the neurons by
    name, these two, where it has them, and the others; they are taken as `states=` again.
    """

    states: dict[str, Tensor]

    @classmethod
    def of(cls, out: Tensor, states: dict[str, Tensor], syn: Tensor) -> "LayerOutput":
        """With `syn` where there is no synaptic current."""
        made = cls(out, next(iter(states.values())), states.get("syn", syn))
        made.states = states
        return made


class _Pair(NamedTuple):
    out: Tensor
    mem: Tensor


class MembraneOutput(_Pair):
    """The same of a layer without a synaptic current, unpacked as `out, mem`; `states`: all of them by name."""

    states: dict[str, Tensor]

    @classmethod
    def of(cls, out: Tensor, states: dict[str, Tensor]) -> "MembraneOutput":
        """With the membrane of `states`."""
        made = cls(out, states["mem"])
        made.states = states
        return made


class SpikingLayer(nn.Module):
    """A layer that gives spikes, or of a read-out membranes, [T, B, ...]."""


class Neuron(BriefModule, SpikingLayer):
    """What the layers of neurons have in common; see `LIF`."""

    synapse: SynapseSpec | None
    others: dict[str, Any]
    """Further parts of the neuron kind, by name; see `dynamics.kinds.PARTS`."""
    raw_beta: nn.Parameter | None
    raw_threshold: nn.Parameter | None
    bias: nn.Parameter | None
    bias_layers: tuple[nn.Module, ...]
    """Layers with batch norm, modules of the network and not of this one, whose shifts are the bias."""
    torch_compiled: bool = False

    def __init__(
        self,
        profile: Profile,
        surrogate: LUTSurrogate | Surrogate | None,
        spec: LIFSpec,
        synapse: SynapseSpec | None,
        *,
        bias: Any,
        learn_beta: Reals | None,
        learn_threshold: Reals | None,
        truncate: int | None,
        others: dict[str, Any] | None = None,
    ) -> None:
        super().__init__()
        who = type(self).__name__
        self.others = {name: part for name, part in (others or {}).items() if part is not None}
        fits = surrogate is None or spec.threshold is not None
        require(fits, who, "threshold must be a number; a layer without is LI", None)
        require_table_of(who, surrogate, profile)
        self.bias_layers = bias_layers_of(who, bias, profile)
        if truncate is not None:
            require_int(who, "truncate", truncate, 1, 2**31)
        if learn_beta is not None:
            fixed = spec.leak.kind in ("none", "linear")
            require(not fixed, who, f"{profile.name} has no decay factor, so learn_beta must be False", True)
        self.profile, self.surrogate, self.synapse, self.truncate = profile, surrogate, synapse, truncate
        self._spec = spec
        self.raw_beta = _parameter("beta", learn_beta)
        self.raw_threshold = _parameter("threshold", learn_threshold)
        self.bias = nn.Parameter(torch.zeros(bias)) if isinstance(bias, int) else None

    @property
    def spec(self) -> LIFSpec:
        """The integers in force; of learned values those nearest to them now; AttributeError if these are NaN."""
        try:
            return self.in_force()
        except ValueError as error:
            raise AttributeError(str(error)) from error

    def in_force(self) -> LIFSpec:
        """The integers in force, as `spec`; ValueError if a learned value is NaN."""
        spec, profile = self._spec, self.profile
        if self.raw_beta is not None or self.raw_threshold is not None:
            refuse_recording(
                type(self).__name__, "fix what is learned, as quant.from_integer(quant.integer(model)) does"
            )
        if self.raw_beta is not None:
            decay = (spec.threshold is None and profile.readout_decay) or neuron_of(profile)[1]
            beta = _limited(self, "beta", self.raw_beta, *betas(decay, spec.membrane))
            spec = replace(spec, leak=Leak.rounded(decay, beta, spec.membrane))
        if self.raw_threshold is not None:
            threshold = _limited(self, "threshold", self.raw_threshold, *thresholds(profile))
            spec = replace(spec, threshold=threshold_code(profile, threshold))
        return spec

    @property
    def dynamics(self) -> Dynamics:
        """The neuron kind, with the integers in force; AttributeError if a learned value is NaN."""
        return dynamics_of(self.spec, self.synapse, **self.others)

    @property
    def state_names(self) -> tuple[str, ...]:
        """The names of the states of its kind, as `LayerOutput.states` has them; `mem` is the first."""
        return tuple(state.name for state in dynamics_of(self._spec, self.synapse, **self.others).states)

    @property
    def beta(self) -> Any:
        """The decay factor of the membrane in force: a float, or float64 [N] with one for each neuron or channel."""
        return real_values(self.spec.beta)

    @property
    def threshold(self) -> Any:
        """The threshold in force, as `beta`; AttributeError of a read-out, which has none."""
        spec = self.spec
        if spec.threshold is None:
            raise AttributeError("a read-out has no threshold")
        return real_values(spec.threshold * spec.membrane.step)

    def integer_bias(self) -> tuple[Tensor, int] | None:
        """Mantissas, int64, and their exponent, for mantissa * 2**exponent membrane codes; None without a bias."""
        bias = self.real_bias()
        if bias is None:
            return None
        require(bool(bias.isfinite().all()), type(self).__name__, "bias must be finite", "NaN or infinity")
        return bias_codes(bias.detach(), self.profile)

    def real_bias(self) -> Tensor | None:
        """What is added in every step before it is brought to the chip's format, [N]: learned, or of batch norm."""
        return shift_of(self.bias_layers, self.synapse) if self.bias_layers else self.bias

    def forward(self, current: Tensor) -> Tensor:
        """Spikes, or of a read-out membranes, [T, B, ...] for currents [T, B, ...], from rest."""
        return self.run(current).out

    def run(
        self,
        current: Tensor,
        mem: Tensor | None = None,
        syn: Tensor | None = None,
        weight: Tensor | None = None,
        last: Tensor | None = None,
        *,
        states: Mapping[str, Tensor | None] | None = None,
    ) -> LayerOutput:
        """All that a sequence gives, from these states or from rest; `weight` and `last` are those of `Recurrent`.

        `states`: by name, as `LayerOutput.states` has them; `mem` and `syn` may come by themselves instead.
        """
        who = type(self).__name__
        if not current.is_floating_point():
            raise TypeError(f"{who}: current must be a floating-point tensor, got {current.dtype}")
        require(current.ndim >= 2, who, "current must be [T, B, ...]", tuple(current.shape))
        break_compiled()
        refuse_transforms(who)
        current = steps_as_recorded(current)
        shape = current.shape[1:]
        given = mem is not None or syn is not None or states
        before = self._states_of(mem, syn, states or {}) if given else {}
        for name, state in before.items():
            found = shape if state is None else state.shape
            require(found == shape, who, f"{name} must be {tuple(shape)}", tuple(found))
        bias = self.real_bias()
        for name, tensor in {**before, "bias": bias}.items():
            where = current.device if tensor is None else tensor.device
            require(where == current.device, who, f"{name} must be on {current.device}, as current is", str(where))
        layer = self._layer(current)
        kind = layer.kind
        known = tuple(before.get(state.name) for state in kind.states)
        if kind.count is not None:
            self._check_each(kind, current.shape)
        learned = (_spread(values, len(shape)) for values in (self.raw_beta, self.raw_threshold))
        inputs = Inputs(current, cast(Any, known), weight, last, self._on_grid(bias, shape), *learned)
        out, last_states = run_layer(layer, inputs, who)
        ended = {state.name: after for state, after in zip(kind.states, last_states, strict=True)}
        # A current that this kind does not keep is handed on.
        current_state = before.get("syn")
        handed = torch.zeros_like(last_states[0]) if current_state is None else exact(current_state)
        return LayerOutput.of(out, ended, handed)

    def _layer(self, current: Tensor) -> LayerSpec:
        """What it computes with the integers in force; the same from call to call while these are."""
        learns = self.raw_beta is not None or self.raw_threshold is not None
        if learns or self.torch_compiled or not native.is_eager(current) or is_unbranched():
            kind = dynamics_of(self.in_force(), self.synapse, **self.others)
            return LayerSpec(kind, self.surrogate, self.truncate, self._kernel(kind))
        made_of = (self._spec, self.synapse, self.surrogate, self.truncate, *self.others.items())
        before, layer = _LAYERS.get(self, ((), None))
        if layer is None or not _are_same(before, made_of):
            layer = LayerSpec(dynamics_of(self._spec, self.synapse, **self.others), self.surrogate, self.truncate)
            _LAYERS[self] = made_of, layer
        return layer

    def _states_of(
        self, mem: Tensor | None, syn: Tensor | None, states: Mapping[str, Tensor | None]
    ) -> dict[str, Tensor | None]:
        """The states before the first step by name; ValueError for one that the kind lacks, or that comes twice."""
        who, apart = type(self).__name__, {"mem": mem, "syn": syn}
        names = self.state_names
        unknown = sorted(set(states) - set(names))
        require(not unknown, who, f"states must be of {', '.join(names)}", ", ".join(unknown))
        twice = [name for name, state in apart.items() if state is not None and states.get(name) is not None]
        require(not twice, who, "states must not have what is given by itself", ", ".join(twice))
        before = {**states, **{name: state for name, state in apart.items() if state is not None}}
        alone = "window" in names and before.get("mem") is not None and before.get("window") is None
        message = "mem must come with the steps of its window that are over: run(current, states=ended.states)"
        require(not alone, who, message, "mem alone")
        return before

    def _check_each(self, kind: Dynamics, shape: torch.Size) -> None:
        """ValueError unless values of each neuron are as many as neurons, or channels, in currents of `shape`."""
        values: dict[str, Any] = {}
        dynamics_of(self._spec, self.synapse, **self.others).mapped(lambda name, each: values.setdefault(name, each))
        for name, each in values.items():
            fits = not is_each(each) or (len(shape) >= 3 and shape[2] == len(each))
            message = f"current must be [T, B, {count(each)}, ...], as {name} is"
            require(fits, type(self).__name__, message, tuple(shape))

    def _kernel(self, kind: Dynamics) -> Any:
        if not self.torch_compiled or is_unbranched() or kind.count is not None or kind.notes:
            return None
        if kind.wide:  # Sums of 64 bits, of whole numbers alone, come out of torch's compiler cut to 32.
            return None
        from spikelut.quant.backends.eager.compiled_step import step_kernel

        table = self.surrogate.table if isinstance(self.surrogate, LUTSurrogate) else None
        return step_kernel(kind, table if table is not None and table.place_dtype else None)

    def _on_grid(self, bias: Tensor | None, shape: torch.Size) -> Tensor | None:
        """The bias on its grid, one for each neuron or channel, to be added to a state of `shape`."""
        if bias is None:
            return None
        if not is_unbranched():
            finite = bool(bias.isfinite().all())
            require(finite, type(self).__name__, "bias must be finite", "NaN or infinity")
        fits = len(shape) >= 2 and shape[1] == len(bias)
        require(fits, type(self).__name__, f"current must be [T, B, {len(bias)}, ...], as bias is", tuple(shape))
        return self._bias_on_grid(bias).reshape(-1, *[1] * (len(shape) - 2))

    def _bias_on_grid(self, bias: Tensor) -> Tensor:
        return bias_on_grid(bias, self.profile)

    def extra_repr(self) -> str:
        try:
            spec = self.in_force()
        except ValueError as error:
            return f"{self.profile.name}, {error}"
        parts = [self.profile.name, f"beta={shown_values(spec.beta, '.6g')}"]
        if spec.threshold is not None:
            parts += [f"threshold={shown_values(spec.threshold * spec.membrane.step, 'g')}"]
            parts += [] if spec.reset == "none" else [f"reset={spec.reset!r}"]
            step = self.profile.step
            usual = spec.reset == "none" or (step is not None and spec.max_spikes == step.max_spikes)
            parts += [] if usual else [f"max_spikes={spec.max_spikes}"]
        if self.synapse is not None:
            parts.append(f"alpha={shown_values(self.synapse.leak.beta, '.6g')}")
        for part in self.others.values():
            parts += [f"{name}={shown_values(value, '.6g')}" for name, value in part.options.items()]
        learned = {"beta": self.raw_beta, "threshold": self.raw_threshold, "bias": self.bias}
        parts += ["bias of batch norm"] if self.bias_layers else []
        return ", ".join(parts + [f"learns {name}" for name, value in learned.items() if value is not None])

    def _also(self) -> tuple[str, ...]:
        surrogate = getattr(self, "surrogate", None)
        return () if surrogate is None else (value_text(surrogate),)


_LAYERS: WeakKeyDictionary[Neuron, tuple[tuple[Any, ...], LayerSpec]] = WeakKeyDictionary()
"""What layers compute, and what it was made of: it takes as long to make as a few steps of a small layer."""


def _are_same(before: tuple[Any, ...], now: tuple[Any, ...]) -> bool:
    """Whether these are the same objects, or pairs of a name and the same object; none of them ever changes."""
    pairs = zip(before, now, strict=False)
    return len(before) == len(now) and all(
        a is b or (type(a) is type(b) is tuple and a[0] == b[0] and a[1] is b[1]) for a, b in pairs
    )


def real_values(values: Any) -> Any:
    """A float, or of one for each neuron a float64 tensor [N]."""
    return torch.tensor(values, dtype=torch.float64) if is_each(values) else float(values)


def if_learned(who: str, name: str, flag: bool, value: Reals) -> Reals | None:
    """The value that is to be learned, or None; `flag` is the argument `name`."""
    require_flags(who, **{name: flag})
    return value if flag else None


def _parameter(name: str, value: Any) -> nn.Parameter | None:
    """What is learned of these values; None: nothing is."""
    if value is None:
        return None
    values = reals_of("", name, value)
    real = values.tolist() if is_each(values) else float(values)
    return nn.Parameter(torch.tensor(real))


def _limited(module: nn.Module, name: str, value: Tensor, low: float, high: float) -> Any:
    """A learned value, within what the chip offers: a float, or float64 [N]; ValueError if it is no number.

    Where a graph is recorded, a tensor, whose values only the graph will know.
    """
    if is_unbranched():
        return value.detach().to(torch.float64).clamp(low, high)
    found = value.detach().to(torch.float64).cpu().numpy()
    require(not np.isnan(found).any(), type(module).__name__, f"the learned {name} must be a number", float("nan"))
    limited = np.clip(found, low, high)
    return limited if limited.ndim else float(limited)


def _spread(values: Tensor | None, rank: int) -> Tensor | None:
    """Learned values in the shape of states of so many dimensions, [B, N, ...]."""
    return values if values is None or not values.ndim else values.reshape(-1, *[1] * (rank - 2))
