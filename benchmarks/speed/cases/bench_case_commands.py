"""How long a person waits: for imports, for help, for files to be written and compared."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from time import perf_counter

import torch
from bench_case import Case, Contender, Setting, Unavailable, Work, equal
from bench_case_inference import folder
from bench_case_train import PROFILE, lively, table
from bench_peers import BETA
from torch import nn

from spikelut import export, quant
from spikelut.export.runtimes import by_name, check, names, network_case
from spikelut.quant.network.stimuli import stimuli

WIDTH, LAYERS, STEPS = 128, 10, 16


def network(*sizes: int) -> nn.Sequential:
    """Fully connected layers in the integers of Loihi 2."""
    layers: list[nn.Module] = []
    for fan_in, fan_out in pairwise(sizes):
        layers += [quant.QuantLinear(fan_in, fan_out, profile=PROFILE), quant.LIF(PROFILE, table(), beta=BETA)]
    return lively(nn.Sequential(*layers))


def ten_layers(target: Path) -> Callable[[], object]:
    """An ONNX file of ten layers, any number of steps."""
    model = network(*[WIDTH] * (LAYERS + 1))
    return lambda: export.to_onnx(model, (8, 1, WIDTH), target / "ten.onnx")


def train_step(target: Path) -> Callable[[], object]:
    """A training step over 16 time steps."""
    model = network(64, 64, 10)
    return lambda: export.to_train_step(model, (STEPS, 8, 64), target / "learn.onnx")


def verified(alone: bool) -> Callable[[Path], Callable[[], object]]:
    """The file of 784-128-10 in the runtimes that are here, compared with the integers; or in the slowest of them."""

    def made(target: Path) -> Callable[[], object]:
        model, path = network(784, 128, 10), target / "verified.onnx"
        export.to_onnx(model, (25, 64, 784), path)
        integers = quant.integer(model)
        events = stimuli(integers, (784,), samples=64, steps=25, seed=0).events
        case = network_case(path, events, integers)
        there = [runtime for name in names() if not (runtime := by_name(name)).missing()]
        there = [runtime for runtime in there if check(runtime, case).status == "agrees"]
        slowest = max(there, key=lambda runtime: _seconds(lambda: check(runtime, case)))
        if alone:
            return lambda: check(slowest, case)

        def all_of_them() -> None:
            expected = network_case(path, events, integers)
            for runtime in there:
                check(runtime, expected)

        return all_of_them

    return made


def _seconds(call: Callable[[], object]) -> float:
    """Of one call."""
    start = perf_counter()
    call()
    return perf_counter() - start


def program(*arguments: str) -> Callable[[Path], Callable[[], object]]:
    """A process of its own, from its start to its end."""

    def made(target: Path) -> Callable[[], object]:
        return lambda: subprocess.run(arguments, cwd=target, check=True, capture_output=True)

    return made


def spikelut(*arguments: str) -> Callable[[Path], Callable[[], object]]:
    """The command line."""
    command = shutil.which("spikelut", path=str(Path(sys.executable).parent))
    if command is None:
        raise Unavailable("the command spikelut is not installed beside this Python")
    return program(command, *arguments)


WAITS: dict[str, Callable[[Path], Callable[[], object]]] = {
    "python -c pass": program(sys.executable, "-c", "pass"),
    "import spikelut": program(sys.executable, "-c", "import spikelut"),
    "import torch": program(sys.executable, "-c", "import torch"),
    "spikelut --help": lambda target: spikelut("--help")(target),
    "spikelut train --help": lambda target: spikelut("train", "--help")(target),
    f"to_onnx, {LAYERS} layers": ten_layers,
    f"to_train_step, T = {STEPS}": train_step,
    "verify": verified(alone=False),
    "the slowest runtime": verified(alone=True),
}
BESIDE = ("python -c pass", "import torch", "the slowest runtime")


class Commands(Case):
    """Seconds, of one thing after the other."""

    name = "commands"
    title = "What a person waits for"
    text = (
        "Commands are timed as processes, from start to end; `import torch` and an empty Python are shown for "
        f"comparison. `to_onnx` writes {LAYERS} layers of {WIDTH} neurons, and `to_train_step` a 64-64-10 network "
        f"over {STEPS} steps. `verify` runs 64 samples of 784-128-10 in every installed runtime and computes the "
        "expected values; the slowest runtime alone is shown beside it."
    )
    main = tuple(name for name in WAITS if name not in BESIDE)

    def settings(self) -> list[Setting]:
        return [{"threads": 1}]

    def quick(self) -> list[Setting]:
        return self.settings()

    def contenders(self, setting: Setting, backends: list[str]) -> Iterator[Contender]:
        def work(make: Callable[[Path], Callable[[], object]]) -> Work:
            return Work(make(Path(folder().name)))

        for name, make in WAITS.items():
            yield Contender(name, lambda make=make: work(make), None if name in BESIDE else backends[-1])  # type: ignore[misc]  # a default binds the loop's value

    def check(self) -> int:
        """What is written computes what the network does."""
        model = network(64, 64, 10)
        x = (torch.rand(4, 2, 64, generator=torch.Generator().manual_seed(0)) < 0.2).float()
        with tempfile.TemporaryDirectory() as held:
            export.to_onnx(model, (4, 2, 64), Path(held) / "net.onnx")
            found = export.run_onnx(Path(held) / "net.onnx", x.numpy())
        wanted = quant.integer(model).run(x.numpy())
        compared = 0
        for name, values in found.items():
            compared += equal(f"to_onnx, layer {name}", torch.from_numpy(values), torch.from_numpy(wanted[name]))
        return compared
