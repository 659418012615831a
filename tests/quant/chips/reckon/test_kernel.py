"""The compiled kernel of ReckOn's samples beside NumPy, on chips drawn by chance."""

from dataclasses import fields

import numpy as np
import pytest
from reckon_chips import drawn

from spikelut import get_backend, native, set_backend
from spikelut.quant.chips.reckon import Registers, run

pytestmark = pytest.mark.skipif(bool(native.reason_missing()), reason="no library of native kernels")


@pytest.mark.parametrize("first", range(0, 30, 5))
def test_samples_are_those_of_numpy(first: int) -> None:
    """Of five chips; some have rates at which nothing moves."""
    assert sum(weights_moved(seed) for seed in range(first, first + 5)) >= 3


def weights_moved(seed: int) -> bool:
    """Whether weights changed in three samples, in which the kernel and NumPy do the same."""
    compiled, rng, before = drawn(seed), np.random.default_rng(seed), get_backend()
    reference = compiled.copy()
    untouched = [w.copy() for w in compiled.weights]
    for learns in (True, False, True):
        events = rng.random((30, compiled.registers.inputs)) < 0.2
        label = int(rng.integers(compiled.registers.outputs))
        found = run(compiled, events, label, target_from=5, learn=learns)
        try:
            set_backend("torch")
            expected = run(reference, events, label, target_from=5, learn=learns)
        finally:
            set_backend(before)
        assert np.array_equal(found.spikes, expected.spikes)
        assert np.array_equal(found.outputs, expected.outputs)
        assert np.array_equal(found.votes, expected.votes)
        assert found.prediction == expected.prediction
    for a, b in zip(compiled.weights, reference.weights, strict=True):
        assert np.array_equal(a, b)
    assert np.array_equal(compiled.calls, reference.calls)
    assert compiled.generators.keys() == reference.generators.keys()
    assert all(np.array_equal(compiled.generators[name], state) for name, state in reference.generators.items())
    assert expected.spikes.any()
    return any(not np.array_equal(a, b) for a, b in zip(compiled.weights, untouched, strict=True))


def test_every_register_is_drawn() -> None:
    """What the comparison above leaves at one value is named here."""
    values = [drawn(seed).registers for seed in range(30)]
    names = [field.name for field in fields(Registers)]
    fixed = {name for name in names if len({getattr(registers, name) for registers in values}) == 1}
    assert fixed == {"regression", "single_label"}
