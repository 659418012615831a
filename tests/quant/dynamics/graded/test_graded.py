"""The kinds with graded spikes against their specification where registers wrap and messages fill."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from spikelut import hw_profiles
from spikelut.hw_profiles import NumberFormat, Overflow
from spikelut.quant.arithmetic.array_ops import NumpyOps
from spikelut.quant.dynamics.graded.neurons import KINDS, GradedDynamics
from spikelut.quant.dynamics.graded.spec import GradedSpec, graded_integers
from spikelut.quant.dynamics.graded.specification import graded_steps

PROFILE = hw_profiles.load("generic8")
STEPS, NEURONS = 60, 400
OVERFLOWS: tuple[Overflow, ...] = ("wrap", "saturate")
NARROW = NumberFormat(10, 4, overflow="wrap")


def kinds() -> dict[str, GradedDynamics]:
    """Kinds whose states have ten bits, and their messages four."""
    base = graded_integers(PROFILE, "sigma")[0]
    made: dict[str, GradedDynamics] = {}
    for name, cumulative, relu, overflow in product(KINDS, (False, True), (False, True), OVERFLOWS):
        if (cumulative and name == "sigma") or (relu and name != "sigma_delta"):
            continue
        register = replace(NARROW, overflow=overflow)
        spec = replace(base, membrane=register, threshold=None if name == "sigma" else 20)
        graded = GradedSpec(name, 2, 2, NumberFormat(4), cumulative, relu)  # type: ignore[arg-type]  # a name of them
        made[f"{name} {overflow}{' cumulative' * cumulative}{' relu' * relu}"] = KINDS[name](spec, graded)
    return made


@pytest.mark.parametrize("name", kinds())
def test_full_registers(name: str) -> None:
    """Every state and what is sent, as the specification has it."""
    kind, random = kinds()[name], np.random.default_rng(3)
    arriving = random.integers(-400, 500, (STEPS, NEURONS))
    arriving[STEPS // 2 :] = 0
    bias = random.integers(-30, 30, NEURONS)
    states = tuple(np.zeros(NEURONS, np.int64) for _ in kind.states)
    found = []
    for a in arriving:
        step = kind.step(NumpyOps, states, a, bias)
        states = step.states
        found.append((*states, states[0] if kind.reads_out else step.spikes))
    names = [*(state.name for state in kind.states), "output"]
    pairs = zip(arriving.T.tolist(), bias.tolist(), strict=True)
    expected = [graded_steps(kind.spec, kind.graded, a, b) for a, b in pairs]
    for i, state in enumerate(names):
        wanted = np.array([[getattr(step, state) for step in steps] for steps in expected]).T
        assert np.count_nonzero(wanted) > wanted.size // 20, state
        assert np.array_equal(np.stack([values[i] for values in found]), wanted), state
    register = kind.spec.membrane
    for values in zip(*found, strict=True):
        assert np.stack(values).min() >= register.min_code
        assert np.stack(values).max() <= register.max_code
    if not kind.reads_out:
        output = np.stack([values[-1] for values in found])
        message = kind.graded.message
        assert {int(output.min()), int(output.max())} == {message.min_code, message.max_code}


@pytest.mark.parametrize("cumulative", [False, True])
def test_what_a_message_does_not_hold_is_sent_later(cumulative: bool) -> None:
    """A value of 200, with messages of at most 31 in codes of a state: no more than dropped bits is lost."""
    spec = graded_integers(PROFILE, "delta", threshold=0.0, message_step=PROFILE.state_step)[0]
    kind = KINDS["delta"](spec, GradedSpec("delta", 0, 2, NumberFormat(4), cumulative, relu=False))
    states, sent = tuple(np.zeros(1, np.int64) for _ in kind.states), []
    for _ in range(9):
        step = kind.step(NumpyOps, states, np.array([200]))
        states = step.states
        sent.append(int(step.spikes[0]))
    assert sent == [7, 7, 7, 7, 7, 7, 3, 0, 0]
    assert [int(state[0]) for state in states] == [200, 0, *[0] * cumulative]
