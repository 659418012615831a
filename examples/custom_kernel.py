"""A kernel of your own for `org.spikelut::Spike`: it runs instead of the body that the file brings along.

A vendor's kernel in C++ is registered the same way: as a library with operators of the domain org.spikelut.
Needs onnxruntime-extensions. Run: python examples/custom_kernel.py
"""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from onnxruntime_extensions import PyCustomOpDef, get_library_path, onnx_op
from torch import nn

from spikelut import export, hw_profiles, quant, surrogates

calls = 0


# The domain is part of the name. The table, here of unsigned bytes, is for kernels that learn.
@onnx_op(
    op_type="org.spikelut::Spike",
    inputs=[PyCustomOpDef.dt_float, PyCustomOpDef.dt_uint8],
    outputs=[PyCustomOpDef.dt_float],
)
def spike(x: Any, table: Any) -> Any:
    """1 where x >= 0."""
    global calls
    calls += 1
    return (x >= 0).astype(np.float32)


def outputs(path: Path, events: Any, *, own_kernel: bool) -> list[Any]:
    """What the file gives, with the kernel above or with the body in the file."""
    options = onnxruntime.SessionOptions()
    if own_kernel:
        options.register_custom_ops_library(get_library_path())
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return list(session.run(None, {"input": events}))


def main() -> None:
    profile = hw_profiles.load("loihi2")
    curve = quant.LUTSurrogate(surrogates.Arctan(alpha=2.0), profile)
    model = nn.Sequential(quant.QuantLinear(20, 32, profile=profile), quant.LIF(profile, curve, beta=0.9))
    events = (np.random.default_rng(0).random((12, 8, 20)) < 0.3).astype(np.float32)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        export.to_onnx(model, events.shape, path, "functions")
        own = outputs(path, events, own_kernel=True)
        own_calls = calls
        body = outputs(path, events, own_kernel=False)
    same = all(np.array_equal(a, b) for a, b in zip(own, body, strict=True))
    share = np.mean([np.mean(a != 0) for a in body])
    agree = f"outputs {'agree' if same else 'differ'}, {share:.1%} of them are not zero"
    print(f"{own_calls} calls of our kernel, {calls - own_calls} without it; {agree}")


if __name__ == "__main__":
    main()
