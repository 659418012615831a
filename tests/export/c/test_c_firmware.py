"""Networks in C, cross-compiled for Cortex-M0, M3 and M4, and their self-tests on an emulated Cortex-M3."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from c_networks import SANITIZERS, WARNINGS, compiled, said, tool
from packages import ROOT
from runtime_files import NETWORKS
from sample_networks import convolutional, demo, dense

from spikelut import export, hw_profiles, quant

FIRMWARE = ROOT / "examples" / "microcontroller"
THUMB = ("-mthumb", "-Os", "-ffunction-sections", "-fdata-sections")
CPUS = {
    "cortex-m0": (),
    "cortex-m3": (),
    "cortex-m4": ("-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"),
}
MACHINE = "-M mps2-an385 -display none -monitor none -serial none -semihosting-config enable=on,target=native -kernel"
PATIENCE = 120
# Debian's clang comes without the library that sanitizers print with; a trap needs none.
TRAPS = ("-fsanitize=undefined,integer,implicit-conversion", "-fsanitize-trap=all")
KINDS: dict[str, tuple[Callable[[], Any], tuple[int, int] | None]] = {
    "demo": (demo, None),
    "recurrent": (lambda: dense(hw_profiles.load("generic8"), False, 0), None),
    "images": (lambda: convolutional(hw_profiles.load("generic16"), False, 0), (6, 7)),
    "currents": (lambda: dense(hw_profiles.load("loihi2"), True, 0), None),
    "xylo": (lambda: dense(hw_profiles.load("xylo"), True, 0), None),
    "64 bits": (lambda: NETWORKS["wide"](), None),
}


def written(kind: str, folder: Path) -> list[Path]:
    make, size = KINDS[kind]
    made = make()
    network = made if isinstance(made, quant.IntegerNetwork) else quant.integer(made)
    return export.to_c(network, folder, "net", size=size, steps=16)


def cross(cpu: str, *words: str | Path) -> None:
    """Compile for a processor; every warning is an error."""
    command = [tool("arm-none-eabi-gcc"), f"-mcpu={cpu}", *THUMB, *CPUS[cpu], "-std=c99", *WARNINGS, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def emulated(files: list[Path], program: Path) -> tuple[int, str]:
    """What a program returns and says on a Cortex-M3."""
    tool("qemu-system-arm")
    link = ("--specs=rdimon.specs", "-nostartfiles", "-Wl,--gc-sections", "-T", FIRMWARE / "cortex_m.ld")
    # The names of a start file are reserved, and of no prototype.
    cross("cortex-m3", *link, *files, FIRMWARE / "startup.c", "-o", program)
    words = ["qemu-system-arm", *MACHINE.split(), str(program)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.runtimes
@pytest.mark.parametrize("kind", KINDS)
def test_the_self_test_runs_on_a_cortex_m3(kind: str, tmp_path: Path) -> None:
    files = written(kind, tmp_path)
    code, text = emulated(files[1:], tmp_path / "net.elf")
    assert code == 0, text
    found = re.fullmatch(r"net: (\d+) values compared, (\d+) nonzero, 0 different\n", text)
    assert found is not None, text
    assert int(found.group(2)) > int(found.group(1)) / 10
    # As on this machine.
    assert text == said(compiled(files[1:], tmp_path / "net", "-O2"))[1]
    # A failure is one there, too.
    source = files[1].read_text()
    files[1].write_text(re.sub(r"(state->mem_\w+\[.*?\] = )(\(\w+\))v", r"\1\2-v", source, count=1))
    assert files[1].read_text() != source
    code, text = emulated(files[1:], tmp_path / "wrong.elf")
    assert code == 1, text
    assert not text.endswith(" 0 different\n")


@pytest.mark.runtimes
@pytest.mark.parametrize("cpu", CPUS)
@pytest.mark.parametrize("kind", KINDS)
def test_cross_compiled_without_a_warning(kind: str, cpu: str, tmp_path: Path) -> None:
    files = written(kind, tmp_path)
    for file in files[1:]:
        cross(cpu, "-c", file, "-fstack-usage", "-o", file.with_suffix(".o"))
    frames = re.findall(r"\t(\d+)\t(\w+)$", (tmp_path / "net.su").read_text(), re.M)
    assert frames
    assert all(kind == "static" and int(size) <= 256 for size, kind in frames)
    used = subprocess.run(["arm-none-eabi-size", tmp_path / "net.o"], capture_output=True, text=True, check=True)
    text, data, bss = map(int, used.stdout.splitlines()[1].split()[:3])
    assert (data, bss) == (0, 0)
    if kind == "demo":
        # docs/export.md: 9,472 weights and some 400 bytes of code.
        assert text < 9472 + 512
    # No division, no library but for memset and what 64 bits need.
    listed = subprocess.run(["arm-none-eabi-nm", "-u", tmp_path / "net.o"], capture_output=True, text=True, check=True)
    calls = set(listed.stdout.split()) - {"U", "memset", "__aeabi_memset"}
    assert not calls or kind == "64 bits", calls


@pytest.mark.runtimes
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("compiler", "checks"), [("gcc", SANITIZERS), ("clang", TRAPS)])
def test_compilers_and_sanitizers_find_nothing(
    kind: str, compiler: str, checks: tuple[str, ...], tmp_path: Path
) -> None:
    files = written(kind, tmp_path)
    for level in ("-O0", "-O1"):
        code, text = said(compiled(files[1:], tmp_path / "net", level, *checks, compiler=compiler))
        assert code == 0, text
