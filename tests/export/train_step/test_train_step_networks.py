"""Networks in the form of published ones: the step that is exported is torch's, and the networks are active."""

from pathlib import Path

import pytest
from published_steps import CASES, case
from train_step_check import compare

# Parameters are of the size of one; float32 sums of some hundred products, in another order.
SLACK = 2e-6


@pytest.mark.parametrize("name", CASES)
def test_a_step_is_torch_s(name: str, tmp_path: Path) -> None:
    made = case(name)
    found = compare(made.model, made.x, made.y, made.loss, tmp_path)
    # Integers of the chip: every spike and every membrane.
    assert found.output == 0
    assert max(found.loss, found.weights, found.states) < SLACK
    assert found.active > 0.1
    assert found.moved > 0.3
