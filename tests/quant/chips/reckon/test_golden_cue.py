"""The whole cue accumulation on the chip, against its RTL: `make test-reckon CUE=FOLDER`; see golden/README.md."""

import os
from pathlib import Path

import numpy as np
import pytest
from golden_vectors import Ints, different

from spikelut.quant.chips.reckon import Chip, Registers, run

NAME = "reckon_train_cue"
FILE = Path(os.environ.get("SPIKELUT_RECKON_CUE") or Path(__file__).parents[3] / "golden") / f"{NAME}.npz"
pytestmark = [
    pytest.mark.golden,
    pytest.mark.skipif(not FILE.exists(), reason=f"{NAME}.npz is not here: its data name no licence"),
]


def checksum(weights: Ints) -> list[int]:
    place = np.arange(weights.size) % 65521 + 1
    flat = weights.reshape(-1)
    return [int((flat * place).sum()), int(flat.sum()), int(abs(flat).sum())]


def test_every_weight_after_every_sample() -> None:
    with np.load(FILE) as file:
        g = {key: file[key].astype(np.int64) for key in file.files}
    registers = Registers.of({key.removeprefix("reg_"): a for key, a in g.items() if key.startswith("reg_")})
    chip = Chip(registers, g["alpha"], g["threshold"], g["w_inp_init"], g["w_rec_init"], g["w_out_init"])
    moved = 0
    for s in range(int(g["n_samples"])):
        events = np.zeros((int(g["n_steps"]), registers.inputs), np.int64)
        part = slice(*g["event_start"][s : s + 2])
        events[g["event_time"][part], g["event_neuron"][part]] = 1
        before = [w.copy() for w in chip.weights]
        sample = run(chip, events, g["label"][s], target_from=int(g["t_target"]), learn=bool(g["is_train"][s]))
        moved += sum(int((new != old).sum()) for new, old in zip(chip.weights, before, strict=True))
        assert different(NAME, [checksum(w) for w in chip.weights], g["w_checksum"][s]) == 0
        assert different(NAME, chip.calls, g["n_updates_lfsr"][s]) == 0
        assert different(NAME, sample.votes, g["vote_count"][s]) == 0
        assert different(NAME, sample.prediction, g["prediction"][s]) == 0
        for k in np.flatnonzero(g["snap_sample"] == s):
            for key, weights in zip(("w_inp_snap", "w_rec_snap", "w_out_snap"), chip.weights, strict=True):
                assert different(NAME, weights, g[key][k]) == 0
    assert moved > 0
