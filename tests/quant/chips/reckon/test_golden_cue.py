"""The whole cue accumulation on the chip, against its RTL: `make test-reckon CUE=FOLDER`; see golden/README.md."""

import os
from pathlib import Path

import numpy as np
import pytest
from golden_vectors import Ints, different

from spikelut.quant.chips.reckon import Chip, Registers, run

NAME = "reckon_train_cue"
FILE = Path(os.environ.get("SPIKELUT_RECKON_CUE") or Path(__file__).parents[3] / "golden") / f"{NAME}.npz"
STEPS = FILE.with_name("reckon_train_cue_steps.npz")
pytestmark = [
    pytest.mark.golden,
    pytest.mark.skipif(not FILE.exists(), reason=f"{NAME}.npz is not here: its data name no licence"),
]


def checksum(weights: Ints) -> list[int]:
    place = np.arange(weights.size) % 65521 + 1
    flat = weights.reshape(-1)
    return [int((flat * place).sum()), int(flat.sum()), int(abs(flat).sum())]


def arrays(path: Path) -> dict[str, Ints]:
    with np.load(path) as file:
        return {key: file[key].astype(np.int64) for key in file.files}


def chip_of(g: dict[str, Ints]) -> Chip:
    registers = Registers.of({key.removeprefix("reg_"): a for key, a in g.items() if key.startswith("reg_")})
    return Chip(registers, g["alpha"], g["threshold"], g["w_inp_init"], g["w_rec_init"], g["w_out_init"])


def events_of(g: dict[str, Ints], s: int, inputs: int) -> Ints:
    events = np.zeros((int(g["n_steps"]), inputs), np.int64)
    part = slice(*g["event_start"][s : s + 2])
    events[g["event_time"][part], g["event_neuron"][part]] = 1
    return events


@pytest.mark.skipif(not STEPS.exists(), reason=f"{STEPS.name} is not here: its data name no licence")
def test_two_samples_tick_by_tick() -> None:
    """In NumPy: spikes and outputs, errors, learning signals, slopes and excess; membranes and traces of the first."""
    g, steps = arrays(FILE), arrays(STEPS)
    chip, name = chip_of(g), STEPS.stem
    for s in range(2):
        of = {key.removeprefix(f"s{s}_"): a for key, a in steps.items() if key.startswith(f"s{s}_")}
        events = events_of(g, s, chip.registers.inputs)
        sample = run(chip, events, g["label"][s], target_from=int(g["t_target"]), learn=True, record=True)
        inside, ticks, learning = sample.recorded, of["step"], of["error_step"]
        assert inside is not None
        spikes = np.unpackbits(of["spike"].astype(np.uint8), axis=1)[:, : chip.registers.neurons]
        assert different(name, sample.spikes[ticks], spikes.astype(np.int64)) == 0
        assert different(name, sample.outputs[ticks], of["u_out"]) == 0
        for key, rows in {"error": learning, "learning_signal": learning, "h": learning, "regul": learning}.items():
            assert different(name, getattr(inside, key)[rows], of[key]) == 0
        for key in {"u", "trace_inp", "trace_rec", "trace_out"} & of.keys():
            rows = ticks if key == "u" else ticks[of["trace_row"]]
            assert different(name, getattr(inside, key)[rows], of[key]) == 0


def test_every_weight_after_every_sample() -> None:
    g = arrays(FILE)
    chip = chip_of(g)
    registers, moved = chip.registers, 0
    for s in range(int(g["n_samples"])):
        events = events_of(g, s, registers.inputs)
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
