"""What the command line must do without loading libraries, and completion."""

import os
import subprocess
import sys

import pytest

BLOCKED = (
    "import sys; sys.modules.update(dict.fromkeys(('torch', 'numpy', 'matplotlib', 'onnx', 'jsonargparse', 'yaml')))"
)


def start(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`spikelut` where heavy libraries cannot be imported."""
    program = (
        f"{BLOCKED}; sys.argv = ['spikelut', {', '.join(map(repr, arguments))}]; from spikelut.cli import main; main()"
    )
    environment = {**os.environ, **environment}
    return subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("compare", "--help"),
        ("train", "--help"),
        ("--version",),
        ("profiles",),
        ("profiles", "reckon", "--json"),
    ],
)
def test_without_heavy_libraries(arguments: tuple[str, ...]) -> None:
    done = start(*arguments)
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert done.stderr == ""


def test_every_command_is_in_the_help_and_has_examples() -> None:
    text = start("--help").stdout
    commands = "train export verify cost program import cite profiles table compare sweep"
    for name in commands.split():
        assert f"│ {name} " in text
        assert "Examples:" in start(name, "--help").stdout
    assert "Exit codes: 0 done;" in text


def test_completion() -> None:
    done = start(_SPIKELUT_COMPLETE="complete_bash", COMP_WORDS="spikelut sw", COMP_CWORD="1")
    assert done.stdout.split() == ["sweep"]
