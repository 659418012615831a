"""A kernel registered for `org.spikelut::Spike` runs instead of the body in the file."""

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from runtime_files import case

from spikelut.export.runtimes import Case

extensions = pytest.importorskip("onnxruntime_extensions", reason="needs onnxruntime-extensions")
CALLS: list[float] = []
OFFSET = {"x": 0.0}
"""What the kernel adds to its input: not 0 makes it another neuron."""


@pytest.fixture(scope="module", autouse=True)
def kernel() -> Any:
    """The kernel, for tables of unsigned bytes; onnxruntime-extensions keeps it for the process."""

    def spike(x: Any, table: Any) -> Any:
        assert table.dtype == np.uint8
        assert len(table) == 256
        CALLS.append(float(x.min()))
        return (x + OFFSET["x"] >= 0).astype(np.float32)

    kinds = extensions.PyCustomOpDef
    register = extensions.onnx_op(
        op_type="org.spikelut::Spike", inputs=[kinds.dt_float, kinds.dt_uint8], outputs=[kinds.dt_float]
    )
    return register(spike)


def outputs(made: Case, *, own_kernel: bool, level: int) -> dict[str, Any]:
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel(level)
    options.log_severity_level = 3
    if own_kernel:
        options.register_custom_ops_library(extensions.get_library_path())
    session = onnxruntime.InferenceSession(made.path, options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, made.inputs), strict=True))


@pytest.mark.parametrize("form", ["scan", "unrolled"])
@pytest.mark.parametrize("level", [0, 1, 99], ids=["unoptimised", "basic", "all"])
def test_the_kernel_wins_over_the_body(form: str, level: int, tmp_path: Path) -> None:
    made = case("recurrent", "functions", form, tmp_path)
    CALLS.clear()
    body = outputs(made, own_kernel=False, level=level)
    assert not CALLS
    own = outputs(made, own_kernel=True, level=level)
    # Two layers of neurons spike, in each of four steps.
    assert len(CALLS) == 2 * 4
    # The membranes above threshold, in real units, of both signs.
    assert min(CALLS) < 0
    for name, expected in made.expected.items():
        assert np.array_equal(own[name], expected)
        assert np.array_equal(body[name], expected)


def test_what_the_kernel_gives_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = case("recurrent", "functions", "scan", tmp_path)
    monkeypatch.setitem(OFFSET, "x", 1000.0)
    own = outputs(made, own_kernel=True, level=99)
    spikes = [value for name, value in own.items() if name.startswith("spikes.")]
    assert len(spikes) == 2
    assert all(np.all(train == 1) for train in spikes)
