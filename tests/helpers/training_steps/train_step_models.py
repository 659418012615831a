"""Models whose training steps are exported, and torch's steps beside those of a file."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from spikelut import hw_profiles, quant
from spikelut.quant.dynamics.leak import input_share
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.quant.weights.layers import QuantConv2d, QuantLinear
from spikelut.surrogates import Arctan

Arrays = dict[str, NDArray[Any]]
Loss = Callable[[Tensor, Tensor], Tensor]
CURVE, CLASSES, INPUTS, HIDDEN, STEPS = Arctan(alpha=2.0), 3, 6, 12, 3
RATE = 0.1
SIZES = (5, 1, 8, 3)
# Parameters are of the size of one; sums of up to a thousand float32 products, in another order, over 40 steps.
SLACK = 1e-6


def dense(name: str, kind: str = "LIF", tabulated: bool = True) -> nn.Sequential:
    torch.manual_seed(0)
    profile = hw_profiles.load(name)
    slope: Any = quant.LUTSurrogate(CURVE, profile) if tabulated else CURVE
    biases = (HIDDEN, CLASSES) if profile.bias else (None, None)
    neurons: Any = getattr(quant, kind)(profile, slope, bias=biases[0])
    model = nn.Sequential(
        QuantLinear(INPUTS, HIDDEN, profile=profile),
        neurons,
        QuantLinear(HIDDEN, CLASSES, profile=profile),
        quant.LI(profile, bias=biases[1]),
    )
    return louder(model)


def louder(model: nn.Sequential) -> nn.Sequential:
    """With weights that make spikes, and biases that are not zero."""
    for layer in model.modules():
        if isinstance(layer, QuantLinear | QuantConv2d):
            layer.weight.data *= 2.5 / input_share(layer.profile.decay, 0.9)
        elif isinstance(layer, quant.LIF | quant.CubaLIF | quant.LI) and layer.bias is not None:
            nn.init.uniform_(layer.bias, -0.1, 0.2)
    return model


def convolutional(name: str) -> nn.Sequential:
    torch.manual_seed(0)
    profile = hw_profiles.load(name)
    slope = quant.LUTSurrogate(CURVE, profile)  # one for all layers
    return louder(
        nn.Sequential(
            QuantConv2d(2, 4, 3, profile=profile, stride=2, padding=1, per_channel=True),
            quant.LIF(profile, slope, bias=4),
            quant.SumPool2d(2),  # leaves out the last row
            QuantConv2d(4, 6, (2, 3), profile=profile, groups=2, padding=(0, 1)),
            quant.LIF(profile, slope),
            nn.Flatten(2),
            QuantLinear(6 * 2 * 3, CLASSES, profile=profile, per_channel=True),
            quant.LI(profile),
        )
    )


def recurrent(name: str) -> nn.Sequential:
    torch.manual_seed(0)
    profile = hw_profiles.load(name)
    slope = quant.LUTSurrogate(CURVE, profile)
    return louder(
        nn.Sequential(
            QuantLinear(INPUTS, HIDDEN, profile=profile),
            quant.Repeat(STEPS),
            Recurrent(quant.LIF(profile, slope, truncate=2), HIDDEN),
            nn.Dropout(0.5),
            QuantLinear(HIDDEN, CLASSES, profile=profile),
            quant.CubaLIF(profile, slope, alpha=0.7),
        )
    ).eval()


def of_membranes(out: Tensor, target: Tensor) -> Tensor:
    return functional.cross_entropy(out.mean(0), target)


def of_spikes(out: Tensor, target: Tensor) -> Tensor:
    return functional.cross_entropy(out.sum(0), target)


def batches(shape: tuple[int, ...], count: int, sizes: tuple[int, ...] = SIZES) -> Iterator[tuple[Tensor, Tensor]]:
    """Events [T, B, ...] and labels [B]; the shape is [T, ...]."""
    random = torch.Generator().manual_seed(1)
    for i in range(count):
        size = sizes[i % len(sizes)]
        x = torch.rand(shape[0], size, *shape[1:], generator=random) < 0.4
        yield x.float(), torch.randint(0, CLASSES, (size,), generator=random)


def parameters(model: nn.Module) -> Arrays:
    return {name: p.detach().numpy().copy() for name, p in model.named_parameters()}


class Stepper:
    """An exported step in onnxruntime, fed with its own parameters."""

    def __init__(self, path: Path, model: nn.Module, **given: Any) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.names = [output.name for output in self.session.get_outputs()]
        self.parameters, self.given = parameters(model), given

    def __call__(self, x: Tensor, y: Tensor) -> float:
        feed = {"input": x.numpy(), "target": y.numpy(), **self.given, **self.parameters}
        found = dict(zip(self.names, self.session.run(None, feed), strict=True))
        self.parameters = {name: found[f"{name}.new"] for name in self.parameters}
        self.output = found["output"]
        return float(found["loss"])


def descend(model: nn.Module, loss: Loss, x: Tensor, y: Tensor) -> float:
    """A step of torch's."""
    optimiser = torch.optim.SGD(model.parameters(), lr=RATE)
    value = loss(model(x), y)
    optimiser.zero_grad()
    value.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
    optimiser.step()
    return float(value.detach())


def difference(a: Arrays, b: Arrays) -> float:
    assert a.keys() == b.keys()
    return max(float(np.abs(a[name] - b[name]).max()) for name in a)


MODELS: dict[str, tuple[Callable[[], nn.Sequential], tuple[int, ...], Loss]] = {
    "loihi2 analytic": (lambda: dense("loihi2", tabulated=False), (STEPS, INPUTS), of_membranes),
    "generic8": (lambda: dense("generic8"), (STEPS, INPUTS), of_membranes),
    "reckon": (lambda: dense("reckon"), (STEPS, INPUTS), of_membranes),
    "spinnaker1": (lambda: dense("spinnaker1"), (STEPS, INPUTS), of_membranes),
    "hls4ml": (lambda: dense("hls4ml"), (STEPS, INPUTS), of_membranes),
    "tflm_int16": (lambda: dense("tflm_int16"), (STEPS, INPUTS), of_membranes),
    "loihi2 CubaLIF": (lambda: dense("loihi2", "CubaLIF"), (STEPS, INPUTS), of_membranes),
    "xylo": (lambda: dense("xylo", "CubaLIF"), (STEPS, INPUTS), of_membranes),
    "recurrent": (lambda: recurrent("loihi2"), (1, INPUTS), of_spikes),
    "convolutional": (lambda: convolutional("generic8"), (2, 2, 13, 11), of_membranes),
}
