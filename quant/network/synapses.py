"""The weights of a deployed network as plain integers, each layer with a NumPy reference."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut._text import Brief
from spikelut.hw_profiles import Profile
from spikelut.quant.dynamics.spec import MAX_CURRENT, MAX_WIDE
from spikelut.quant.network.signal import Signal, Sizes, need, row_of, windows
from spikelut.quant.weights.wide_sums import EXACT_FLOAT32, needs_float64

Ints = NDArray[np.int64]
WINDOWS_AT_ONCE = 2**24
FEW = 16
"""Rows of events, one for a sample and a step, up to which those without an event are looked for."""
FEWER_BITS = "; give the messages fewer bits (message_bits=)"
AFTER_NEURONS = "weights and neurons must alternate, neurons or Repeat are next"


@dataclass(frozen=True, eq=False, repr=False)
class IntegerWeights(Brief):
    """Weights as integers: an event adds code * lsb * 2**(exponent + shift) membrane codes.

    `codes` is int8 or int16, out first, and has `bits` bits; `lsb` a power of two; `exponent` the layer's shift;
    `shift` the chip's. `channels`: a further left shift of each output; empty where there is none.
    """

    name: str
    codes: NDArray[Any]
    lsb: int
    exponent: int
    shift: int
    bits: int
    channels: tuple[int, ...] = ()

    @property
    def weight(self) -> Ints:
        """The weights as the chip stores them, code * lsb."""
        return self.codes.astype(np.int64) * self.lsb

    @property
    def left_shift(self) -> int:
        """log2 of the membrane codes that one weight code adds, but for the shift of its channel."""
        return self.lsb.bit_length() - 1 + self.exponent + self.shift

    def factors(self, rank: int) -> Ints:
        """The membrane codes that one code adds, by output, or of all, for arrays of a `rank` with outputs first."""
        each = np.int64(1) << np.array(self.channels or (0,), np.int64) + self.left_shift
        return each.reshape(-1, *[1] * (rank - 1))

    @property
    def fan_in(self) -> int:
        """The number of inputs of a neuron."""
        return int(np.prod(self.codes.shape[1:]))

    @property
    def largest_sum(self) -> int:
        """The largest magnitude of any synaptic sum of 0/1 spikes, in membrane codes."""
        return self.reach(0, 1)

    def reach(self, least: int, largest: int) -> int:
        """The largest magnitude of any synaptic sum of events in `least`..`largest`, in membrane codes."""
        # Of large counts it may be more than 64 bits hold.
        return int((self.code_reach(least, largest).astype(object) * self.factors(1).astype(object)).max(initial=0))

    def code_reach(self, least: int, largest: int) -> Ints:
        """The same in weight codes, of each output."""
        codes = self.codes.astype(np.int64).reshape(len(self.codes), -1)
        up, down = np.where(codes > 0, codes, 0).sum(1), -np.where(codes < 0, codes, 0).sum(1)
        reach: Ints = np.maximum(up * largest - down * least, down * largest - up * least)
        return reach

    def code_sums(self, least: int, largest: int) -> int:
        """The largest magnitude of any sum of weight codes of events in `least`..`largest`."""
        return int(self.code_reach(least, largest).max(initial=0))

    def sums(self, signal: Signal, shape: Sizes, profile: Profile) -> Signal:
        """The sums of events that `signal` is, in `shape`; ValueError if it is something else."""
        need(f"layer {self.name!r}", "events", signal, AFTER_NEURONS)
        reach = self.reach(signal.least, signal.largest)
        return Signal("sums", -reach, reach, shape, profile.current_step, signal.steps, profile, signal.graded)


@dataclass(frozen=True, eq=False, repr=False)
class IntegerLinear(IntegerWeights):
    """A fully connected layer of a deployed network as integers; `codes` is [out, in].

    Synaptic sums, in membrane codes, are events @ (code * lsb * 2**(exponent + shift)).T, of the last dimension.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> layer = quant.integer(model).layers[0]
    >>> layer.codes.shape, layer.codes.dtype, layer.lsb, bool((layer.weight % 2 == 0).all())
    ((4, 8), dtype('int8'), 2, True)
    ```
    """

    def run(self, spikes: Ints) -> Ints:
        """Synaptic sums [T, B, ..., out] of event counts [T, B, ..., in]."""
        return product_of(spikes, self.codes.T) * self.factors(1)

    def signal(self, given: Signal, *, profile: Profile) -> Signal:
        """Sums of the last dimension of events."""
        width, inputs = row_of(f"layer {self.name!r}", given)[-1], int(self.codes.shape[1])
        fits = not isinstance(width, int) or width == inputs
        require(fits, f"layer {self.name!r}", f"layers must fit each other, it has {inputs} inputs", width)
        return self.sums(given, (*given.shape[:-1], len(self.codes)), profile)


@dataclass(frozen=True, eq=False, repr=False)
class IntegerConv2d(IntegerWeights):
    """A convolution of a deployed network as integers; `codes` is [out, in / groups, kernel height, kernel width].

    Images are padded with zeros. A code is worth what it is in `IntegerLinear`.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> convolution = quant.QuantConv2d(2, 3, 5, profile=profile)
    >>> quant.integer(torch.nn.Sequential(convolution, quant.LIF(profile, surrogates.Arctan()))).layers[0].codes.shape
    (3, 2, 5, 5)
    ```
    """

    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    groups: int = 1
    dilation: tuple[int, int] = (1, 1)

    @property
    def in_channels(self) -> int:
        return int(self.codes.shape[1]) * self.groups

    def run(self, spikes: Ints) -> Ints:
        """Synaptic sums [T, B, out, H', W'] of event counts [T, B, in, H, W]."""
        (up, left), (down, right), (tall, wide) = self.padding, self.stride, self.dilation
        padded = np.pad(spikes, ((0, 0), (0, 0), (0, 0), (up, up), (left, left)))
        padded = padded.reshape(-1, *padded.shape[2:])
        reached = [(k - 1) * d + 1 for k, d in zip(self.codes.shape[2:], self.dilation, strict=True)]
        views = np.lib.stride_tricks.sliding_window_view(padded, reached, (2, 3))
        views = views[:, :, ::down, ::right, ::tall, ::wide]
        height, width = views.shape[2:4]
        sums = np.empty((len(padded), len(self.codes), height, width), np.int64)
        at_once = max(1, WINDOWS_AT_ONCE // max(1, int(np.prod(views.shape[1:]))))
        for first in range(0, len(padded), at_once):
            part = views[first : first + at_once]
            for inputs, outputs in _groups(self.in_channels, len(self.codes), self.groups):
                # [n, C, H, W, kh, kw] to [n, H, W, C * kh * kw]
                patches = part[:, inputs].transpose(0, 2, 3, 1, 4, 5).reshape(len(part), height, width, self.fan_in)
                kernel = self.codes[outputs].reshape(-1, self.fan_in).T
                sums[first : first + at_once, outputs] = product_of(patches, kernel).transpose(0, 3, 1, 2)
        return sums.reshape(*spikes.shape[:2], *sums.shape[1:]) * self.factors(3)

    def signal(self, given: Signal, *, profile: Profile) -> Signal:
        """Sums of windows of images of events."""
        where = f"layer {self.name!r}"
        fits = len(given.shape) == 3 and given.shape[0] in (self.in_channels, "C")
        require(fits, where, f"layers must fit each other, it takes [{self.in_channels}, H, W]", list(given.shape))
        numbers = zip(given.shape[1:], self.codes.shape[2:], self.stride, self.padding, self.dilation, strict=True)
        sizes = [windows(where, *n, name=f"{self.name}.{axis}") for n, axis in zip(numbers, "HW", strict=True)]
        return self.sums(given, (len(self.codes), *sizes), profile)


def _groups(inputs: int, outputs: int, groups: int) -> list[tuple[slice, slice]]:
    i, o = inputs // groups, outputs // groups
    return [(slice(g * i, (g + 1) * i), slice(g * o, (g + 1) * o)) for g in range(groups)]


def product_of(a: NDArray[Any], b: NDArray[Any]) -> Ints:
    """The product of matrices of integers, of the last two dimensions.

    For few samples and steps only those rows of `b` are read that an event of `a` meets; of many, events meet all.
    """
    if a.size <= FEW * a.shape[-1]:
        met = np.flatnonzero(a.reshape(-1, a.shape[-1]).any(0))
        if 2 * len(met) <= len(b):
            a, b = a[..., met], b[met]
    # Sums are far below 2**53, so float64 holds them exactly, and its products are many times faster than integers'.
    product: Ints = (a.astype(np.float64) @ b.astype(np.float64)).astype(np.int64)
    return product


@dataclass(frozen=True, eq=False, repr=False)
class IntegerScale(Brief):
    """Events that go to neurons without weights: each adds 2**`left_shift` membrane codes.

    ```pycon
    >>> import numpy as np
    >>> quant.IntegerScale("scale", 10).run(np.array([[[0, 1, 3]]])).ravel()
    array([   0, 1024, 3072])
    ```
    """

    name: str
    left_shift: int

    def run(self, events: Ints) -> Ints:
        """Sums [T, B, ...] of event counts [T, B, ...]."""
        return events << self.left_shift

    def signal(self, given: Signal, *, profile: Profile) -> Signal:
        """Sums of the same shape."""
        need(f"layer {self.name!r}", "events", given, "currents are scaled in the weights before them")
        least, largest = given.least << self.left_shift, given.largest << self.left_shift
        return Signal("sums", least, largest, given.shape, profile.current_step, given.steps, profile)


def sum_limit(profile: Profile, graded: bool = False) -> int:
    """The largest magnitude of a step's sums: what a chip's accumulator, and every part of the library, holds.

    `graded`: of graded spikes, whose sums may be made in 64 bits.
    """
    bits, most = profile.current.accumulator_bits if profile.current else None, MAX_WIDE if graded else MAX_CURRENT
    return most if bits is None else min(most, 2 ** (bits - 1) - 1)


def check_sums(
    layer: IntegerWeights, events: int, profile: Profile, where: str, least: int = 0, graded: bool = False
) -> None:
    """ValueError if sums of events in `least`..`events` could leave what float32, or the chip, holds exactly.

    Of `graded` spikes they are made in 64 bits where they need them.
    """
    largest, fan_in = layer.reach(least, events), layer.fan_in
    most = MAX_WIDE if graded else MAX_CURRENT
    message = f"synaptic sums must be at most {most} membrane codes, fan-in {fan_in}{FEWER_BITS if graded else ''}"
    require(largest <= most, where, message, largest)
    exact = f"sums of weight codes must be at most 2**24 to be exact in float32, fan-in {fan_in}"
    codes = layer.code_sums(least, events)
    # Wider layers make their sums in float64.
    wide = graded or needs_float64(fan_in, layer.bits, profile.finer)
    require(wide or codes <= EXACT_FLOAT32, where, exact, codes)
    bits = profile.current.accumulator_bits if profile.current else None
    if bits is not None:
        limit = 2 ** (bits - 1) - 1
        message = (
            f"synaptic sums must be at most {limit} in the {bits}-bit accumulator of {profile.name}, fan-in {fan_in}"
        )
        require(largest <= limit, where, message, largest)
