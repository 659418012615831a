"""What every runtime has in common: it says whether it is there, and runs files."""

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

import onnx
from numpy.typing import NDArray

from spikelut.export.onnx_graph.safe_load import load_model
from spikelut.export.runtimes._shapes import fixed_shapes

Arrays = Mapping[str, NDArray[Any]]
Run = Callable[[Arrays], dict[str, NDArray[Any]]]


class Runtime(ABC):
    """A program that runs ONNX files.

    Attributes:
        name: as on the command line.
        static: whether it takes a model only after every dimension is a number.
        patience: seconds that loading or a call may take.
    """

    name: ClassVar[str]
    static: ClassVar[bool] = False
    patience: float = 600.0

    @abstractmethod
    def missing(self) -> str:
        """Why it cannot be used here, or nothing."""

    @abstractmethod
    def version(self) -> str:
        """The version that is installed."""

    @abstractmethod
    def start(self, model: onnx.ModelProto, stack: ExitStack) -> Run:
        """Load a valid model; what has to be ended afterwards is put on `stack`. Raises whatever the runtime raises."""

    def refuses(self, case: Any) -> str:
        """Why it does not run a `Case` that its dialect and form do not rule out; or nothing."""
        return ""

    def session(self, path: str | os.PathLike[str]) -> "Session":
        """The file `path`, to be called with arrays by name.

        Raises ValueError if it is no valid model, OSError if it cannot be read.
        """
        return Session(self, load_model(path))


class Session:
    """A model in a runtime: called with its inputs by name, gives its outputs by name. To be closed, or a `with` block.

    A runtime that needs fixed dimensions loads the model anew for each set of input shapes.
    """

    def __init__(self, runtime: Runtime, model: onnx.ModelProto) -> None:
        self._runtime, self._model, self._stack = runtime, model, ExitStack()
        self._running: dict[Any, Run] = {}

    def __call__(self, inputs: Arrays) -> dict[str, NDArray[Any]]:
        """The outputs; inputs must have the types the file says. Raises whatever the runtime raises."""
        shapes = {name: array.shape for name, array in inputs.items()}
        key = tuple(sorted(shapes.items())) if self._runtime.static else None
        if key not in self._running:
            model = fixed_shapes(self._model, shapes) if self._runtime.static else self._model
            self._running[key] = self._runtime.start(model, self._stack)
        return self._running[key](inputs)

    def close(self) -> None:
        """End what was started."""
        self._running.clear()
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def module_version(name: str, folder: Path | None = None) -> str:
    """The version of an installed distribution, here or in a folder of packages; nothing if it is not there."""
    from importlib.metadata import distributions

    found = distributions(name=name) if folder is None else distributions(name=name, path=[str(folder)])
    return next((str(d.version) for d in found), "")
