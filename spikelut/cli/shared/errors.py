"""Turning wrong input into one line for the person at the terminal."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spikelut._extras import MissingPackage, missing

LONGEST = 2000
"""Characters of a message."""


class UserError(Exception):
    """Something the user can put right; its text is the whole message."""

    exit_code = 2


class Interrupted(UserError):
    """Somebody ended the command, and there is something to go on with; the text says how."""

    exit_code = 130


class Bug(UserError):
    """An error that nobody at a terminal can put right; `spikelut --debug` shows where it came from."""

    exit_code = 70


@contextmanager
def user_errors() -> Iterator[None]:
    """Raise UserError for the errors that wrong input causes inside the block; others are bugs and pass."""
    try:
        yield
    except ModuleNotFoundError as error:
        absent = missing(error)
        if not isinstance(absent, MissingPackage):
            raise
        raise UserError(str(absent)) from error
    except ImportError as error:
        raise _shortage(error) or UserError(f"a library cannot be loaded: {_line(error)}") from error
    except BrokenPipeError:  # nobody reads what is printed; nothing is wrong
        raise
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise UserError(f"{where}{error.strerror or error}") from error
    except (ValueError, TypeError) as error:
        raise UserError(_line(error)) from error
    except (MemoryError, RuntimeError) as error:
        found = _shortage(error)
        if found is None:
            raise
        raise found from error


@contextmanager
def write_errors(out: Path) -> Iterator[None]:
    """Raise UserError for an OSError inside the block, which writes files of the folder `out`."""
    try:
        yield
    except OSError as error:
        inside = error.filename and Path(error.filename) != out and Path(error.filename).parent == out
        where = error.filename if inside else out
        raise UserError(f"out: writing to {where} failed: {error.strerror or error}") from error


def explained(error: Exception) -> UserError:
    """What to say of an error that passed all `user_errors`: what this machine has too little of, or a bug."""
    if isinstance(error, UserError):
        return error
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return UserError(f"{where}{error.strerror or error}")
    said = f"{type(error).__name__}: {_line(error)}"
    again = "this is a bug; run again with --debug for where it is, and report it"
    return _shortage(error) or Bug(f"{again}: {said}")


SHORTAGES = (
    "DefaultCPUAllocator",  # torch's
    "out of memory",  # torch's on a GPU
    "std::bad_alloc",
    "Cannot allocate memory",
    "cannot allocate memory",  # of libraries that are loaded
    "failed to map segment",  # the same
    "can't start new thread",
    "MemoryError",  # in another process
)
"""Parts of messages, of any kind of error, by which libraries say that there is too little memory."""


def _shortage(error: BaseException) -> UserError | None:
    """The error as what it is if memory is too small."""
    if isinstance(error, MemoryError) or any(part in str(error) for part in SHORTAGES):
        return UserError(f"not enough memory: {_line(error)}")
    return None


def _line(error: BaseException) -> str:
    """The message of an error in one line of limited length."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
