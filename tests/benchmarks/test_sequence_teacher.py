"""The teacher of the sequence benchmark: its answers, and that samples drawn for a network come from those given."""

from typing import Any

import numpy as np
import pytest
import torch
from sequence_teacher import KernelTeacher, drawn, mixed, moved, shifted, smoothed, taught
from sequences import run
from torch import Tensor

from spikelut.cli.train.loop import Split

DRAWN: dict[str, Any] = {"count": 200, "shift": 0, "stretch": 0.0, "mix": 0.0, "any_class": 0.0, "drop": 0.0}
TAUGHT: dict[str, Any] = {"width": 2, "ridge": 0.1, "shifts": [-3, 0, 3], "sharpness": 8.0} | DRAWN


def bursts(begin: int) -> tuple[Tensor, Tensor]:
    """Samples of two classes, [12, 30, 3]: a burst in channel 0 before one in channel 1, or after it."""
    random = torch.Generator().manual_seed(begin)
    x, labels = torch.zeros(12, 30, 3, dtype=torch.uint8), torch.arange(12) % 2
    for sample, label in enumerate(labels):
        for channel in (0, 1):
            first = begin + 8 * int(channel == 1 - int(label))
            x[sample, first : first + 6, channel] = (torch.rand(6, generator=random) < 0.8).to(torch.uint8)
    return x, labels


def test_shifting_lets_silence_in() -> None:
    x = torch.arange(1, 6, dtype=torch.uint8).reshape(1, 5, 1)
    assert shifted(x, 2).flatten().tolist() == [0, 0, 1, 2, 3]
    assert shifted(x, -1).flatten().tolist() == [2, 3, 4, 5, 0]
    assert not shifted(x, 7).any()
    assert not shifted(x, -7).any()


def test_smoothed_events_are_the_root_of_a_rate() -> None:
    x = torch.zeros(2, 40, 2, dtype=torch.uint8)
    x[0, 20, 1], x[1] = 1, 1
    found = smoothed(x, 4).reshape(2, 20, 2)
    away = np.arange(0, 40, 2) - 20
    expected = np.sqrt(np.exp(-0.5 * (away / 4) ** 2) / (4 * np.sqrt(2 * np.pi)))
    np.testing.assert_allclose(found[0, :, 1], expected, rtol=1e-5)  # float32
    assert not found[0, :, 0].any()
    torch.testing.assert_close(found[1, 9:11], torch.ones(2, 2), rtol=1e-3, atol=0)  # tails cut off


def test_the_teacher_is_kernel_ridge_regression() -> None:
    x, labels = bursts(8)
    teacher = KernelTeacher(x, labels, 2, 0.5, [0])
    features = smoothed(x, 2).double().numpy()
    distances = ((features[:, None] - features[None]) ** 2).sum(2)
    kernel = np.exp(-distances / (2 * features.var(0, ddof=1).sum()))
    wanted = np.eye(2)[labels] - 0.5
    expected = kernel @ np.linalg.solve(kernel + 0.5 * np.eye(12), wanted)
    np.testing.assert_allclose(teacher.scores(x), expected, atol=1e-4)  # distances in float32


def test_shifts_let_the_teacher_know_a_sample_at_another_time() -> None:
    (x, labels), (later, _) = bursts(4), bursts(12)
    surer = []
    for shifts in ([0], [0, 8]):
        scores = KernelTeacher(x, labels, 2, 0.1, shifts).scores(later)
        surer.append(float((scores[torch.arange(12), labels] - scores[torch.arange(12), 1 - labels]).mean()))
    assert surer[0] < 0.5 < 0.8 < surer[1]


def test_samples_are_moved_as_a_whole() -> None:
    x = torch.zeros(300, 60, 2)
    x[:, 30:32] = 1  # of one step a faster sample may show nothing
    torch.manual_seed(0)
    found = moved(x, 5, 0.0)
    places = found[:, :, 0].argmax(1)
    assert torch.equal(found[:, :, 0], found[:, :, 1])
    assert sorted({*places.tolist()}) == list(range(25, 36))
    assert torch.equal(moved(x, 0, 0.0), x)
    faster = moved(x, 0, 0.2)[:, :, 0].argmax(1)
    assert 25 <= int(faster.min()) < 27
    assert 35 < int(faster.max()) <= 38


def test_a_mixture_has_each_event_from_one_of_two() -> None:
    torch.manual_seed(0)
    ones, twos = torch.full((400, 20, 4), 1), torch.full((400, 20, 4), 2)
    found = mixed(ones, twos)
    assert sorted({*found.flatten().tolist()}) == [1, 2]
    by_channel = (found == found[:, :1]).flatten(1).all(1)
    by_time = (found == found[:, :, :1]).flatten(1).all(1) & (found.diff(dim=1) <= 0).flatten(1).all(1)
    assert 100 < int(by_channel.sum()) < 190
    assert 100 < int(by_time.sum()) < 190
    assert 100 < int((~by_channel & ~by_time).sum()) < 170


@pytest.mark.parametrize("changes", [{}, {"mix": 1.0}, {"drop": 0.9}, {"mix": 1.0, "any_class": 1.0}])
def test_drawn_samples_come_from_those_given(changes: dict[str, Any]) -> None:
    torch.manual_seed(0)
    labels = torch.arange(10) % 2
    x = torch.zeros(10, 9, 10, dtype=torch.uint8)
    x[torch.arange(10), :, torch.arange(10)] = 1  # each sample has a channel of its own
    found = drawn(x, labels, DRAWN | changes)
    used = found.any(1)
    classes = used.reshape(200, 5, 2).any(1).sum(1)
    assert found.shape == (200, 9, 10)
    assert found.dtype == torch.uint8
    assert used.any(0).all()
    assert (classes <= (2 if "any_class" in changes else 1)).all()
    assert bool((classes == 2).any()) == ("any_class" in changes)
    assert bool((used.sum(1) == 2).any()) == ("mix" in changes)
    assert bool((found.any(2).sum(1) < 9).any()) == bool(changes.keys() & {"drop", "mix"})


def test_a_network_learns_what_the_teacher_says() -> None:
    x, labels = bursts(8)
    torch.manual_seed(0)
    split = taught(Split(x.swapaxes(0, 1), labels, 0.5), TAUGHT)
    assert split.spikes.shape == (30, 200, 3)
    assert split.input_step == 0.5
    torch.testing.assert_close(split.labels.sum(1), torch.ones(200))
    teacher = KernelTeacher(x, labels, 2, 0.1, [-3, 0, 3])
    torch.testing.assert_close(split.labels, torch.softmax(8 * teacher.scores(split.spikes.swapaxes(0, 1)), 1))
    torch.manual_seed(1)
    again = taught(Split(x.swapaxes(0, 1), labels, 0.5), TAUGHT)
    assert torch.equal(again.spikes, split.spikes)
    settings = {"hidden": 8, "weight_bits": 4, "input_gain": 3.0, "slope": 0.3, "readout_beta": 0.9, "dropout": 0.0}
    settings |= {"epochs": 4, "batch": 16, "rate": 1e-2, "decay_rate": 0.0, "score_scale": 3.0, "stretch": 0.0}
    row = {"networks": {"a": settings | {"cell": {"beta": 0.9}, "profile": ""}}}
    parts = {"both": split, "test": Split(x.swapaxes(0, 1), labels, 0.5)}
    record = run(row, "a", 0, parts, validate=False)
    assert min(record["accuracy"], record["train_accuracy"]) > 80
