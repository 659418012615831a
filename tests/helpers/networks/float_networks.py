"""Float networks that are converted, how they are read, and what their integers give."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.quant.conversion.float_trace import traced
from spikelut.quant.conversion.module_kinds import Kinds
from spikelut.quant.conversion.own_forward import given_by
from spikelut.quant.conversion.plan import Part, Plan, arriving
from spikelut.quant.conversion.planned import plan_of
from spikelut.quant.weights.module_reading import as_evaluated
from spikelut.surrogates import Arctan

LOIHI = hw_profiles.load("loihi2")
SPIKE = Arctan(alpha=2.0)


def seeded(module: Any, gain: float, seed: int) -> Any:
    random = torch.Generator().manual_seed(seed)
    for parameter in module.parameters():
        parameter.data.copy_(torch.randn(parameter.shape, generator=random) * gain)
    return module


def events(*shape: int, seed: int = 0) -> Tensor:
    return (torch.rand(shape, generator=torch.Generator().manual_seed(seed)) < 0.4).float()


def dense(bias: bool = True, **neuron: Any) -> nn.Sequential:
    return nn.Sequential(
        seeded(nn.Linear(12, 20, bias=bias), 0.4, 1),
        quant.FloatLIF(SPIKE, **neuron),
        nn.Dropout(0.3),
        seeded(nn.Linear(20, 4, bias=bias), 0.3, 2),
        quant.FloatLIF(None, beta=0.9, alpha=neuron.get("alpha")),
    ).eval()


def read(model: nn.Module, events: Tensor) -> Plan:
    """The plan of a model for such events: what `convert` reads."""
    kinds = Kinds.now()
    with as_evaluated(model):
        return plan_of(traced(model, {"input": tuple(events.shape)}, kinds), kinds)


def only_neurons(plan: Plan) -> Part:
    (part,) = plan.neurons
    return part


def run(plan: Plan, events: Tensor) -> tuple[Tensor, Tensor]:
    """What the only neurons of a plan give, and their membranes."""
    values: dict[str, Any] = dict.fromkeys(plan.inputs, events)
    for part in plan.parts:
        if part.found is not None:
            return part.found.run(arriving(part, values))
        values[part.name] = given_by(part, values)
    raise AssertionError("a plan with neurons")


def lively(model: Any, gain: float, bias: float = 0.0, seed: int = 0) -> Any:
    """The model with weights that make it spike, and batch norm with statistics of its own."""
    random = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
                for tensor in (module.weight, module.bias, module.running_mean, module.running_var):
                    assert isinstance(tensor, Tensor)
                    tensor.copy_(torch.rand(tensor.shape, generator=random) * 0.4 + 0.1)
                module.weight.add_(gain / 3)
                module.bias.add_(bias)
                module.running_var.add_(0.5)  # type: ignore[union-attr]  # it has statistics
            elif isinstance(module, nn.Linear | nn.Conv1d | nn.Conv2d | nn.ConvTranspose2d):
                fan_in = module.weight[0].numel()
                module.weight.copy_(torch.randn(module.weight.shape, generator=random) * gain / fan_in**0.5)
                if module.bias is not None:
                    module.bias.copy_(torch.rand(module.bias.shape, generator=random) * 0.2 + bias)
    return model.eval()


def outputs(given: Any) -> list[Tensor]:
    if isinstance(given, Tensor):
        return [given]
    return list(given.values()) if isinstance(given, dict) else list(given)


def exact(model: nn.Module, profile: Any, x: Tensor | dict[str, Tensor], **options: Any) -> quant.Conversion:
    """The conversion; the integers of its model give what the model does, and every layer gives something."""
    found = quant.convert(model, profile, x, **options)
    if options.get("on_off"):
        assert isinstance(x, Tensor)
        x = quant.OnOff()(x)
    network = quant.integer(found.model)
    with torch.no_grad():
        made = outputs(found.model(**x) if isinstance(x, dict) else found.model(x))
    step = network.inputs[0].step
    codes: Any = {name: (v / step).numpy() for name, v in x.items()} if isinstance(x, Mapping) else (x / step).numpy()
    names = [node.layer.name for node in network.nodes]
    values = network.run(codes, keep=names)
    assert len(made) == len(network.outputs)
    for name, out in zip(network.outputs, made, strict=True):
        assert torch.equal(torch.from_numpy(values[name] * network.signals[name].step).to(out.dtype), out), name
    assert {name: int((values[name] != 0).sum()) for name in names if not (values[name] != 0).any()} == {}
    assert not found.silent
    return found
