"""Reading files that are files, and writing files so that they appear whole or not at all."""

import codecs
import errno
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO

from spikelut._aside import file_aside
from spikelut._checks import require, require_path, require_type, shown

MAX_BYTES = 2**31 - 1
"""Of a file, where no smaller number is known."""
MAX_TEXT_BYTES = 2**26
"""Of a record in JSON."""
CHUNK = 2**16
BOMS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class NotAFileError(OSError, ValueError):
    """A path to be read that leads to something else than a file; nothing else about it is known to be wrong."""


def kind_of(mode: int) -> str:
    """What a path that is no regular file is, by its `st_mode`."""
    return KINDS.get(stat.S_IFMT(mode), "something else")


@contextmanager
def open_file(path: str | os.PathLike[str], who: str) -> Iterator[BinaryIO]:
    """A regular file, open to be read. Waits for nothing.

    Raises NotAFileError, an OSError and a ValueError, for a directory, FIFO, socket or device, OSError if it cannot be
    opened.
    """
    _require_regular(Path(path).stat(), path, who)
    # A FIFO that came in its place meanwhile must not be waited for.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    with os.fdopen(handle, "rb") as file:
        _require_regular(os.fstat(file.fileno()), path, who)
        yield file


def _require_regular(about: os.stat_result, path: str | os.PathLike[str], who: str) -> None:
    if not stat.S_ISREG(about.st_mode):
        raise NotAFileError(f"{who}: path must be a file, got {kind_of(about.st_mode)}, {shown(os.fspath(path))}")


def read_file(path: str | os.PathLike[str], who: str, most: int = MAX_BYTES) -> bytes:
    """The content of a regular file of at most `most` bytes. Raises ValueError for more, and what `open_file` does."""
    with open_file(path, who) as file:
        size = os.fstat(file.fileno()).st_size
        require(size <= most, who, f"{Path(path).name} must have at most {most} bytes", size)
        parts, read = [], 0
        # What the system makes up, as in /proc, has no size, and may have no end.
        while read <= most and (part := file.read(max(size, CHUNK) + 1)):
            parts.append(part)
            read += len(part)
        require(read <= most, who, f"{Path(path).name} must have at most {most} bytes", "more")
        return b"".join(parts)


def decoded(content: bytes) -> str:
    """The text that UTF-8 `content` holds, without a byte order mark. Raises ValueError for another encoding."""
    other = next((name for mark, name in BOMS.items() if content.startswith(mark)), None)
    if other is not None:
        raise ValueError(f"text must be UTF-8, got {other}")
    return content.decode("utf-8-sig")


def read_text(path: str | os.PathLike[str], who: str, most: int = MAX_TEXT_BYTES) -> str:
    """The text in a regular file, as `read_file` and `decoded` read it."""
    return decoded(read_file(path, who, most))


def write_whole(path: str | os.PathLike[str], content: bytes | str) -> None:
    """Write a file atomically: `content` is written aside and renamed to `path`; if that fails nothing is left behind.

    A file that is replaced keeps its mode and, if that is allowed, its owner; a new one gets the mode an ordinary one
    would. Where `path` is a link, the file it leads to is written, and the link stays. A character device, as
    /dev/null, is written to. Raises OSError, which names `path`, for directories, FIFOs, sockets and other devices, and
    where writing fails.

    ```pycon
    >>> export.write_whole("note.txt", "whole or not at all")
    >>> from pathlib import Path
    >>> Path("note.txt").read_text(encoding="utf-8")
    'whole or not at all'
    ```
    """
    require_path("write_whole", "path", path)
    require_type("write_whole", "content", content, (bytes, str), "bytes or text")
    write_files({Path(path): content})


def write_files(files: Mapping[Path, bytes | str]) -> None:
    """Write several files as `write_whole` does, none of them before all have been written aside."""
    with ExitStack() as stack:
        ready = []
        for path, content in files.items():
            data = content.encode(errors="backslashreplace") if isinstance(content, str) else content
            with naming(path):
                ready.append((path, stack.enter_context(_written(path, data))))
        for path, finish in ready:
            with naming(path):
                finish()


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """An OSError inside the block names `path`, and not the file it leads to or one aside, which nobody knows."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno or errno.EIO, error.strerror or str(error), str(path)) from error


@contextmanager
def _written(path: Path, data: bytes) -> Iterator[Callable[[], object]]:
    """What has to be called for `data` to be at `path`, until the block ends."""
    before = require_place(path)
    if before is not None and stat.S_ISCHR(before.st_mode):
        yield partial(_to_device, path, data)
        return
    target = Path(os.path.realpath(path))
    with file_aside(target.parent) as (handle, aside):
        with os.fdopen(handle, "wb", closefd=False) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _keep(handle, aside, before)
        yield partial(aside.replace, target)


def _to_device(path: Path, data: bytes) -> None:
    with path.open("wb") as device:
        device.write(data)


def _keep(handle: int, aside: Path, before: os.stat_result | None) -> None:
    """Give a new file the owner, as far as that is allowed, and the mode of the one it replaces."""
    if before is None:
        return
    if hasattr(os, "fchown"):
        with suppress(OSError):
            os.fchown(handle, before.st_uid, before.st_gid)
    aside.chmod(stat.S_IMODE(before.st_mode))


def require_place(path: Path) -> os.stat_result | None:
    """What is at `path` now, if anything is. Raises OSError unless `write_whole` can write there."""
    with suppress(FileNotFoundError):
        before = path.stat()
        mode = before.st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISCHR(mode)):
            number = errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL
            raise OSError(number, f"must be a file, not {kind_of(mode)}", str(path))
        return before
    return None


def move_whole(source: Path, path: Path) -> None:
    """Rename a finished file to `path`, under the rules of `write_whole`."""
    before = require_place(path)
    if path.is_symlink() or (before is not None and not stat.S_ISREG(before.st_mode)):
        write_whole(path, source.read_bytes())
        source.unlink()
        return
    with naming(path):
        with source.open("rb") as file:
            _keep(file.fileno(), source, before)
        source.replace(path)
