"""A residual network (SEW-ResNet) with batch norm and 4-bit weights, trained on Fashion-MNIST in a chip's integers.

Spikes are added to spikes. The network is trained in floats first, as its users write it, then in the chip's integers
with batch norm folded into weights and biases as it is deployed. The statistics of batch norm are computed anew for the
rounded weights, and then kept: running ones would be noise to weights that change in small steps. At the end the
integer network is compared with what was trained, value by value.

Run: python examples/residual_fashion_mnist.py   (Debian: apt-get install dataset-fashion-mnist)
"""

import argparse
import time
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from spikelut import hw_profiles, quant, surrogates
from spikelut.cli.data.idx import FASHION_MNIST, read_idx_folder

STEPS, BATCH, PIXELS = 4, 128, 256
PROFILE = hw_profiles.load("generic16")
CURVE = surrogates.Arctan(alpha=2.0)
SPIKE = quant.LUTSurrogate(CURVE, PROFILE)
WEIGHTS = {"profile": PROFILE, "weight_bits": 4, "per_channel": True}


class FloatStage(nn.Module):
    """A convolution, batch norm and neurons."""

    def __init__(self, inputs: int, outputs: int, *, stride: int = 1, repeat: int = 1) -> None:
        super().__init__()
        self.conv = quant.TimeDistributed(nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False))
        self.norm = quant.TimeDistributed(nn.BatchNorm2d(outputs))
        self.repeat = quant.Repeat(repeat) if repeat > 1 else nn.Identity()
        self.neurons = quant.FloatLIF(CURVE, beta=0.5, reset="zero")

    def forward(self, x: Tensor) -> Tensor:
        spikes: Tensor = self.neurons(self.repeat(self.norm(self.conv(x))))
        return spikes


class Stage(nn.Module):
    """The same in the chip's integers: batch norm is in the weights, and in the bias of the neurons."""

    def __init__(self, inputs: int, outputs: int, *, stride: int = 1, repeat: int = 1) -> None:
        super().__init__()
        step = 1 / PIXELS if inputs == 1 else 1.0
        form = {"stride": stride, "padding": 1, "batch_norm": True, "input_step": step, **WEIGHTS}
        self.conv = quant.QuantConv2d(inputs, outputs, 3, **form)
        self.repeat = quant.Repeat(repeat) if repeat > 1 else nn.Identity()
        self.neurons = quant.LIF(PROFILE, SPIKE, beta=0.5, reset="zero", bias=self.conv)

    def forward(self, x: Tensor) -> Tensor:
        spikes: Tensor = self.neurons(self.repeat(self.conv(x)))
        return spikes

    def begin_as(self, other: FloatStage) -> None:
        """Take the weights and the batch norm of a stage of floats."""
        convolution, norm = other.conv.module, other.norm.module
        self.conv.weight.data.copy_(convolution.weight.data)  # type: ignore[operator, union-attr]  # it is a Conv2d
        self.conv.batch_norm.load_state_dict(norm.state_dict())


class Block(nn.Module):
    """Spikes, and the spikes that two stages make of them."""

    def __init__(self, stage: Any, channels: int) -> None:
        super().__init__()
        self.stages = nn.Sequential(stage(channels, channels), stage(channels, channels))

    def forward(self, spikes: Tensor) -> Tensor:
        added: Tensor = spikes + self.stages(spikes)
        return added


class SEWResNet(nn.Module):
    """Images [1, B, 1, 28, 28], the same in every step, to membranes [T, B, 10]; of stages in floats or integers."""

    def __init__(self, stage: Any, width: int = 32) -> None:
        super().__init__()
        self.stem, self.low = stage(1, width, repeat=STEPS, stride=2), Block(stage, width)
        self.down, self.high = stage(width, 2 * width, stride=2), Block(stage, 2 * width)
        self.flatten = nn.Flatten(2)
        inputs = 2 * width * 49
        floats = stage is FloatStage
        self.head = nn.Linear(inputs, 10, bias=False) if floats else quant.QuantLinear(inputs, 10, **WEIGHTS)
        self.readout = quant.FloatLIF(None, beta=0.75) if floats else quant.LI(PROFILE, beta=0.75)

    def forward(self, x: Tensor) -> Tensor:
        membranes: Tensor = self.readout(self.head(self.flatten(self.high(self.down(self.low(self.stem(x)))))))
        return membranes

    def begin_as(self, floats: "SEWResNet") -> None:
        """Take the weights and batch norms of the network of floats."""
        theirs = dict(floats.named_modules())
        for name, module in self.named_modules():
            if isinstance(module, Stage):
                module.begin_as(theirs[name])  # type: ignore[arg-type]  # of the same name
        self.head.weight.data.copy_(floats.head.weight.data)


