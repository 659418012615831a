"""Arrays out of .npz files that may be damaged or made to do harm."""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut._files import open_file

MAX_UNPACKED_BYTES = 4 * 2**30
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, RecursionError)


def read_npz(path: Path, needed: Sequence[str], optional: Sequence[str] = ()) -> dict[str, NDArray[Any]]:
    """The arrays of these names in an .npz file of at most 4 GiB, unpacked. Nothing is unpickled.

    Raises ValueError for what is no such file or lacks one that is needed, OSError if it cannot be read.
    """
    who = str(path)
    try:
        with open_file(path, who) as file, zipfile.ZipFile(file) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
            require(size <= MAX_UNPACKED_BYTES, who, f"must unpack to at most {MAX_UNPACKED_BYTES} bytes", size)
            names = [entry.filename.removesuffix(".npy") for entry in archive.infolist()]
            missing = [name for name in needed if name not in names]
            which = f"; {' and '.join(missing)} missing" if len(needed) > 1 else ""
            require(not missing, who, f"must hold {' and '.join(needed)}{which}", sorted(names)[:8])
            return {name: _array(archive, name) for name in (*needed, *optional) if name in names}
    except BROKEN as error:
        raise ValueError(f"{path}: not an .npz file (a zip archive of arrays): {str(error) or 'damaged'}") from None
    except ValueError as error:
        if "allow_pickle" in str(error):
            raise ValueError(f"{path}: must hold arrays of plain numbers, got pickled objects") from None
        if who in str(error):
            raise
        raise ValueError(f"{path}: {' '.join(str(error).split())}") from None


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
