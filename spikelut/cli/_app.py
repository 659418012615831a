"""The commands together, and how they end."""

import sys
import warnings

import typer
from typer.exceptions import TyperException

from spikelut.cli import _command_files as _command_files
from spikelut.cli import _command_sweep as _command_sweep
from spikelut.cli import _command_tables as _command_tables
from spikelut.cli import _command_train as _command_train
from spikelut.cli._errors import UserError
from spikelut.cli._root import app as app

ORDER = ("train", "export", "verify", "profiles", "table", "compare", "sweep")
"""In which the help lists the commands."""
app.registered_commands.sort(key=lambda command: ORDER.index(command.callback.__name__ if command.callback else ""))


def run(arguments: list[str]) -> int:
    """Run the command line and return the exit code; messages for the user are one line on stderr."""
    warnings.showwarning = _show_warning
    try:
        code = app(arguments or ["--help"], prog_name="spikelut", standalone_mode=False)
    except TyperException as error:
        return _fail(" ".join(error.format_message().split()), 2)
    except UserError as error:
        return _fail(str(error), error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        code = 130
    if code == 130:
        return _fail("interrupted; nothing was written but what compare and sweep had finished", 130)
    return code if isinstance(code, int) else 0


def _show_warning(message: Warning | str, *details: object, **more: object) -> None:
    """A warning as one line, as errors are."""
    print(f"spikelut: note: {message}", file=sys.stderr)


def _fail(message: str, code: int) -> int:
    print(f"spikelut: {message}", file=sys.stderr)
    return code
