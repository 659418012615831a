"""Networks in the form of published ones: the step that is exported is torch's, and the networks are active."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from published_steps import CASES, case
from train_step_check import compare, fed

from spikelut.export import runtimes

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


@pytest.mark.parametrize("name", ["max pooling", "bidirectional"])
def test_compiled_to_c(name: str, tmp_path: Path) -> None:
    runtime = runtimes.by_name("c")
    if runtime.missing():
        pytest.skip(runtime.missing())
    made = case(name)
    compare(made.model, made.x, made.y, made.loss, tmp_path, dynamic_batch=False)
    wanted = {value.name for value in onnx.load(tmp_path / "x.onnx").graph.input}
    feed = {key: array for key, array in fed(made.model, made.x, made.y).items() if key in wanted}
    found = []
    for each in (runtimes.by_name("onnxruntime"), runtime):
        with each.session(tmp_path / "x.onnx") as session:
            found.append(session(feed))
    assert np.array_equal(found[0]["output"], found[1]["output"])
    new = [key for key in found[0] if key.endswith(".new")]
    assert all(np.abs(found[0][key] - found[1][key]).max() < SLACK for key in new)
    assert all((found[1][key] != feed[key.removesuffix(".new")]).mean() > 0.3 for key in new)
