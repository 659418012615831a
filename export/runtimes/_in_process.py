"""Runtimes that are Python packages beside ours: onnxruntime, onnx's reference evaluator and OpenVINO.

They run in a process of their own, where a graph that does not end, or takes all memory, is ended.
"""

import sys
from pathlib import Path
from typing import ClassVar

from spikelut.export.runtimes._apart import Pooled
from spikelut.export.runtimes._runtime import module_version
from spikelut.export.runtimes._worker import Worker

WORKER = Path(__file__).with_name("worker.py")
FLOAT_PRODUCTS = ("session.qdq_matmulnbits_accuracy_level", "1")
"""onnxruntime takes factors of dequantised weights as 8 bits (4, the default) or as float32 (1), which is exact."""


class Package(Pooled):
    """A runtime that is the Python package `package`."""

    package: ClassVar[str]

    def missing(self) -> str:
        return "" if module_version(self.package) else f"{self.package} is not installed"

    def version(self) -> str:
        return module_version(self.package)

    def worker(self, folder: Path) -> Worker:
        return Worker(lambda url: [sys.executable, str(WORKER), url, self.name], folder)


class OnnxRuntime(Package):
    """onnxruntime on the CPU."""

    name = package = "onnxruntime"


class Reference(Package):
    """onnx's reference evaluator: the meaning of the operators, in NumPy."""

    name, package = "reference", "onnx"


class OpenVino(Package):
    """OpenVINO on the CPU, in float32 (its default may be less)."""

    name = package = "openvino"
