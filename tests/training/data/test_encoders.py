"""Encoders: what of an intensity or a signal can be told from its events, and how exactly."""

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from torch.utils.data import DataLoader, Dataset

from spikelut.training import SpikeDataset, collate, constant, delta, latency, rate

INTENSITIES = arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(1, 5)), elements=st.floats(0, 1))
SIGNALS = arrays(
    np.float64, st.tuples(st.integers(1, 3), st.integers(1, 12), st.integers(1, 3)), elements=st.floats(-9, 9)
)
EXACT = 1e-12
"""Sums and products of doubles of about 1 are off by a few times 1e-16."""


@given(INTENSITIES, st.integers(1, 40))
def test_rate_is_within_half_a_spike_at_any_time(p: NDArray[Any], steps: int) -> None:
    spikes = rate(p, steps)
    assert spikes.shape == (len(p), steps, p.shape[1])
    assert spikes.dtype == np.uint8
    assert set(np.unique(spikes)) <= {0, 1}
    sent, meant = spikes.cumsum(1, dtype=float), p[:, None] * np.arange(1, steps + 1)[:, None]
    assert np.abs(sent - meant).max() <= 0.5 + EXACT * steps


@given(INTENSITIES, st.integers(2, 40), st.floats(0, 1))
def test_latency_tells_the_intensity_to_half_a_step(p: NDArray[Any], steps: int, threshold: float) -> None:
    spikes = latency(p, steps, threshold=threshold)
    assert spikes.shape == (len(p), steps, p.shape[1])
    assert spikes.dtype == np.uint8
    assert np.array_equal(spikes.sum(1), p >= threshold)
    found = 1 - spikes.argmax(1) / (steps - 1)
    assert np.abs(found - p)[p >= threshold].max(initial=0) <= 0.5 / (steps - 1) + EXACT
    assert latency(p, steps).sum() == p.size


@given(INTENSITIES, st.integers(1, 8))
def test_constant_tells_the_intensity_to_half_a_count(p: NDArray[Any], bits: int) -> None:
    counts = constant(p, bits)
    assert counts.shape == (len(p), 1, p.shape[1])
    assert counts.dtype == np.uint8
    assert np.abs(counts[:, 0] / (2**bits - 1) - p).max() <= 0.5 / (2**bits - 1) + EXACT
    # What it stands for with a step of 2**-b.
    assert np.abs(counts[:, 0] * 2.0**-bits - p * (1 - 2.0**-bits)).max() <= 2.0 ** -(bits + 1) + EXACT


@given(SIGNALS, st.floats(0.05, 3), st.sampled_from([None, 0.0, -2.5]))
def test_delta_is_followed_to_less_than_the_threshold(x: NDArray[Any], threshold: float, start: float | None) -> None:
    events = delta(x, threshold, start=start)
    assert events.shape == (*x.shape[:2], 2, x.shape[2])
    assert events.dtype == np.uint8
    assert not (events[:, :, 0] * events[:, :, 1].astype(int)).any()  # never up and down at once
    moved = (events[:, :, 0].astype(float) - events[:, :, 1]).cumsum(1) * threshold
    found = (x[:, :1] if start is None else start) + moved
    within = 255 * threshold  # more at once is cut
    if np.abs(np.diff(x, axis=1, prepend=x[:, :1] if start is None else start)).max() < within:
        assert np.abs(found - x).max() < threshold * (1 + 1e-9)


@given(SIGNALS, st.floats(0.05, 3), st.integers(1, 5))
def test_events_that_were_cut_are_sent_later(x: NDArray[Any], threshold: float, largest: int) -> None:
    # Held for long enough after its end, the signal is reached however few events a step takes.
    steps = int(np.ceil(np.ptp(x, axis=1).max() / threshold / largest)) + 1
    held = np.concatenate([x, np.repeat(x[:, -1:], steps, axis=1)], axis=1)
    events = delta(held, threshold, largest=largest)
    assert events.max() <= largest
    moved = (events[:, :, 0].sum(1, dtype=float) - events[:, :, 1].sum(1, dtype=float)) * threshold
    assert np.abs(x[:, 0] + moved - x[:, -1]).max() < threshold * (1 + 1e-9)


def test_known_events() -> None:
    assert rate(np.array([[0.3]]), 5)[0, :, 0].tolist() == [0, 1, 0, 0, 1]
    assert latency(np.array([[1.0, 0.75, 0.5, 0.0]]), 5).argmax(1).tolist() == [[0, 1, 2, 4]]
    assert latency(np.array([[0.4, 0.6]]), 3, threshold=0.5)[0].T.tolist() == [[0, 0, 0], [0, 1, 0]]
    assert constant(np.array([[0.0, 0.49, 0.51, 1.0]]), 1).tolist() == [[[0, 0, 1, 1]]]
    signal = np.array([[0.0, 0.25, 1.0, 1.0, 0.5]])
    assert delta(signal, 0.25)[0].T.tolist() == [[0, 1, 3, 0, 0], [0, 0, 0, 0, 2]]
    # An event is sent once the signal has moved by all of the threshold.
    slow = np.array([[0.0, 0.4, 1.1, 1.0, -1.2]])
    assert delta(slow, 0.5)[0].T.tolist() == [[0, 0, 2, 0, 0], [0, 0, 0, 0, 4]]
    assert delta(signal, 0.25, largest=1)[0].T.tolist() == [[0, 1, 1, 1, 0], [0, 0, 0, 0, 1]]
    assert delta(signal + 1, 0.25, start=0.0)[0].T.tolist() == [[4, 1, 3, 0, 0], [0, 0, 0, 0, 2]]


