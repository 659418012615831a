"""Runtimes with installations of their own: Python environments, Node packages, a browser."""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from spikelut.export.runtimes._apart import Apart
from spikelut.export.runtimes._runtime import module_version
from spikelut.export.runtimes._worker import Worker

VARIABLE, DEFAULT = "SPIKELUT_RUNTIMES", ".runtimes"
HERE = Path(__file__).parent


class Side(Apart):
    """A runtime whose installation lies in the folder that the environment variable SPIKELUT_RUNTIMES names.

    That is `.runtimes` by default. `make test-runtimes` fills it.
    """

    def __init__(self) -> None:
        self.folder = Path(os.environ.get(VARIABLE) or DEFAULT).absolute()


class Tract(Side):
    """tract, an engine in Rust for small devices. Its package is beside ours; a process of its own can be ended."""

    name = "tract"
    static = True
    # What its optimiser needs doubles with every step of neurons on the way to an output, and takes gigabytes.
    patience = 60.0

    def missing(self) -> str:
        return "" if self.version() else "tract is not installed"

    def version(self) -> str:
        return module_version("tract")

    def worker(self, folder: Path) -> Worker:
        return Worker(lambda url: [sys.executable, str(HERE / "worker.py"), url, "tract"], folder)


class SidePython(Side):
    """A runtime in the Python environment `environment`, where `function` of worker.py runs it."""

    environment: ClassVar[str]
    package: ClassVar[str]
    function: ClassVar[str]

    @property
    def python(self) -> Path:
        return self.folder / self.environment / "bin" / "python"

    def missing(self) -> str:
        where = f"{self.folder.name}/{self.environment}"
        if not self.python.exists():
            return f"there is no Python environment {where}"
        return "" if self.version() else f"{self.package} is not installed in {where}"

    def version(self) -> str:
        folders = (self.folder / self.environment).glob("lib/python*/site-packages")
        return next((module_version(self.package, folder) for folder in folders), "")

    def worker(self, folder: Path) -> Worker:
        return Worker(lambda url: [str(self.python), str(HERE / "worker.py"), url, self.function], folder)


class OldOnnxRuntime(SidePython):
    """The oldest onnxruntime that the files are made for."""

    name, environment, package, function = "onnxruntime-1.16", "ort116", "onnxruntime", "onnxruntime"


class Iree(SidePython):
    """IREE, which compiles by way of MLIR."""

    name, environment, package, function = "iree", "extra", "iree-base-runtime", "iree"
    static = True


class Tvm(SidePython):
    """Apache TVM."""

    name, environment, package, function = "tvm", "extra", "apache-tvm", "tvm"
    static = True


class Qonnx(SidePython):
    """QONNX, whose operators describe quantisation."""

    name, environment, package, function = "qonnx", "extra", "qonnx", "qonnx"
    static = True


class Ncnn(SidePython):
    """ncnn, an engine for phones; floats only."""

    name, environment, package, function = "ncnn", "extra", "ncnn", "ncnn"
    static = True


class Node(Side):
    """onnxruntime-node."""

    name = "node"
    package: ClassVar[str] = "onnxruntime-node"

    def missing(self) -> str:
        if not shutil.which("node"):
            return "node is not installed"
        return "" if self.version() else f"there is no {self.folder.name}/node_modules/{self.package}"

    def version(self) -> str:
        import json

        path = self.folder / "node_modules" / self.package / "package.json"
        return str(json.loads(path.read_text(encoding="utf-8"))["version"]) if path.exists() else ""

    def worker(self, folder: Path) -> Worker:
        return Worker(lambda url: ["node", str(HERE / "worker.mjs"), url, str(self.folder), self.package], folder)


class Web(Node):
    """onnxruntime-web, WebAssembly, under Node."""

    name = "web"
    package = "onnxruntime-web"


CHROMIUM = (
    "--headless",
    "--no-sandbox",  # which a container does not allow; the page is ours alone
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Chromium(Web):
    """onnxruntime-web, WebAssembly, in a page of a headless Chromium."""

    name = "chromium"

    def missing(self) -> str:
        return super().missing() if _browser() else "chromium is not installed"

    def worker(self, folder: Path) -> Worker:
        def command(url: str) -> Sequence[str]:
            return [_browser(), *CHROMIUM, f"--user-data-dir={folder}", f"{url}page.html"]

        return Worker(command, folder, {"": HERE, "ort": self.folder / "node_modules" / self.package / "dist"})


def _browser() -> str:
    return next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), "")
