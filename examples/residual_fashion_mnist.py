"""A residual network (SEW-ResNet) with batch norm and 4-bit weights, trained on Fashion-MNIST in a chip's integers.

Spikes are added to spikes; batch norm is folded into weights and biases in training as it is deployed. At the end the
integer network is compared with what was trained, value by value.

Run: python examples/residual_fashion_mnist.py --epochs 12   (Debian: apt-get install dataset-fashion-mnist)
"""

import argparse
import time
from pathlib import Path

import torch
from torch import Tensor, nn

from spikelut import hw_profiles, quant, surrogates
from spikelut.cli.data.idx import FASHION_MNIST, read_idx_folder

STEPS, BATCH, PIXELS = 4, 128, 256
PROFILE = hw_profiles.load("generic16")
SPIKE = quant.LUTSurrogate(surrogates.Arctan(alpha=2.0), PROFILE)


class Stage(nn.Module):
    """A convolution with batch norm, and the neurons that add its shift."""

    def __init__(self, inputs: int, outputs: int, *, stride: int = 1, repeat: int = 1, step: float = 1.0) -> None:
        super().__init__()
        form = {"profile": PROFILE, "weight_bits": 4, "per_channel": True, "batch_norm": True, "input_step": step}
        self.conv = quant.QuantConv2d(inputs, outputs, 3, stride=stride, padding=1, **form)
        self.repeat = quant.Repeat(repeat) if repeat > 1 else nn.Identity()
        self.neurons = quant.LIF(PROFILE, SPIKE, beta=0.5, reset="zero", bias=self.conv)

    def forward(self, x: Tensor) -> Tensor:
        return self.neurons(self.repeat(self.conv(x)))


class Block(nn.Module):
    """Spikes, and the spikes that two stages make of them."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.stages = nn.Sequential(Stage(channels, channels), Stage(channels, channels))

    def forward(self, spikes: Tensor) -> Tensor:
        return spikes + self.stages(spikes)


class SEWResNet(nn.Module):
    """Images [1, B, 1, 28, 28], the same in every step, to membranes [T, B, 10]."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        self.stem = Stage(1, width, repeat=STEPS, step=1 / PIXELS, stride=2)
        self.low = Block(width)
        self.down = Stage(width, 2 * width, stride=2)
        self.high = Block(2 * width)
        self.flatten = nn.Flatten(2)
        self.head = quant.QuantLinear(2 * width * 49, 10, profile=PROFILE, weight_bits=4, per_channel=True)
        self.readout = quant.LI(PROFILE, beta=0.75)

    def forward(self, x: Tensor) -> Tensor:
        return self.readout(self.head(self.flatten(self.high(self.down(self.low(self.stem(x)))))))


def augmented(images: Tensor) -> Tensor:
    """Mirrored half of the time, and moved by up to two pixels."""
    flip = torch.rand(len(images)) < 0.5
    images = torch.where(flip[:, None, None], images.flip(2), images)
    padded = nn.functional.pad(images, (2, 2, 2, 2))
    down, right = (int(n) for n in torch.randint(0, 5, (2,)))
    return padded[:, down : down + 28, right : right + 28]


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


def train(model: nn.Module, images: Tensor, labels: Tensor, epochs: int, rate: float) -> float:
    """Train; the seconds of an epoch, in the mean."""
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=1e-3)
    batches = len(images) // BATCH
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, epochs * batches, pct_start=0.2)
    begin = time.perf_counter()
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for chosen in torch.randperm(len(images))[: batches * BATCH].split(BATCH):
            loss = nn.functional.cross_entropy(scores(model, augmented(images[chosen])), labels[chosen])
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            plan.step()
            total += float(loss.detach())
        took = (time.perf_counter() - begin) / (epoch + 1)
        print(f"epoch {epoch + 1}: loss {total / batches:.4f}, {took:.0f} s an epoch", flush=True)
    return took


def compare(model: nn.Module, images: Tensor) -> None:
    """Every membrane of the trained model and of the integer network."""
    model.eval()
    network = quant.integer(model, largest_input=PIXELS - 1)
    different = nonzero = total = 0
    for part in images.split(250):
        counts = part[None, :, None].numpy()
        found = torch.from_numpy(network.run(counts)["readout"])
        with torch.no_grad():
            own = model(part[None, :, None] / PIXELS)
        different += int((found * PROFILE.state_step != own).sum())
        nonzero, total = nonzero + int((found != 0).sum()), total + found.numel()
    print(f"{total} membranes compared, {nonzero / total:.1%} not zero, {different} different")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data", type=Path, default=FASHION_MNIST)
    parser.add_argument("--images", type=int, default=60_000, help="of the training images, so many")
    parser.add_argument("--compared", type=int, default=1000, help="test images that integers are compared on")
    parser.add_argument("--out", type=Path, help="where the weights go")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    images, labels, test = (torch.from_numpy(part.copy()) for part in read_idx_folder(options.data))
    images = images.float()
    model = SEWResNet(options.width)
    print(quant.check(model, (images[:8] / PIXELS)[None, :, None], largest_input=PIXELS - 1))
    train(model, images[~test][: options.images], labels[~test][: options.images], options.epochs, options.rate)
    print(f"accuracy {accuracy(model, images[test], labels[test]):.2%}")
    if options.out is not None:
        torch.save(model.state_dict(), options.out)
    compare(model, images[test][: options.compared])


if __name__ == "__main__":
    main()
