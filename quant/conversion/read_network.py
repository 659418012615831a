"""Float networks read into one form: weights, batch norm folded into them, and neurons of known arithmetic."""

import math
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from spikelut._checks import require
from spikelut._torch import children
from spikelut.quant.conversion.module_kinds import BEFORE_NEURONS, Kinds
from spikelut.quant.neurons.float_lif import FloatLIF, FloatRecurrent, TimeDistributed
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.quant.weights.module_reading import LAYERS, WEIGHTS, as_evaluated, require_plain
from spikelut.quant.weights.pooling import Repeat, SumPool2d
from spikelut.surrogates import Arctan


@dataclass
class Stage:
    """Weights and the neurons after them.

    - `weight` [out, in] or [out, in / groups, H, W], float64; `bias` [out] or None. `recurrent` [out, out] or None.
    - `geometry`: stride, padding and groups of a convolution; None for a dense layer.
    - `before`: pooling and flattening of the events, by name. `steps`: of a `Repeat` after the weights.
    - `neuron`: None until it is found; `neuron_name`, `repeat_name`: where they stood.
    - `exact`: whether these neurons are the model's own but for rounding; else `changes` says what is different.
    """

    name: str
    weight: Tensor
    bias: Tensor | None
    geometry: dict[str, Any] | None
    before: dict[str, nn.Module]
    neuron: FloatLIF | None = None
    neuron_name: str = ""
    recurrent: Tensor | None = None
    steps: int | None = None
    repeat_name: str = ""
    changes: list[str] = field(default_factory=list)
    exact: bool = True

    def current(self, events: Tensor) -> Tensor:
        """What reaches the neurons, [T, B, ...], for events [T, B, ...]."""
        for module in self.before.values():
            events = module(events)
        weight = self.weight.to(events.dtype)
        bias = None if self.bias is None else self.bias.to(events.dtype)
        if self.geometry is None:
            out = functional.linear(events, weight, bias)
        else:
            flat = functional.conv2d(events.flatten(0, 1), weight, bias, **self.geometry)
            out = flat.reshape(*events.shape[:2], *flat.shape[1:])
        return out if self.steps is None else out.expand(self.steps, *out.shape[1:])

    def run(self, events: Tensor) -> tuple[Tensor, Tensor]:
        """Spikes, or of a read-out membranes, and membranes before the reset [T, B, ...]."""
        assert self.neuron is not None  # a complete stage
        weight = None if self.recurrent is None else self.recurrent.to(events.dtype)
        feed = None if weight is None else _Weigh(weight)
        with torch.no_grad():
            return self.neuron.run(self.current(events), feed)


class _Weigh(nn.Module):
    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.weight = weight

    def forward(self, x: Tensor) -> Tensor:
        return functional.linear(x, self.weight)


def read_network(model: nn.Module) -> list[Stage]:
    """The stages of a `torch.nn.Sequential`, in evaluation mode.

    ValueError names the module that cannot be read, or that computes anything of its own, and why.
    """
    require(isinstance(model, nn.Sequential), "convert", "model must be a torch.nn.Sequential", type(model).__name__)
    require_plain("convert: model", model, nn.Sequential, "write it as a torch.nn.Sequential of layers")
    with as_evaluated(model):
        return _stages(model)


def _stages(model: nn.Module) -> list[Stage]:
    stages: list[Stage] = []
    before: dict[str, nn.Module] = {}
    scale, open_stage, kinds = 1.0, False, Kinds.now()
    for name, outer in children(model).items():
        where = f"convert: layer {name!r}"
        module, kind = _plain(where, outer, kinds)
        if kind in kinds.nothing:
            continue
        if kind in kinds.weights:
            require(not open_stage, where, "must come after neurons, not after other weights", type(module).__name__)
            stages.append(_weights(where, name, module, before, scale))
            before, scale, open_stage = {}, 1.0, True
        elif kind in kinds.norms or kind is Repeat:
            require(open_stage, where, BEFORE_NEURONS, type(module).__name__)
            _between(where, name, module, stages[-1])
        elif kind in kinds.shapes:
            require(bool(stages) and not open_stage, where, "must come after neurons", type(module).__name__)
            before[name], factor = _reshaping(where, module)
            scale *= factor
        else:
            found = _neuron(where, module, kind, kinds)
            require(open_stage, where, "must come after weights", type(module).__name__)
            _complete(stages[-1], name, found)
            open_stage = False
    require(bool(stages) and not open_stage, "convert", "model must end with neurons", list(children(model)))
    for stage in stages[:-1]:
        spikes = stage.neuron is not None and stage.neuron.surrogate is not None
        require(spikes, f"convert: layer {stage.neuron_name!r}", "must be the last one, as a read-out", "more layers")
    return stages


