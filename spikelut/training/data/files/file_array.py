"""Arrays in files that are larger than memory: rows are read when they are asked for."""

import os
from collections.abc import Sequence
from io import BufferedIOBase
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from spikelut._checks import require, require_path, shown
from spikelut._files import open_file


def _dtype_of(dtype: Any) -> np.dtype[Any]:
    """What NumPy takes for one. Raises TypeError for anything else."""
    try:
        found: np.dtype[Any] = np.dtype(dtype)
    except TypeError:
        raise TypeError(f"FileArray: dtype must be one of NumPy's, got {shown(dtype)}") from None
    return found


class FileArray:
    """An array [N, ...] in a file, whose rows are read when they are asked for, and not kept.

    Unlike a memory map, it never counts as memory of the process, whatever was read. If another program cuts off the
    file, that is a ValueError instead of a signal. It has `len`, `shape`, `dtype`, `ndim`, slices of rows, and `take`.
    Other processes, such as those of a `DataLoader`, open the file anew. Whole bytes lie in C order from `offset` on.

    ```pycon
    >>> import numpy as np
    >>> np.save("x.npy", np.arange(12, dtype=np.uint8).reshape(4, 3))
    >>> array = training.FileArray.open("x.npy")
    >>> array.shape, array.take(np.array([3, 0])).tolist()
    ((4, 3), [[9, 10, 11], [0, 1, 2]])
    ```

    Raises ValueError if the file has fewer bytes than that, has objects, or was changed after it had been opened.
    """

    def __init__(self, path: str | os.PathLike[str], dtype: Any, shape: Sequence[int], offset: int = 0) -> None:
        require_path("FileArray", "path", path)
        self.path, self.dtype, self.offset = Path(path).absolute(), _dtype_of(dtype), offset
        self.shape: tuple[int, ...] = tuple(shape)
        who = str(self.path)
        require(not self.dtype.hasobject, who, "must hold plain numbers", "pickled objects")
        require(len(self.shape) > 0, who, "must be an array of one dimension or more", self.shape)
        self._row: int = int(np.prod(self.shape[1:], dtype=object)) * self.dtype.itemsize
        self._file: BinaryIO | None = None
        self._state: tuple[int, int] | None = None
        size = self._opened()[1]
        promised = offset + self.shape[0] * self._row
        require(promised <= size, who, f"must have as many bytes as its head says, {promised}", size)

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> "FileArray":
        """That of an .npy file. Raises ValueError for another content, OSError if it cannot be read."""
        with open_file(path, str(path)) as file:
            shape, dtype, fortran = read_head(file, str(path))
            rows = not fortran or len(shape) < 2
            require(rows, str(path), "must be in C order to be read by rows: write np.ascontiguousarray", "F")
            return cls(path, dtype, shape, file.tell())

    @classmethod
    def of_map(cls, array: NDArray[Any]) -> "FileArray | None":
        """The rows of a memory map that is not written to, or None if `array` is something else or not in C order."""
        root: Any = array
        while isinstance(getattr(root, "base", None), np.memmap):
            root = root.base
        readable = isinstance(root, np.memmap) and getattr(root, "mode", None) == "r" and array.ndim > 0
        if not readable or not array.flags.c_contiguous or root.filename is None:
            return None
        where = array.__array_interface__["data"][0] - root.__array_interface__["data"][0]
        return cls(root.filename, array.dtype, array.shape, root.offset + where)

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self.shape)

    @property
    def nbytes(self) -> int:
        """Of all rows."""
        return self.shape[0] * self._row

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        start, stop, step = rows.indices(len(self))
        if step != 1:
            return self.take(np.arange(start, stop, step))
        found = np.empty((max(0, stop - start), *self.shape[1:]), self.dtype)
        if found.size:
            self._read(self._opened()[0], start, found)
        return found

    def reshape(self, shape: Sequence[int]) -> "FileArray":
        """The same values as [N, ...] of another shape, of which one size may be -1."""
        size = int(np.prod(self.shape, dtype=object))
        known = int(np.prod([n for n in shape if n != -1], dtype=object))
        sizes = tuple(size // max(1, known) if n == -1 else n for n in shape)
        fits = sizes[:1] == self.shape[:1] and int(np.prod(sizes, dtype=object)) == size
        require(fits, str(self.path), f"shape must be [{self.shape[0]}, ...] of {size} values", tuple(shape))
        return FileArray(self.path, self.dtype, sizes, self.offset)

    def take(self, rows: NDArray[np.int64]) -> NDArray[Any]:
        """These rows, 0..N-1. Raises ValueError for others and for a file that was changed, OSError if it fails."""
        outside = rows[(rows < 0) | (rows >= len(self))]
        require(not len(outside), str(self.path), f"rows must be in 0..{len(self) - 1}", outside[:1].tolist())
        found = np.empty((len(rows), *self.shape[1:]), self.dtype)
        if found.size:
            file = self._opened()[0]
            for i, row in enumerate(rows.tolist()):
                self._read(file, row, found[i : i + 1])
        return found

    def _read(self, file: BinaryIO, row: int, found: NDArray[Any]) -> None:
        """Fill `found`, which is not empty, with the bytes from a row on."""
        place, left = self.offset + row * self._row, found.reshape(-1).view(np.uint8).data
        while left:
            # Not by seek and read: processes that were forked share the place in a file.
            got = os.preadv(file.fileno(), [left], place) if hasattr(os, "preadv") else _sought(self.path, place, left)
            require(got > 0, str(self.path), "must not be changed while it is read", "fewer bytes than before")
            place, left = place + got, left[got:]

    def _opened(self) -> tuple[BinaryIO, int]:
        """The file, if it is as it was at first, and its size."""
        if self._file is None:
            with open_file(self.path, str(self.path)) as file:
                # Reading is not buffered, and the file stays open as long as the array is there.
                self._file = cast(BinaryIO, os.fdopen(os.dup(file.fileno()), "rb", buffering=0))
        about = os.fstat(self._file.fileno())
        state = (about.st_size, about.st_mtime_ns)
        self._state = self._state or state
        require(state == self._state, str(self.path), "must not be changed while it is read", "other bytes than before")
        return self._file, about.st_size

    def __del__(self) -> None:
        if getattr(self, "_file", None) is not None:
            self._file.close()  # type: ignore[union-attr]  # it is not None
            self._file = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_file": None}

    def __repr__(self) -> str:
        return f"FileArray({str(self.path)!r}, {self.dtype}, {self.shape})"


def _sought(path: Path, place: int, into: memoryview) -> int:
    """Read bytes from a place on where the system cannot do so in one call."""
    with path.open("rb") as file:
        file.seek(place)
        return file.readinto(into)


def read_head(file: BufferedIOBase | BinaryIO, who: str) -> tuple[tuple[int, ...], np.dtype[Any], bool]:
    """Shape, type and whether columns come first by the head of an .npy file, which is left at its first value.

    Raises ValueError for what is no such head.
    """
    try:
        version = npy.read_magic(file)
        if version not in ((1, 0), (2, 0)):
            raise ValueError(f"version {version} is none that is known")
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran, dtype = read(file)
    except (OSError, MemoryError):
        raise
    except Exception as error:  # NumPy's parser of heads has a dozen kinds
        said = " ".join(str(error).split())
        raise ValueError(f"{who}: not an array of NumPy (.npy): {said}") from None
    require(not dtype.hasobject, who, "must hold plain numbers", "pickled objects")
    inside = all(isinstance(size, int) and size >= 0 for size in shape)
    require(inside, who, "must have a shape of integers from 0", shape)
    return shape, dtype, fortran
