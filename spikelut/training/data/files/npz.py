"""Arrays out of .npz files that may be damaged or made to do harm."""

import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut._files import open_file
from spikelut.training.data.files.file_array import FileArray, read_head

MAX_UNPACKED_BYTES = 4 * 2**30
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, RecursionError)


MAPPED_FROM = 2**28
"""Bytes of an array from which on it stays in its file, where that is possible."""


def read_npz(path: Path, needed: Sequence[str], optional: Sequence[str] = ()) -> dict[str, NDArray[Any]]:
    """The arrays of these names in an .npz file of at most 4 GiB, unpacked. Nothing is unpickled.

    Raises ValueError for what is no such file or lacks one that is needed, OSError if it cannot be read.
    """
    return read_mapped(path, needed, optional, mapped=None)


def names_of(path: Path) -> set[str]:
    """The names of the arrays in an .npz file. Raises what `read_npz` does."""
    try:
        with open_file(path, str(path)) as file, zipfile.ZipFile(file) as archive:
            return {name.removesuffix(".npy") for name in archive.namelist()}
    except BROKEN as error:
        raise ValueError(f"{path}: not an .npz file (a zip archive of arrays): {str(error) or 'damaged'}") from None


def read_mapped(
    path: Path, needed: Sequence[str], optional: Sequence[str] = (), *, mapped: int | None, never: Sequence[str] = ()
) -> dict[str, Any]:
    """The same, where arrays of `mapped` bytes or more, but for those of `never`, stay in the file: `FileArray`.

    Only those that are not compressed can, whose checksums are not compared then. None: all are read. The 4 GiB are of
    those that are read. Raises ValueError for what is no such file or lacks one that is needed, OSError if it cannot be
    read.
    """
    who = str(path)
    try:
        with open_file(path, who) as file, zipfile.ZipFile(file) as archive:
            entries = {entry.filename.removesuffix(".npy"): entry for entry in archive.infolist()}
            if any(entry.header_offset < 0 for entry in entries.values()):
                raise zipfile.BadZipFile("its beginning is missing")
            large = [name for name in (*needed, *optional) if name in entries and name not in never]
            large = [name for name in large if mapped is not None and entries[name].file_size >= mapped]
            places = {name: _place(file, entries[name], who) for name in large}
            stays = {name: FileArray(path, *place) for name, place in places.items() if place is not None}
            read = set(entries) if mapped is None else {*needed, *optional} - set(stays)
            size = sum(entry.file_size for name, entry in entries.items() if name in read)
            require(size <= MAX_UNPACKED_BYTES, who, f"must unpack to at most {MAX_UNPACKED_BYTES} bytes", size)
            names = list(entries)
            missing = [name for name in needed if name not in names]
            which = f"; {' and '.join(missing)} missing" if len(needed) > 1 else ""
            require(not missing, who, f"must hold {' and '.join(needed)}{which}", sorted(names)[:8])
            wanted = [name for name in (*needed, *optional) if name in names]
            return {name: stays[name] if name in stays else _array(archive, name) for name in wanted}
    except BROKEN as error:
        raise ValueError(f"{path}: not an .npz file (a zip archive of arrays): {str(error) or 'damaged'}") from None
    except ValueError as error:
        if "allow_pickle" in str(error):
            raise ValueError(f"{path}: must hold arrays of plain numbers, got pickled objects") from None
        if who in str(error):
            raise
        raise ValueError(f"{path}: {' '.join(str(error).split())}") from None


def _place(file: BinaryIO, entry: zipfile.ZipInfo, who: str) -> tuple[np.dtype[Any], tuple[int, ...], int] | None:
    """Type, shape and first byte of an array that is stored as it is, by rows; None for others."""
    encrypted = bool(entry.flag_bits & 1)
    if entry.compress_type != zipfile.ZIP_STORED or encrypted or entry.file_size != entry.compress_size:
        return None
    file.seek(entry.header_offset)
    head = file.read(LOCAL_HEAD)
    valid = len(head) == LOCAL_HEAD and head[:4] == b"PK\x03\x04"
    require(valid, who, f"must have a head before {entry.filename}", head[:4])
    begin = entry.header_offset + LOCAL_HEAD + sum(struct.unpack("<HH", head[26:30]))
    file.seek(begin)
    shape, kind, fortran = read_head(file, f"{who}: {entry.filename}")
    if fortran and len(shape) > 1:
        return None
    held, promised = begin + entry.file_size - file.tell(), int(np.prod(shape, dtype=object)) * kind.itemsize
    message = f"array {entry.filename!r} must have as many bytes as its head says, {promised}"
    require(promised <= held, who, message, held)
    return kind, shape, file.tell()


LOCAL_HEAD = 30
"""Bytes before the name of a file in a zip archive."""


def _array(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    """An array, once it is known that the file holds as much as its head promises."""
    entry = archive.getinfo(f"{name}.npy" if f"{name}.npy" in archive.namelist() else name)
    with archive.open(entry) as member, _damage():
        version = npy.read_magic(member)
        read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}.get(version)
        if read is not None:
            shape, _, kind = read(member)
            promised = int(np.prod(shape, dtype=object)) * kind.itemsize
            fits = kind.hasobject or promised <= entry.file_size
            require(fits, f"array {name!r}", f"must have as many bytes as its head says, {promised}", entry.file_size)
    with archive.open(entry) as member, _damage():
        array: NDArray[Any] = npy.read_array(member, allow_pickle=False)
    return array


@contextmanager
def _damage() -> Iterator[None]:
    """ValueError for whatever NumPy raises on a damaged array; its parser of heads has a dozen kinds."""
    try:
        yield
    except (*BROKEN, ValueError, OSError, MemoryError):
        raise
    except Exception as error:
        raise ValueError(f"not an array: {type(error).__name__}: {error}") from None
