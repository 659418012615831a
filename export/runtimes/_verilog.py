"""The runtimes `iverilog` and `verilator`: the network in a file becomes Verilog, and simulators run its test bench."""

import os
from contextlib import ExitStack
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import onnx
from numpy.typing import NDArray

from spikelut._aside import folder_aside
from spikelut.export.onnx_graph.forms import input_names
from spikelut.export.runtimes._case import Case
from spikelut.export.runtimes._description import describe
from spikelut.export.runtimes._runtime import Arrays, Run, Runtime, Session
from spikelut.export.verilog.bench import bench, dumped
from spikelut.export.verilog.files import files_of
from spikelut.export.verilog.plan import Plan, plan
from spikelut.export.verilog.simulators import Icarus, Simulator, Verilator
from spikelut.quant.network.network import IntegerNetwork

NAME = "network"


class Simulated(Runtime):
    """A simulator of Verilog. It gives all that the bench compares, whatever a file has as outputs."""

    simulator: ClassVar[type[Simulator]]
    most_clocks: ClassVar[int]
    """What it simulates within half a minute."""

    def __init__(self) -> None:
        self._answers: dict[int, dict[str, NDArray[Any]]] = {}

    def missing(self) -> str:
        return self.simulator().missing()

    def version(self) -> str:
        return self.simulator().version()

    def session(self, path: str | os.PathLike[str]) -> Session:
        _network_of(Path(path))
        return super().session(path)

    def refuses(self, case: Case) -> str:
        """Why a file has no Verilog, or one that would run for too long; or nothing."""
        try:
            network = _network_of(case.path)
            clocks = _plan(network, case.inputs).clocks * case.steps * case.samples
        except ValueError as error:
            return str(error)
        most = f"{self.most_clocks:,} clocks, got {clocks:,}: give fewer --samples"
        return "" if clocks <= self.most_clocks else f"simulates at most {most}"

    def start(self, model: onnx.ModelProto, stack: ExitStack) -> Run:
        # What a file gives besides changes nothing about its network.
        from spikelut.export.c.from_onnx import network_in

        file, network = describe(model), network_in(model)
        simulator = self.simulator()
        simulator.patience = self.patience
        worth = {network.named(name): network.signals[name].step for name in network.outputs}
        floats = {port.name for port in file.outputs if port.dtype.kind == "f"}
        # Of a fixed number of steps not all states may be asked for.
        steps = {port.name: port.shape[0] for port in file.outputs if port.shape and isinstance(port.shape[0], int)}

        def run(arrays: Arrays) -> dict[str, NDArray[Any]]:
            made = _plan(network, arrays)
            test = bench(made, _counts(network, arrays))
            files = files_of(made, test)
            # A program with its inputs in it has one answer, whatever it is called for.
            key = hash(tuple(files.items()))
            if key not in self._answers:
                with folder_aside() as folder:
                    for name, content in files.items():
                        (folder / name).write_text(str(content), encoding="utf-8")
                    simulator.build(folder, NAME)
                    simulator.run(folder, NAME, "+dump")
                    self._answers = {key: dumped(test, folder, NAME)}
            found = self._answers[key]
            found = {name: x[: steps.get(name)] for name, x in found.items()}
            return {name: x * worth.get(name, 1.0) if name in floats else x for name, x in found.items()}

        return run


class IcarusVerilog(Simulated):
    """Icarus Verilog."""

    name, simulator, most_clocks = "iverilog", Icarus, 2_000_000


class VerilatedVerilog(Simulated):
    """Verilator, with make and a C++ compiler."""

    name, simulator, most_clocks = "verilator", Verilator, 50_000_000


def _network_of(path: Path) -> IntegerNetwork:
    """The network of a file whose graph is that of its network; ValueError of another."""
    # Which stands on the runtimes itself.
    from spikelut.export.c.from_onnx import network_of_file

    return network_of_file(path, None)[0]


def _plan(network: IntegerNetwork, arrays: Arrays) -> Plan:
    """The Verilog for inputs of these sizes."""
    names = input_names(network)
    free = [
        size
        for one in network.inputs
        for own, size in zip(one.shape, arrays[names[one.name]].shape[2:], strict=True)
        if not isinstance(own, int)
    ]
    return plan(network, NAME, tuple(free) or None)


def _counts(network: IntegerNetwork, arrays: Arrays) -> dict[str, NDArray[np.int64]]:
    """What comes in, by the names of inputs, in counts."""
    names, found = input_names(network), {}
    for one in network.inputs:
        array = arrays[names[one.name]]
        whole = array if array.dtype.kind in "iu" else np.rint(array / one.step)
        found[one.name] = whole.astype(np.int64)
    return found
