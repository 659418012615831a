"""Operations between neurons, and their derivatives, in exported training steps: to the last bit, as sums are exact."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from train_step_check import compare

from spikelut import quant

STEPS, BATCH, CHANNELS = 2, 3, 2


class Fn(nn.Module):
    """A function as a module, time first."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Tensor) -> Tensor:
        return self.function(x)


def coarse(model: nn.Module) -> nn.Module:
    """Parameters that are eighths, so that float32 holds all sums, whatever their order."""
    random = torch.Generator().manual_seed(0)
    for parameter in model.parameters():
        parameter.data = torch.randint(-8, 9, parameter.shape, generator=random) / 8
    return model


class Between(nn.Module):
    """An operation on something learned; what comes out, each element times a number of its own, is learned from."""

    def __init__(self, middle: nn.Module, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.scale, self.middle = nn.Parameter(torch.ones(shape)), middle

    def forward(self, x: Tensor) -> Tensor:
        made: Tensor = self.middle(x * self.scale)
        return made


def each_counts(out: Tensor, target: Tensor) -> Tensor:
    """A sum in which every element has another weight, and no sum is rounded."""
    count = out[:, 0].numel()
    weights = (torch.arange(count).reshape(out.shape[0], 1, *out.shape[2:]) * 5 % 13 - 6) / 8
    return (out * weights * (target.reshape(1, -1, *[1] * (out.ndim - 2)) + 1)).sum()


def inputs(shape: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Numbers of which many are equal, and zero: spikes have ties everywhere."""
    random = torch.Generator().manual_seed(1)
    x = torch.randint(-1, 3, (STEPS, BATCH, *shape), generator=random).float()
    return x, torch.randint(0, 3, (BATCH,), generator=random)


def over_time(module: nn.Module) -> nn.Module:
    return quant.TimeDistributed(module)


def check(middle: nn.Module, shape: tuple[int, ...], folder: Path, exact: bool = True) -> None:
    x, y = inputs(shape)
    # A batch of another size than the example's, which is the size of other dimensions.
    found = compare(coarse(Between(middle, shape)), x, y, each_counts, folder, batch=2)
    slack = 0 if exact else 2e-5  # of sums up to 50 that are divided, in float32
    assert max(found.loss, found.output, found.weights) <= slack
    assert found.active > 0.3
    assert found.moved > 0.3


SQUARE: dict[str, Callable[[], nn.Module]] = {
    "max": lambda: nn.MaxPool2d(2),
    "max, overlapping and padded": lambda: nn.MaxPool2d(3, 2, 1),
    "max, rows and columns": lambda: nn.MaxPool2d((3, 2), (2, 1), (1, 0)),
    "max, dilated": lambda: nn.MaxPool2d(2, 1, dilation=2),
    "max, to the edge": lambda: nn.MaxPool2d(3, 2, ceil_mode=True),
    "average": lambda: nn.AvgPool2d(2),
    "average, rows and columns": lambda: nn.AvgPool2d((4, 1), (2, 3)),
    "average, padded": lambda: nn.AvgPool2d(2, 3, 1),
    "adaptive": lambda: nn.AdaptiveAvgPool2d((2, 7)),
    "upsampled": lambda: nn.Upsample(scale_factor=2),
    "upsampled, rows and columns": lambda: nn.Upsample(scale_factor=(1, 3)),
    "upsampled to a size": lambda: nn.Upsample(size=(13, 5)),
    "upsampled, centres": lambda: nn.Upsample(size=(13, 5), mode="nearest-exact"),
    "transposed": lambda: nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1, output_padding=1),
    "transposed, in groups, dilated": lambda: nn.ConvTranspose2d(2, 4, (2, 3), (1, 2), groups=2, dilation=2),
    "convolution, padded to its size": lambda: nn.Conv2d(2, 3, (4, 3), padding="same"),
    "convolution, in groups, dilated": lambda: nn.Conv2d(2, 4, 3, 2, padding=2, dilation=2, groups=2),
    "padded and cut": lambda: nn.ZeroPad2d((1, -1, 2, 0)),
    "pixels shuffled": lambda: nn.Sequential(nn.Conv2d(2, 4, 1), nn.PixelShuffle(2)),
}


# torch's own, of what it does with an even kernel.
EVEN = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")


@EVEN
@pytest.mark.parametrize("name", SQUARE)
def test_images(name: str, tmp_path: Path) -> None:
    check(over_time(SQUARE[name]()), (CHANNELS, 8, 7), tmp_path)


DIVIDED: dict[str, Callable[[], nn.Module]] = {
    "padding not counted": lambda: nn.AvgPool2d(3, 2, 1, count_include_pad=False),
    "beyond the edge": lambda: nn.AvgPool2d((3, 2), 2, ceil_mode=True),
    "all": lambda: nn.AdaptiveAvgPool2d(1),
    "windows that overlap": lambda: nn.AdaptiveAvgPool2d((3, 5)),
}


@pytest.mark.parametrize("name", DIVIDED)
def test_averages_that_floats_round(name: str, tmp_path: Path) -> None:
    check(over_time(DIVIDED[name]()), (CHANNELS, 8, 7), tmp_path, exact=False)


NORMALISED: dict[str, Callable[[Tensor], Tensor]] = {
    "variance": lambda x: x * x.var(2, keepdim=True) + x.var((0, 1), correction=0),
    "layer norm": lambda x: functional.layer_norm(x * x, (6,)),
    "softmax": lambda x: x.softmax(2),
}


@pytest.mark.parametrize("name", NORMALISED)
def test_numbers_that_floats_round(name: str, tmp_path: Path) -> None:
    check(Fn(NORMALISED[name]), (6,), tmp_path, exact=False)


LINES: dict[str, Callable[[], nn.Module]] = {
    "convolution": lambda: nn.Conv1d(2, 3, 3, stride=2, padding=1),
    "convolution, in groups, dilated": lambda: nn.Conv1d(2, 4, 3, padding=2, dilation=2, groups=2),
    "convolution, padded to its size": lambda: nn.Conv1d(2, 3, 4, padding="same"),
    "transposed": lambda: nn.ConvTranspose1d(2, 3, 3, stride=2, padding=1, output_padding=1),
    "max": lambda: nn.MaxPool1d(3, 2, 1),
    "average": lambda: nn.AvgPool1d(2),
    "adaptive": lambda: nn.AdaptiveAvgPool1d(5),
    "upsampled": lambda: nn.Upsample(scale_factor=1.5),
}


@EVEN
@pytest.mark.parametrize("name", LINES)
def test_lines(name: str, tmp_path: Path) -> None:
    check(over_time(LINES[name]()), (CHANNELS, 10), tmp_path)


PLACES = torch.tensor([5, 0, 0, -1])
MOVED: dict[str, Callable[[Tensor], Tensor]] = {
    "flip": lambda x: x.flip(0, 2),
    "loop": lambda x: torch.stack([part * (i + 1) for i, part in enumerate(x)]),
    "unbind": lambda x: torch.stack([part * (i + 1) for i, part in enumerate(x.unbind(2))], 2),
    "chunk": lambda x: torch.cat([part * (i + 1) for i, part in enumerate(x.chunk(3, -1))], -1),
    "split in time": lambda x: torch.cat([part * (i + 1) for i, part in enumerate(torch.split(x, 1))]),
    "split": lambda x: torch.cat([part * (i + 1) for i, part in enumerate(torch.split(x, [1, 5], 2))], 2),
    "slices with steps": lambda x: torch.cat([x[..., 1::2], x[..., :-2:3], x[:, :, 4:]], 2),
    "steps in time": lambda x: x[::2],
    "index": lambda x: x[:, :, PLACES],
    "index in time": lambda x: x[torch.tensor([1, 0, 1])],
    "index with two dimensions": lambda x: x[:, :, torch.tensor([[5, 0], [0, -1]])],
    "index_select": lambda x: x.index_select(2, torch.tensor([5, 0, 0])),
    "gather, one delay for each": lambda x: x.gather(0, torch.tensor([0, 0, 1, 1, 0, 1]).expand_as(x)),
    "gather, by what is given": lambda x: x.gather(2, x.detach().abs().long()),
    "where": lambda x: torch.where(x > 0, x * 2, x.roll(1, 2)),
    "roll": lambda x: x.roll((1, -2), (0, 2)),
    "cumsum": lambda x: x.cumsum(0),
    "repeat": lambda x: torch.cat([x.repeat(1, 1, 2), x.repeat_interleave(2, 2)], 2),
    "unflatten": lambda x: x.reshape(STEPS, -1, 2, 3).permute(0, 1, 3, 2).flatten(2),
    "products": lambda x: torch.einsum("tbn,tbm->tbnm", x, x).flatten(2),
    "masked": lambda x: x.masked_fill(x > 1, 0.5),
    "pointwise": lambda x: functional.relu(x) + functional.hardtanh(x, -0.5, 0.5) + functional.leaky_relu(x, 0.25),
    "padded in time": lambda x: functional.pad(x, (0, 0, 0, 0, 1, 0))[:-1] + x,
}


@pytest.mark.parametrize("name", MOVED)
def test_elements_that_are_chosen_and_joined(name: str, tmp_path: Path) -> None:
    check(Fn(MOVED[name]), (6,), tmp_path)
