"""Icarus Verilog and Verilator, which run the test bench of a network."""

import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

SAID = re.compile(r"^(\w+): (\d+) values compared, (\d+) nonzero, (\d+) different$", re.MULTILINE)


@dataclass(frozen=True)
class Said:
    """What a test bench says when it is through."""

    compared: int
    nonzero: int
    different: int


class Simulator:
    """A program that runs test benches; `patience` in seconds for each call of it."""

    name: ClassVar[str]
    programs: ClassVar[tuple[str, ...]]
    patience: float = 600.0

    def missing(self) -> str:
        """Why it cannot be used here, or nothing."""
        lacking = next((program for program in self.programs if shutil.which(program) is None), "")
        return f"{lacking} is not installed" if lacking else ""

    def version(self) -> str:
        """The version that is installed; nothing where it does not say."""
        raise NotImplementedError

    def commands(self, name: str) -> tuple[list[str], list[str]]:
        """What makes the bench of the network `name` a program, and what runs that, in its folder."""
        raise NotImplementedError

    def build(self, folder: Path, name: str) -> None:
        """Make the program. RuntimeError, of one line, if that fails."""
        self._call(self.commands(name)[0], folder)

    def run(self, folder: Path, name: str, *options: str) -> Said:
        """Run it. RuntimeError, of one line, if it fails, or finds a difference."""
        said = self._call([*self.commands(name)[1], *options], folder)
        found = SAID.search(said)
        if found is None:
            raise RuntimeError(f"{self.name}: the test bench says nothing: {_line(said)}")
        return Said(*(int(number) for number in found.groups()[1:]))

    def _call(self, command: list[str], folder: Path) -> str:
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        try:
            # Of a session of its own, so that compilers it has started can be ended with it.
            running = subprocess.Popen(command, cwd=folder, start_new_session=True, **pipes)
        except OSError as error:
            raise RuntimeError(f"{self.name} cannot be run: {error.strerror or error}") from None
        try:
            out, errors = running.communicate(timeout=self.patience)
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"{self.name} did not end in {self.patience:g} s") from None
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGKILL)
                running.communicate()
        if running.returncode:
            text = _line(f"{out} {errors}")
            raise RuntimeError(f"{self.name} ended with {running.returncode}: {text or 'no message'}")
        return str(out)

    def _first(self, *command: str) -> str:
        """The number in the first line that a program says of itself."""
        try:
            said = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout
        except (OSError, subprocess.SubprocessError):
            return ""
        found = re.search(r"\d+\.\d+", said)
        return found[0] if found else ""


class Icarus(Simulator):
    """Icarus Verilog."""

    name = "iverilog"
    programs = ("iverilog", "vvp")

    def version(self) -> str:
        return self._first("iverilog", "-V")

    def commands(self, name: str) -> tuple[list[str], list[str]]:
        out, bench = f"{name}.vvp", f"{name}_bench"
        build = ["iverilog", "-g2012", "-o", out, "-s", bench, f"{bench}.v", "-f", f"{name}.f"]
        return build, ["vvp", "-n", out]


class Verilator(Simulator):
    """Verilator, which makes C++ of the bench, and a program of that."""

    name = "verilator"
    programs = ("verilator", "make", "g++")

    def version(self) -> str:
        return self._first("verilator", "--version")

    def commands(self, name: str) -> tuple[list[str], list[str]]:
        bench = f"{name}_bench"
        options = [
            "--binary",
            "--timing",
            "-Wno-fatal",
            "-O3",
            "-CFLAGS",
            "-O0",
            "--Mdir",
            "obj",
            "--top-module",
            bench,
        ]
        return ["verilator", *options, f"{bench}.v", "-f", f"{name}.f"], [f"obj/V{bench}"]


ALL: tuple[type[Simulator], ...] = (Icarus, Verilator)


def _line(text: str) -> str:
    return " ".join(text.split())[:300]
