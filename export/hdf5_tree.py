"""HDF5 files read with care: as values in memory, without following anything in them to another place."""

import io
from collections import Counter
from collections.abc import Iterable
from typing import Any

from spikelut._checks import require

MAX_BYTES = 2**31
"""Of all arrays of a file together, unpacked."""
MAX_ITEMS = 2**16
MAX_DEPTH = 32


def read_tree(content: bytes, group: str) -> Any:
    """What lies under `group` at the root of a file's content: groups as dicts, datasets as texts, numbers and arrays.

    Raises ValueError or OSError for anything else: links, values that lie in other files or datasets, types that are
    neither numbers nor text, and more than `MAX_BYTES`, `MAX_ITEMS` or `MAX_DEPTH`.
    """
    import h5py

    _check_heaps(content)
    with h5py.File(io.BytesIO(content), "r") as file:
        require(group in [*file], "file", f"must hold a group {group!r}", sorted(file))
        _check_links(file, [group], "file")
        return _tree(file[group], group, Counter())


def _check_links(parent: Any, names: Iterable[str], where: str) -> None:
    """ValueError for names that are links to another place, in this file or in others; none is followed."""
    import h5py

    others = sorted(n for n in names if type(parent.get(n, getlink=True)) is not h5py.HardLink)
    require(not others, where, "must hold no links", others)


def _check_heaps(content: bytes) -> None:
    """ValueError for heaps of texts on which the HDF5 library, up to 2.0 at least, would loop for ever.

    A collection is "GCOL", a version, its size; then objects: index, count, size, bytes up to a multiple of eight. It
    passes over free space, index 0, by the size alone (HDF5 file format specification, III.E).
    """
    require(content[:8] == b"\x89HDF\r\n\x1a\n", "file", "must be HDF5", content[:8])
    widths = content[13:15] if content[8:9] < b"\x02" else content[9:11]
    require(widths == b"\x08\x08", "file", "offsets and lengths must have 8 bytes", widths)
    start = content.find(b"GCOL\x01")
    while start >= 0:
        end = start + int.from_bytes(content[start + 8 : start + 16], "little")
        place = start + 16
        while place + 16 <= min(end, len(content)):
            index, size = content[place : place + 2], int.from_bytes(content[place + 8 : place + 16], "little")
            free = index == b"\0\0"
            require(size >= 16 or not free, "file", "free space in a heap must have a size", size)
            place += -(-size // 8) * 8 + (0 if free else 16)
        start = content.find(b"GCOL\x01", start + 1)


def _tree(item: Any, where: str, used: Counter[str]) -> Any:
    """Groups as dicts and datasets as values; no link is followed, to itself or to another file."""
    import h5py

    used["items"] += 1
    require(used["items"] <= MAX_ITEMS, where, f"a file must hold at most {MAX_ITEMS} items", "more")
    if isinstance(item, h5py.Group):
        require(where.count("/") < MAX_DEPTH, where[:80], f"groups must be at most {MAX_DEPTH} deep", "more")
        _check_links(item, item, where)
        return {name: _tree(item[name], f"{where}/{name}", used) for name in item}
    require(isinstance(item, h5py.Dataset), where, "must be a group or a dataset", type(item).__name__)
    text = h5py.check_string_dtype(item.dtype) is not None
    require(text or item.dtype.kind in "biuf", where, "must hold numbers or text", str(item.dtype))
    require(not item.external and not item.is_virtual, where, "must hold its values itself", "a reference")
    used["bytes"] += item.nbytes or 0
    require(used["bytes"] <= MAX_BYTES, where, f"a file must hold at most {MAX_BYTES} bytes of values", item.shape)
    value = item[()]
    return value.decode() if isinstance(value, bytes) else value
