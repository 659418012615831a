"""Files and folders on the way to their place, locked by who works on them: what nobody locks is swept up.

Their names begin with `.spikelut-`. A process that is killed loses its locks, so that the next one that writes to the
same folder can tell what was left behind from what another process is writing, whatever container that runs in.
"""

import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

try:
    import fcntl
except ImportError:  # not on Windows: nothing is locked there, and nothing swept up
    fcntl: Any = None  # type: ignore[no-redef]

PREFIX = ".spikelut-"
_swept: set[str] = set()
"""The folders this process has looked through."""


@contextmanager
def file_aside(folder: Path) -> Iterator[tuple[int, Path]]:
    """A new file in `folder`, open and locked, of the mode an ordinary one has; gone afterwards if not renamed."""
    sweep(folder)
    while True:
        path = folder / f"{PREFIX}{secrets.token_hex(8)}"
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), 0o666)
        try:
            if _locked(handle, path):
                yield handle, path
                return
        finally:
            with suppress(OSError):
                os.close(handle)
            with suppress(OSError):
                path.unlink()


@contextmanager
def folder_aside(parent: Path | None = None) -> Iterator[Path]:
    """A new folder in `parent`, or where temporary ones belong, private and locked; gone afterwards."""
    where = Path(tempfile.gettempdir()) if parent is None else parent
    sweep(where)
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=where))
        try:
            handle = os.open(path, os.O_RDONLY)
        except FileNotFoundError:  # another process took it for what was left behind
            continue
        try:
            if _locked(handle, path):
                yield path
                return
        finally:
            # While it is locked, so that no other process removes it at the same time.
            shutil.rmtree(path, ignore_errors=True)
            os.close(handle)


def _locked(handle: int, path: Path) -> bool:
    """Lock a file that was just made; False if another process took it for what was left behind before that."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except OSError:
        return False


def sweep(folder: Path) -> None:
    """Remove what killed processes of this user left in `folder`, once for each folder of a process."""
    if fcntl is None or str(folder) in _swept:
        return
    _swept.add(str(folder))
    try:
        found = [entry.path for entry in os.scandir(folder) if entry.name.startswith(PREFIX)]
    except OSError:
        return
    for path in found:
        with suppress(OSError):
            _remove_if_left(path)


def _remove_if_left(path: str) -> None:
    """Remove one file or folder unless it is locked or somebody else's. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        about = os.fstat(handle)
        if about.st_uid != os.geteuid():
            return
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if stat.S_ISDIR(about.st_mode):
            shutil.rmtree(path)
        elif stat.S_ISREG(about.st_mode):
            Path(path).unlink()
    finally:
        os.close(handle)