def _plain(where: str, outer: Any, kinds: Kinds) -> tuple[Any, type]:
    """The module, which may stand in a `TimeDistributed`, and the known class that it computes as."""
    module = outer
    if isinstance(outer, TimeDistributed):
        require_plain(where, outer, TimeDistributed, LAYERS)
        module = outer.module
    kind = kinds.of(module)
    if kind is None:
        raise ValueError(f"{where}: must be {kinds.names}, got {type(module).__name__}")
    require_plain(where, module, kind, WEIGHTS if kind in kinds.weights else LAYERS)
    steps = module is outer or kind in (*kinds.weights, *kinds.norms, *kinds.pools, *kinds.nothing)
    require(steps, where, "must not stand in a TimeDistributed, as it takes all steps", type(module).__name__)
    return module, kind


def _complete(stage: Stage, name: str, found: "_Found") -> None:
    stage.neuron, stage.neuron_name, stage.recurrent = found.neuron, name, found.recurrent
    stage.changes += found.changes
    stage.exact = found.exact
    stage.weight = stage.weight * found.gain
    stage.bias = None if stage.bias is None else stage.bias * found.gain
    if found.bias is not None:
        # It arrives in every step, as that of the weights does.
        stage.bias = found.bias if stage.bias is None else stage.bias + found.bias


def _weights(where: str, name: str, module: Any, before: dict[str, nn.Module], scale: float) -> Stage:
    weight, bias = (None if v is None else v.detach().cpu().to(torch.float64) for v in _values(where, module))
    assert weight is not None  # all of these have weights
    weight = weight * scale
    finite = bool(weight.isfinite().all()) and (bias is None or bool(bias.isfinite().all()))
    require(finite, where, "weights and biases must be finite", "NaN or infinity")
    geometry = None
    if isinstance(module, nn.Conv2d):
        plain = module.padding_mode == "zeros" and module.dilation == (1, 1) and not isinstance(module.padding, str)
        require(plain, where, "must have zero padding in numbers and no dilation", module)
        geometry = {"stride": module.stride, "padding": module.padding, "groups": module.groups}
    return Stage(name, weight, bias, geometry, before)


def _values(where: str, module: Any) -> tuple[Tensor, Tensor | None]:
    """Weights and bias as `forward` multiplies and adds them: of Brevitas' layers the quantised ones."""
    weight, bias = module.weight, module.bias
    plain = getattr(module, "batch_norm", None) is None
    require(plain, where, "must have no folded batch norm: put nn.BatchNorm behind it", type(module).__name__)
    if hasattr(module, "quant_weight"):
        plain = not (module.input_quant.is_quant_enabled or module.output_quant.is_quant_enabled)
        plain = plain and not module.return_quant_tensor and not module.export_mode
        message = "must quantise nothing but weights and bias: no input_quant, output_quant or return_quant_tensor"
        require(plain, where, message, type(module).__name__)
        weight = module.quant_weight()
        if bias is not None and module.bias_quant.is_quant_enabled:
            free = not module.bias_quant.requires_input_scale
            require(free, where, "must have a bias_quant with a scale of its own", type(module).__name__)
            bias = module.bias_quant(bias, torch.zeros(()), weight)
        weight, bias = getattr(weight, "value", weight), getattr(bias, "value", bias)
    for value in (weight, bias):
        known = value is None or type(value) in (Tensor, nn.Parameter)
        require(known, where, "weights and biases must be plain tensors", type(value).__name__)
    return weight, bias


def _between(where: str, name: str, module: Any, stage: Stage) -> None:
    """Batch norm folded into the stage's weights, or the repetition noted."""
    if isinstance(module, Repeat):
        stage.steps, stage.repeat_name = module.steps, name
        return
    require(module.running_mean is not None, where, "must have running statistics", "track_running_stats=False")
    fits = module.num_features == len(stage.weight)
    require(fits, where, f"must have {len(stage.weight)} features, as the weights before it", module.num_features)
    gain = (module.running_var.detach().cpu().double() + module.eps).rsqrt()
    if module.weight is not None:
        gain = gain * module.weight.detach().cpu().double()
    offset = -module.running_mean.detach().cpu().double() * gain
    if module.bias is not None:
        offset = offset + module.bias.detach().cpu().double()
    stage.weight = stage.weight * gain.reshape(-1, *[1] * (stage.weight.ndim - 1))
    stage.bias = offset if stage.bias is None else stage.bias * gain + offset
    stage.changes.append(f"batch norm {name!r} folded into the weights")


def _reshaping(where: str, module: Any) -> tuple[nn.Module, float]:
    """The module for [T, B, ...], and what the next weights are multiplied by."""
    if isinstance(module, nn.Flatten):
        whole = module.start_dim in (1, 2) and module.end_dim == -1
        require(whole, where, "must flatten all but time and batch", (module.start_dim, module.end_dim))
        return nn.Flatten(2), 1.0
    if isinstance(module, SumPool2d):
        return module, 1.0
    size, stride = module.kernel_size, module.stride
    square = all(isinstance(v, int) or len(set(v)) == 1 for v in (size, stride))
    plain = square and module.padding in (0, (0, 0)) and not module.ceil_mode and module.divisor_override is None
    require(plain, where, "must be square, without padding, ceil_mode and divisor_override", module)
    size, stride = (v if isinstance(v, int) else v[0] for v in (size, stride))
    return SumPool2d(size, stride), 1 / size**2