def mirrored(images: Tensor) -> Tensor:
    """Half of the images, left to right."""
    flip = torch.rand(len(images)) < 0.5
    return torch.where(flip[:, None, None], images.flip(2), images)


def scores(model: nn.Module, images: Tensor) -> Tensor:
    """The mean membranes [B, 10] of images [B, 28, 28]."""
    membranes: Tensor = model((images / PIXELS)[None, :, None])
    return membranes.mean(0)


def accuracy(model: nn.Module, images: Tensor, labels: Tensor) -> float:
    """The share of images whose largest membrane is that of their label."""
    model.eval()
    with torch.no_grad():
        right = [scores(model, part).argmax(1) for part in images.split(500)]
    return float((torch.cat(right) == labels).double().mean())


def train(model: nn.Module, images: Tensor, labels: Tensor, epochs: int, rate: float) -> None:
    """Train, and say how it goes."""
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=1e-3)
    batches = len(images) // BATCH
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, epochs * batches, pct_start=0.2)
    begin = time.perf_counter()
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for chosen in torch.randperm(len(images))[: batches * BATCH].split(BATCH):
            loss = nn.functional.cross_entropy(scores(model, mirrored(images[chosen])), labels[chosen])
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimiser.step()
            plan.step()
            total += float(loss.detach())
        took = (time.perf_counter() - begin) / (epoch + 1)
        print(f"epoch {epoch + 1}: loss {total / batches:.4f}, {took:.0f} s an epoch", flush=True)


@torch.no_grad()
def fix_statistics(model: nn.Module, images: Tensor, batches: int = 60) -> None:
    """Give every batch norm the mean statistics of some batches, and keep them from here on."""
    norms = [module for module in model.modules() if isinstance(module, quant.FoldedBatchNorm)]
    for norm in norms:
        norm.momentum = None
        norm.num_batches_tracked.zero_()
    model.train()
    for chosen in torch.randperm(len(images))[: batches * BATCH].split(BATCH):
        scores(model, mirrored(images[chosen]))
    for norm in norms:
        norm.freeze()


def compare(model: nn.Module, images: Tensor) -> None:
    """Every membrane of the trained model and of the integer network."""
    model.eval()
    network = quant.integer(model, largest_input=PIXELS - 1)
    different = nonzero = total = 0
    for part in images.split(250):
        found = torch.from_numpy(network.run(part[None, :, None].numpy())["readout"])
        with torch.no_grad():
            own = model(part[None, :, None] / PIXELS)
        different += int((found * PROFILE.state_step != own).sum())
        nonzero, total = nonzero + int((found != 0).sum()), total + found.numel()
    print(f"{total} membranes compared, {nonzero / total:.1%} not zero, {different} different")


def main() -> None:
    """Train in floats, then in integers; compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--float-epochs", type=int, default=12)
    parser.add_argument("--epochs", type=int, default=5, help="in the chip's integers")
    parser.add_argument("--width", type=int, default=32, help="channels of the first stages")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data", type=Path, default=FASHION_MNIST, help="a folder of IDX files")
    parser.add_argument("--images", type=int, default=60_000, help="of the training images, so many")
    parser.add_argument("--compared", type=int, default=1000, help="test images that integers are compared on")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    images, labels, test = (torch.from_numpy(part.copy()) for part in read_idx_folder(options.data))
    images = images.float()
    shown, known = images[~test][: options.images], labels[~test][: options.images]
    floats, model = SEWResNet(FloatStage, options.width), SEWResNet(Stage, options.width)
    print(quant.check(model, (images[:8] / PIXELS)[None, :, None], largest_input=PIXELS - 1))
    if options.float_epochs:
        train(floats, shown, known, options.float_epochs, 4e-3)
        print(f"floats: accuracy {accuracy(floats, images[test], labels[test]):.2%}")
        model.begin_as(floats)
        fix_statistics(model, shown)
    train(model, shown, known, options.epochs, 8e-4)
    print(f"integers: accuracy {accuracy(model, images[test], labels[test]):.2%}")
    compare(model, images[test][: options.compared])


if __name__ == "__main__":
    main()
