"""Registers, memories and generators of ReckOn: what they refuse, and what generators are by definition."""

import re
from typing import Any

import numpy as np
import pytest

from spikelut.quant.chips.reckon import Chip, Registers, run
from spikelut.quant.chips.reckon.generators import ALL, Generator, seeded

SIZES: dict[str, Any] = {"num_inp_neur": 3, "num_rec_neur": 5, "num_out_neur": 1}


def chip(**changes: Any) -> Chip:
    parts: dict[str, Any] = {
        "registers": Registers(**SIZES),
        "alpha": 32000,
        "threshold": 400,
        "w_inp": np.zeros((4, 6), int),
        "w_rec": np.zeros((6, 6), int),
        "w_out": np.zeros((6, 2), int),
    }
    return Chip(**(parts | changes))


REGISTERS: dict[str, dict[str, Any]] = {
    "Registers: num_inp_neur must be an integer in 0..255, got 256": {"num_inp_neur": 256},
    "Registers: num_rec_neur must be an integer in 0..255, got 299": {"num_rec_neur": 299},
    "Registers: num_out_neur must be an integer in 0..15, got 16": {"num_out_neur": 16},
    "Registers: recurrent neurons must come in pairs, got 5": {"num_rec_neur": 4},
    "Registers: h_2 must be an integer in -16..15, got 16": {"h_2": 16},
    "Registers: thr_h_0 must be an integer in -32768..32767, got 40000": {"thr_h_0": 40000},
    "Registers: lr_p_winp must be an integer in 0..31, got 2.5": {"lr_p_winp": 2.5},
    "Registers: regul_mode must be 0..3: regularisation in every step is not known to be right, got 6": {
        "regul_mode": 6
    },
}


@pytest.mark.parametrize("message", REGISTERS)
def test_registers_that_are_refused(message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Registers(**(SIZES | REGISTERS[message]))


CHIPS: dict[str, dict[str, Any]] = {
    "Chip: w_inp must be [4, 6], got [6, 4]": {"w_inp": np.zeros((6, 4))},
    "Chip: w_rec must be in -128..127, got (-3, 128)": {"w_rec": np.arange(36).reshape(6, 6) * 131 // 35 - 3},
    "Chip: w_out must hold integers, got dtype('float64')": {"w_out": np.full((6, 2), 0.5)},
    "Chip: alpha must be in 28672..36863, got (20000, 20000)": {"alpha": 20000},
    "Chip: threshold must be [3], got [2]": {"threshold": [1, 2]},
}


@pytest.mark.parametrize("message", CHIPS)
def test_memories_that_are_refused(message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        chip(**CHIPS[message])


def test_places_that_would_spike_by_themselves_are_refused() -> None:
    registers = Registers(**(SIZES | {"num_inp_neur": 9}))
    weights = {"registers": registers, "w_inp": np.zeros((10, 6))}
    message = "Chip: thresholds of places without a neuron must be > 0, as these would spike, got [0, 7]"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        chip(threshold=[400, 400, 400, 0, 7], **weights)
    assert chip(**weights).threshold.tolist() == [400, 400, 400, 32767, 32767]


SAMPLES: dict[str, dict[str, Any]] = {
    "run: events must be [ticks, 4] of at least two ticks, got [9, 5]": {"events": np.zeros((9, 5))},
    "run: target must be a class in 0..1, got [2]": {"target": 2},
    "run: target must be a class in 0..1, got [-1]": {"target": -1},
    "run: target must hold integers, got dtype('float64')": {"target": 0.5},
    "run: target must be a class, or one for each of 9 ticks, got [4]": {"target": [0, 0, 1, 1]},
    "run: target_from must be an integer in 1..8, got 9": {"target_from": 9},
}


@pytest.mark.parametrize("message", SAMPLES)
def test_samples_that_are_refused(message: str) -> None:
    given: dict[str, Any] = {"events": np.zeros((9, 4)), "target": 1, "target_from": 5} | SAMPLES[message]
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        run(chip(), given.pop("events"), given.pop("target"), **given)


def test_targets_of_regressions_fit_16_bits() -> None:
    made = chip(registers=Registers(**SIZES, regression=1))
    with pytest.raises(ValueError, match=r"^run: target must be in -32768\.\.32767, got \(0, 40000\)$"):
        run(made, np.zeros((3, 4)), [[0, 0], [0, 0], [40000, 0]], target_from=1)


@pytest.mark.parametrize("kind", {kind for kind, _, _ in ALL.values()}, ids=lambda kind: f"{kind.length}-{kind.bits}")
def test_numbers_are_those_of_the_recurrence(kind: Generator) -> None:
    """z[m] = z[m - near] xor z[m - length], written out bit by bit from the state."""
    state = kind.start(0b1011011)
    z = state.tolist()
    for _ in range(5 * kind.bits):
        z.append(z[-kind.near] ^ z[-kind.length])
    came = z[kind.length :]
    numbers = [sum(bit << j for j, bit in enumerate(came[i : i + kind.width])) for i in range(0, len(came), kind.width)]
    values, after = kind.draw(state, 5)
    assert values.reshape(-1).tolist() == numbers
    assert after.tolist() == z[-kind.length :]
    none, same = kind.draw(state, 0)
    assert none.shape == (0, kind.lanes)
    assert same.tolist() == state.tolist()


def test_seeds_are_words_of_which_a_register_keeps_the_low_bits() -> None:
    wide = Registers(**SIZES, seed_strnd_oneur=0x8000 | 0x1234)
    assert wide.seed_strnd_oneur == 0x1234
    states = seeded(wide), seeded(Registers(**SIZES, seed_strnd_oneur=0x1234))
    assert all(np.array_equal(states[0][name], states[1][name]) for name in ALL)
