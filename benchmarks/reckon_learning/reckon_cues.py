"""Cue accumulation: on which side were more cues? Made here by its rules, or read from the chip's repository."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

TICKS, INPUTS, GROUP = 2250, 40, 10
CUES, FIRST, EACH, LASTS = 7, 50, 150, 100
RECALL = 2100
RATE, NOISE = 0.04, 0.01


class Cues(NamedTuple):
    """Events [samples, ticks, inputs] and labels, 0 left and 1 right, of training and of test."""

    train: tuple[NDArray[np.uint8], NDArray[np.int64]]
    test: tuple[NDArray[np.uint8], NDArray[np.int64]]


def made(samples: int, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Seven cues, each of 100 ms of spikes of ten inputs on a side; a second later ten others ask; ten are noise."""
    rng = np.random.default_rng(seed)
    rate = np.zeros((samples, TICKS, INPUTS // GROUP))
    sides = rng.random((samples, CUES)) < rng.choice([0.3, 0.7], (samples, 1))
    for cue in range(CUES):
        during = slice(FIRST + EACH * cue, FIRST + EACH * cue + LASTS)
        for side in (0, 1):
            rate[sides[:, cue] == side, during, side] = RATE
    rate[:, RECALL:, 2], rate[:, :, 3] = RATE, NOISE
    events = rng.random((samples, TICKS, INPUTS)) < np.repeat(rate, GROUP, axis=2)
    return events.astype(np.uint8), (sides.sum(1) > CUES // 2).astype(np.int64)


def load(folder: Path | None) -> Cues:
    """Those of a folder with reckon_cue.npz (x, y, test), or fifty of each made here."""
    if folder is None:
        return Cues(made(50, 1), made(50, 2))
    with np.load(folder / "reckon_cue.npz") as file:
        x, y, test = file["x"], file["y"].astype(np.int64), file["test"].astype(bool)
    return Cues((x[~test], y[~test]), (x[test], y[test]))