class _Found(NamedTuple):
    """A neuron in this library's arithmetic, its recurrent weights, and what its input was multiplied by.

    `bias`: that of the recurrent weights. `exact`: as in `Stage`.
    """

    neuron: FloatLIF
    recurrent: Tensor | None = None
    gain: float = 1.0
    changes: tuple[str, ...] = ()
    exact: bool = True
    bias: Tensor | None = None


def _neuron(where: str, module: Any, kind: type, kinds: Kinds) -> _Found:
    if kind in kinds.snntorch:
        return _snntorch(where, module, kind.__name__)
    if kind in kinds.spikingjelly:
        return _spikingjelly(where, module, kind.__name__)
    neuron = module.neuron if kind is FloatRecurrent else module
    require_plain(f"{where}: neuron", neuron, FloatLIF, LAYERS)
    if isinstance(neuron.surrogate, LUTSurrogate):
        require_plain(f"{where}: surrogate", neuron.surrogate, LUTSurrogate, "give the curve what it adds")
    if kind is FloatLIF:
        return _Found(module)
    linear = module.linear
    require(isinstance(linear, nn.Linear), f"{where}: linear", "must be an nn.Linear", type(linear).__name__)
    require_plain(f"{where}: linear", linear, nn.Linear, WEIGHTS)
    weight, bias = (None if v is None else v.detach().cpu().to(torch.float64) for v in _values(where, linear))
    return _Found(neuron, weight, bias=bias)


def _number(where: str, name: str, value: Any) -> float:
    tensor = torch.as_tensor(value).detach()
    require(tensor.numel() == 1, where, f"{name} must be one number for the layer", tuple(tensor.shape))
    return float(tensor)


def _numbers(where: str, name: str, value: Any, low: float = -math.inf, high: float = math.inf) -> Any:
    """A number for the layer, or float64 [N] with one for each neuron, or channel; brought into `low`..`high`."""
    tensor = torch.as_tensor(value).detach().cpu().to(torch.float64).clamp(low, high)
    if tensor.numel() == 1:
        return float(tensor)
    each = tensor.ndim >= 1 and tensor.numel() == len(tensor)
    allowed = f"{name} must be one number for the layer, or one for each neuron [N] or channel [N, 1, 1]"
    require(each, where, allowed, tuple(tensor.shape))
    return tensor.reshape(-1)


def _snntorch(where: str, module: Any, kind: str) -> _Found:
    """snnTorch resets at the beginning of the next step; what it subtracts does not decay in that step."""
    threshold = _numbers(where, "threshold", module.threshold)
    beta = _numbers(where, "beta", module.beta, 0.0, 1.0)
    alpha = None
    if kind == "Synaptic":
        alpha = _numbers(where, "alpha", module.alpha, 0.0, 1.0)
    require(not module.inhibition, where, "inhibition must be False", True)
    require(not module.state_quant, where, "state_quant must be False", True)
    graded = _number(where, "graded_spikes_factor", module.graded_spikes_factor)
    require(graded == 1, where, "graded_spikes_factor must be 1", graded)
    if module.reset_mechanism == "none":
        returned = module.output or not module.init_hidden
        changes = [] if returned else ["a read-out: its membrane, not its spikes"]
        return _Found(FloatLIF(None, beta=beta, alpha=alpha), changes=tuple(changes))
    late = module.reset_mechanism == "subtract" and module.reset_delay
    order = "input-compare-leak-reset" if late else "leak-input-compare-reset"
    neuron = FloatLIF(Arctan(), beta=beta, threshold=threshold, alpha=alpha, reset=module.reset_mechanism, order=order)
    changes = ["spikes at the threshold, not only above it"]
    if alpha is not None and module.reset_mechanism == "zero" and module.reset_delay:
        changes.append("the step after a spike takes in its input, as in other neurons")
    if not module.reset_delay:
        changes.append("a membrane beyond two thresholds is reset in the step of its spike only")
    return _Found(neuron, changes=tuple(changes), exact=len(changes) == 1)


def _spikingjelly(where: str, module: Any, kind: str) -> _Found:
    """SpikingJelly's v + (x - v) / tau, or with decay_input=False v - v / tau + x."""
    beta, gain, changes = 1.0, 1.0, []
    if kind == "LIFNode":
        tau = _number(where, "tau", module.tau)
        require(math.isfinite(tau) and tau > 1, where, "tau must be > 1", tau)
        beta = 1 - 1 / tau
        if module.decay_input:
            gain = 1 / tau
            changes.append("1 / tau of the input moved into the weights")
    spiking = getattr(module.surrogate_function, "spiking", True)
    require(spiking, where, "surrogate_function must give spikes", "spiking=False")
    reset = module.v_reset
    require(reset in (None, 0), where, "v_reset must be 0 or None", reset)
    threshold = _number(where, "v_threshold", module.v_threshold)
    neuron = FloatLIF(Arctan(), beta=beta, threshold=threshold, reset="subtract" if reset is None else "zero")
    return _Found(neuron, gain=gain, changes=tuple(changes))
