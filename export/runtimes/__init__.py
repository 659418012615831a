"""Programs that run exported files, and what is expected of each."""

from spikelut._checks import require
from spikelut.export.runtimes._c import CProgram
from spikelut.export.runtimes._case import Case as Case
from spikelut.export.runtimes._case import is_network as is_network
from spikelut.export.runtimes._case import network_case as network_case
from spikelut.export.runtimes._case import peer_case as peer_case
from spikelut.export.runtimes._case import random_events as random_events
from spikelut.export.runtimes._description import PACKED as PACKED
from spikelut.export.runtimes._description import Description as Description
from spikelut.export.runtimes._description import describe as describe
from spikelut.export.runtimes._expected import expected_file as expected_file
from spikelut.export.runtimes._expected import why_not as why_not
from spikelut.export.runtimes._in_process import OnnxRuntime, OpenVino, Reference
from spikelut.export.runtimes._outcome import Outcome as Outcome
from spikelut.export.runtimes._outcome import check as check
from spikelut.export.runtimes._replay import replay as replay
from spikelut.export.runtimes._runtime import Runtime as Runtime
from spikelut.export.runtimes._runtime import Session as Session
from spikelut.export.runtimes._shapes import fixed_shapes as fixed_shapes
from spikelut.export.runtimes._side import Chromium, Iree, Ncnn, Node, OldOnnxRuntime, Qonnx, Tract, Tvm, Web
from spikelut.export.runtimes._verilog import IcarusVerilog, VerilatedVerilog

ALL: tuple[type[Runtime], ...] = (
    OnnxRuntime,
    OldOnnxRuntime,
    Reference,
    CProgram,
    OpenVino,
    Tract,
    Iree,
    Tvm,
    Qonnx,
    Ncnn,
    Node,
    Web,
    Chromium,
    IcarusVerilog,
    VerilatedVerilog,
)


def names() -> list[str]:
    """The names of all runtimes."""
    return [runtime.name for runtime in ALL]


def by_name(name: str) -> Runtime:
    """The runtime of that name. Raises ValueError if there is none."""
    require(name in names(), "by_name", f"runtime must be one of {', '.join(names())}", name)
    return next(runtime for runtime in ALL if runtime.name == name)()
