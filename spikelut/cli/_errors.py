"""Turning wrong input into one line for the person at the terminal."""

from collections.abc import Iterator
from contextlib import contextmanager

from spikelut._extras import MissingPackage, missing


class UserError(Exception):
    """Something the user can put right; its text is the whole message."""

    exit_code = 2


@contextmanager
def user_errors() -> Iterator[None]:
    """Raise UserError for the errors that wrong input causes inside the block; others are bugs and pass."""
    try:
        yield
    except ModuleNotFoundError as error:
        found = missing(error)
        if not isinstance(found, MissingPackage):
            raise
        raise UserError(str(found)) from error
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise UserError(f"{where}{error.strerror or error}") from error
    except MemoryError as error:
        raise UserError(f"not enough memory: {error}") from error
    except (ValueError, TypeError) as error:
        raise UserError(" ".join(str(error).split())) from error
