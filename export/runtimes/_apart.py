"""Runtimes in processes of their own, which can be ended: a file may come from anywhere, and a graph may never stop."""

import atexit
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import onnx
from numpy.typing import NDArray

from spikelut._aside import folder_aside
from spikelut.export.runtimes._description import describe
from spikelut.export.runtimes._runtime import Arrays, Run, Runtime
from spikelut.export.runtimes._worker import Worker


class Apart(Runtime):
    """A runtime that answers from a process of its own, which is ended after `patience` seconds without an answer."""

    @abstractmethod
    def worker(self, folder: Path) -> Worker:
        """The process that runs models, in an empty folder of its own."""

    @contextmanager
    def started(self) -> Iterator[Worker]:
        """A process for one model."""
        with ExitStack() as stack:
            worker = self.worker(stack.enter_context(folder_aside()))
            stack.callback(worker.close)
            yield worker

    def start(self, model: onnx.ModelProto, stack: ExitStack) -> Run:
        worker = stack.enter_context(self.started())
        file = describe(model)
        about: dict[str, Any] = {"do": "load"}
        for key, ports in (("input", file.inputs), ("output", file.outputs)):
            about |= {f"{key}s": [port.name for port in ports], f"{key}_shapes": [list(port.shape) for port in ports]}
        about["output_types"] = [port.dtype.name for port in file.outputs]
        worker.patience = self.patience
        worker.ask(about, {"model": np.frombuffer(model.SerializeToString(), np.uint8)})

        def run(inputs: Arrays) -> dict[str, NDArray[Any]]:
            return worker.ask({"do": "run"}, inputs)

        return run


class Pooled(Apart):
    """One whose processes run one model after the other, because starting them takes long."""

    _idle: ClassVar[dict[str, list[tuple[Worker, ExitStack]]]] = {}

    @contextmanager
    def started(self) -> Iterator[Worker]:
        idle = self._idle.setdefault(self.name, [])
        worker, kept = idle.pop() if idle else (None, None)
        if worker is None or kept is None or not worker.alive:
            if kept is not None:
                kept.close()
            with ExitStack() as stack:
                worker = self.worker(stack.enter_context(folder_aside()))
                stack.callback(worker.close)
                kept = stack.pop_all()
        try:
            yield worker
        finally:
            if worker.ready:
                idle.append((worker, kept))
            else:  # it has ended, or is still at a question that was given up
                kept.close()

    @classmethod
    def end_all(cls) -> None:
        """End the processes that wait for a model."""
        for idle in cls._idle.values():
            while idle:
                idle.pop()[1].close()


atexit.register(Pooled.end_all)
