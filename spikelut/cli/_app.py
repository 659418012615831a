"""The commands together, and how they end."""

import io
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import typer
from typer.exceptions import TyperException

from spikelut._text import printable
from spikelut.cli.deploy import command as _command_files  # noqa: F401  # which adds its commands
from spikelut.cli.shared.errors import UserError, explained
from spikelut.cli.shared.root import DEBUG
from spikelut.cli.shared.root import app as app
from spikelut.cli.sweep import command as _command_sweep  # noqa: F401  # which adds its commands
from spikelut.cli.tables import command as _command_tables  # noqa: F401  # which adds its commands
from spikelut.cli.train import command as _command_train  # noqa: F401  # which adds its commands

ORDER = ("train", "export", "verify", "cost", "program", "import_", "cite", "profiles", "table", "compare", "sweep")
"""In which the help lists the commands."""
PATHS = ("--out", "--c", "--data", "--check", "--config")
WITH_PATH, MAY_BE_EMPTY = ("export", "verify", "cost", "program", "import", "cite"), ("--runtimes",)
"""Commands whose arguments are paths, and their options that are none and may be empty."""
app.registered_commands.sort(key=lambda command: ORDER.index(command.callback.__name__ if command.callback else ""))


def run(arguments: list[str]) -> int:
    """Run the command line and return the exit code; messages for the user are one line on stderr.

    With `--debug` among the arguments the traceback of an error comes before its line.
    """
    warnings.showwarning = _show_warning
    debug = DEBUG in arguments
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed before Python began, as by `>&-`: nobody reads
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  # till the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # names of files may hold what it cannot encode
            stream.reconfigure(errors="backslashreplace")
    try:
        words = [word for word in arguments if word != DEBUG] or ["--help"]
        _check_paths(words)
        code = app(words, prog_name="spikelut", standalone_mode=False)
        sys.stdout.flush()
    except TyperException as error:
        return _fail(" ".join(error.format_message().split()), 2)
    except (KeyboardInterrupt, typer.Abort):
        code = 130
    except (BrokenPipeError, SystemExit):  # so typer ends where nobody reads on, as in `spikelut profiles | head -1`
        _discard_output()
        return 128 + signal.SIGPIPE
    except Exception as error:
        if debug:
            traceback.print_exc()
        found = explained(error)
        if isinstance(error, OSError):
            _discard_output()
        return _fail(str(found), found.exit_code)
    if code == 130:
        return _fail("interrupted; nothing was written but what compare and sweep had finished", 130)
    return code if isinstance(code, int) else 0


def _check_paths(words: Sequence[str]) -> None:
    """UserError for a path that is empty: typer would take it for the folder one is in."""
    for before, word in pairwise(words):
        option = before if not word else word.removesuffix("=") if word.endswith("=") else ""
        argument = not word and words[0] in WITH_PATH and before not in MAY_BE_EMPTY
        if option in PATHS or argument:
            name = option.removeprefix("--") if option in PATHS else "the path"
            raise UserError(f"{name} must name a file or a folder, got ''")


def _discard_output() -> None:
    """Let what is still to be written to stdout vanish: at the end Python would try, and fail, again."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _show_warning(message: Warning | str, *details: object, **more: object) -> None:
    """A warning as one line, as errors are."""
    print(f"spikelut: note: {printable(message)}", file=sys.stderr)


def _fail(message: str, code: int) -> int:
    with suppress(OSError):
        print(f"spikelut: {printable(message)}", file=sys.stderr)
    return code
