"""Runtimes that are Python packages beside ours: onnxruntime, onnx's reference evaluator and OpenVINO."""

from contextlib import ExitStack
from typing import Any, ClassVar

import numpy as np
import onnx
from numpy.typing import NDArray

from spikelut.export.runtimes._runtime import Arrays, Run, Runtime, module_version


class InProcess(Runtime):
    """A runtime that is the Python package `package`."""

    package: ClassVar[str]

    def missing(self) -> str:
        return "" if module_version(self.package) else f"{self.package} is not installed"

    def version(self) -> str:
        return module_version(self.package)


FLOAT_PRODUCTS = ("session.qdq_matmulnbits_accuracy_level", "1")
"""onnxruntime takes factors of dequantised weights as 8 bits (4, the default) or as float32 (1), which is exact."""


class OnnxRuntime(InProcess):
    """onnxruntime on the CPU."""

    name = package = "onnxruntime"

    def start(self, model: onnx.ModelProto, stack: ExitStack) -> Run:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3  # not that it removes what it does not need
        options.add_session_config_entry(*FLOAT_PRODUCTS)
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])
        names = [output.name for output in session.get_outputs()]
        return lambda inputs: dict(zip(names, session.run(names, dict(inputs)), strict=True))


class Reference(InProcess):
    """onnx's reference evaluator: the meaning of the operators, in NumPy."""

    name, package = "reference", "onnx"

    def start(self, model: onnx.ModelProto, stack: ExitStack) -> Run:
        from onnx.reference import ReferenceEvaluator

        evaluator: Any = ReferenceEvaluator(model)
        return lambda inputs: dict(zip(evaluator.output_names, evaluator.run(None, dict(inputs)), strict=True))


class OpenVino(InProcess):
    """OpenVINO on the CPU, in float32 (its default may be less)."""

    name = package = "openvino"

    def start(self, model: onnx.ModelProto, stack: ExitStack) -> Run:
        import openvino

        core = openvino.Core()
        compiled = core.compile_model(
            core.read_model(model.SerializeToString()), "CPU", {"INFERENCE_PRECISION_HINT": "f32"}
        )
        names = [output.name for output in model.graph.output]

        def run(inputs: Arrays) -> dict[str, NDArray[Any]]:
            found = compiled(dict(inputs))
            return {name: np.array(found[compiled.output(i)]) for i, name in enumerate(names)}

        return run