@pytest.mark.parametrize("encode", [partial(rate, steps=6), partial(latency, steps=6), partial(constant, bits=3)])
def test_axes_and_kinds(encode: Any) -> None:
    p = np.random.default_rng(0).random((5, 2, 3)).astype(np.float32)
    events = encode(p)
    assert events.any()
    assert np.array_equal(encode(p, axis=0), np.moveaxis(events, 1, 0))
    assert np.array_equal(encode(p[2], axis=0), events[2])  # a sample
    tensor = encode(torch.tensor(p))
    assert tensor.dtype == torch.uint8
    assert np.array_equal(tensor.numpy(), events)
    assert SpikeDataset(events, np.arange(5)).batch([4]).x.any()


def test_axes_and_kinds_of_signals() -> None:
    x = np.random.default_rng(0).normal(size=(5, 7, 2, 3))
    events = delta(x, 0.5)
    assert events.shape == (5, 7, 2, 2, 3)
    assert np.array_equal(delta(x[2], 0.5, axis=0), events[2])
    assert np.array_equal(delta(torch.tensor(x), 0.5).numpy(), events)
    assert events.reshape(5, 7, -1).shape == (5, 7, 12)


class Images(Dataset[Any]):
    """As torchvision's and tonic's: a transform of each sample."""

    def __init__(self, transform: Any) -> None:
        self.transform = transform

    def __len__(self) -> int:
        return 4

    def __getitem__(self, index: int) -> Any:
        return self.transform(np.full((2, 3), index / 3)), index


def test_encoders_are_transforms_of_samples() -> None:
    for encode, total in ((partial(rate, steps=6, axis=0), 6), (partial(latency, steps=6, axis=0), 1)):
        loader = DataLoader(Images(encode), 4, collate_fn=collate, num_workers=1)
        (batch,) = loader
        assert batch.x.shape == (6, 4, 2, 3)
        assert (batch.x.sum(0)[-1] == total).all()


GOOD = np.full((2, 3), 0.5)
WRONG: list[tuple[Any, str]] = [
    (lambda: rate(GOOD + 0.6, 4), "rate: x must be intensities in 0..1, got 1.1"),
    (lambda: latency(GOOD - 0.6, 4), "latency: x must be intensities in 0..1, got -0.09999999999999998"),
    (lambda: constant(GOOD * np.nan, 4), "constant: x must be intensities in 0..1, got nan"),
    (lambda: rate(GOOD, 0), "rate: steps must be an integer in 1..65536, got 0"),
    (lambda: latency(GOOD, 4.0), "latency: steps must be an integer in 1..65536, got 4.0"),  # type: ignore[arg-type]
    (lambda: constant(GOOD, 9), "constant: bits must be an integer in 1..8, got 9"),
    (lambda: latency(GOOD, 4, threshold=2), "latency: threshold must be in 0..1, got 2"),
    (lambda: rate(GOOD, 4, axis=2), "rate: axis must be an integer in 0..1, got 2"),
    (lambda: rate([[0.5]], 4), "rate: x must be a tensor or a NumPy array, got 'list'"),  # type: ignore[type-var]
    (lambda: rate(GOOD.astype(complex), 4), "rate: x must hold real numbers, got 'complex128'"),
    (lambda: rate(torch.ones(2, dtype=torch.complex64), 4), "rate: x must hold real numbers, got 'complex64'"),
    (lambda: rate(np.array(0.5), 4), "rate: x must be an array, got 'a single number'"),
    (lambda: delta(GOOD, 0.0), "delta: threshold must be > 0, got 0.0"),
    (lambda: delta(np.array([[0.0, 1.0]]), 1e-320), "delta: threshold must be large enough for x, got 1e-320"),
    (lambda: delta(GOOD * np.inf, 1.0), "delta: x must be finite, got inf"),
    (lambda: delta(GOOD, 1.0, start=np.nan), "delta: start must be finite or None, got nan"),
    (lambda: delta(GOOD, 1.0, largest=256), "delta: largest must be an integer in 1..255, got 256"),
    (lambda: delta(GOOD[0], 1.0), "delta: x must have time as axis 1, a step or more, got (3,)"),
    (lambda: delta(GOOD[:, :0], 1.0), "delta: x must have time as axis 1, a step or more, got (2, 0)"),
]


@pytest.mark.parametrize(("call", "message"), WRONG, ids=[message for _, message in WRONG])
def test_what_cannot_be_encoded(call: Any, message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the whole message is compared
        call()
    assert str(caught.value) == message
