"""ReckOn's tick with learning as ONNX, run in onnxruntime: states, weights and generators as in NumPy, to the bit."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reckon_chips import drawn

from spikelut import export, quant
from spikelut.quant.chips.reckon import Chip, Curve
from spikelut.quant.chips.reckon.sample import goals

pytest.importorskip("onnx")
ort = pytest.importorskip("onnxruntime")
TICKS, FROM = 8, 3


def run(session: Any, states: dict[str, Any], events: Any, goal: Any, learns: bool) -> tuple[dict[str, Any], Any]:
    """A sample: its states at the end, and the spikes of every tick."""
    names = [value.name for value in session.get_outputs()]
    spikes = []
    for t in range(len(events)):
        flags = {"first": t == 0, "last": t == len(events) - 1, "target": t >= FROM, "learns": learns}
        given = {name: np.array(value) for name, value in flags.items()}
        found = dict(
            zip(names, session.run(None, {**states, "events": events[t], "goal": goal[t], **given}), strict=True)
        )
        spikes.append(found.pop("spikes"))
        states = {name.removesuffix(".next"): value for name, value in found.items()}
    return states, np.stack(spikes)


def chips() -> list[Chip]:
    """Of any kind: with noise, more inputs than neurons, all regularisation, and rounding by chance or none."""
    found = []
    for seed, changes in enumerate(
        (
            {"en_stoch_round": 1, "do_eprop": 7, "regul_mode": 3, "regul_w": 3, "regul_f0": 2},
            {"en_stoch_round": 0, "do_eprop": 7, "noise_en": 1, "regul_mode": 2, "regul_w": 2},
            {"en_stoch_round": 1, "do_eprop": 5, "regression": 1, "noise_en": 0},
            {"en_stoch_round": 1, "do_eprop": 4, "force_traces": 1},
        )
    ):
        chip = drawn(seed)
        chip.registers = replace(chip.registers, lr_p_winp=24, lr_p_wrec=24, lr_p_wout=20, **changes)
        chip.threshold[:] = 300
        found.append(chip)
    return found


@pytest.mark.parametrize("number", range(4))
def test_samples_are_those_of_the_chip(number: int, tmp_path: Path) -> None:
    chip, rng = chips()[number], np.random.default_rng(number)
    reg, before = chip.registers, [w.copy() for w in chip.weights]
    model = export.to_learning_step(chip, tmp_path / "step.onnx")
    assert {node.domain for node in model.graph.node} == {""}
    session = ort.InferenceSession(tmp_path / "step.onnx", providers=["CPUExecutionProvider"])
    states = export.learning_states(chip)
    for learns in (True, False, True):
        events = (rng.random((TICKS, reg.inputs)) < 0.4).astype(np.int64)
        label = int(rng.integers(reg.outputs))
        target = rng.integers(-(2**15), 2**15, (TICKS, reg.outputs)) if reg.regression else np.array(label)
        rest = {name: np.zeros_like(states[name]) for name in ("u", "outputs", "votes")}
        rest |= {name: np.zeros_like(states[name]) for name in states if name.startswith("trace")}
        states, spikes = run(session, states | rest, events, goals(reg, target, TICKS, FROM), learns)
        sample = quant.reckon.run(chip, events, target, target_from=FROM, learn=learns, record=True)
        for name in ("trace_inp", "trace_rec", "trace_out"):
            assert np.array_equal(states[name], getattr(sample.recorded, name)[-1])
        assert np.array_equal(spikes, sample.spikes)
        assert np.array_equal(states["votes"], sample.votes)
        assert np.array_equal(states["outputs"], sample.outputs[-1])
        for name, value in export.learning_states(chip).items():
            if name.startswith(("w_", "random_")):
                assert np.array_equal(states[name], value), name
    assert spikes.any()
    moved = [bool((new != old).any()) for new, old in zip(chip.weights, before, strict=True)]
    assert moved == [bool(reg.do_eprop >> bit & 1) for bit in range(3)]


def test_a_curve_that_the_chip_does_not_have_is_refused(tmp_path: Path) -> None:
    chip = chips()[0]
    chip.curve = Curve(np.zeros(2**16, int))
    with pytest.raises(ValueError, match=r"^to_learning_step: chip must have its registers' .*, got 'a curve'$"):
        export.to_learning_step(chip, tmp_path / "step.onnx")
    assert not (tmp_path / "step.onnx").exists()
