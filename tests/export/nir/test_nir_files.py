"""NIR files that are broken or hostile: errors in one line, and nothing is executed."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nir_graphs import DT, GRAPHS
from torch import nn

from spikelut import hw_profiles, quant
from spikelut.export.nir.file import from_nir, to_nir
from spikelut.quant.weights.layers import QuantLinear
from spikelut.surrogates import Arctan

nir: Any = pytest.importorskip("nir", reason="nir is not installed")
h5py: Any = pytest.importorskip("h5py", reason="h5py, which nir needs, is not installed")

LOIHI = hw_profiles.load("loihi2")


def ours() -> Any:
    slope = quant.LUTSurrogate(Arctan(2.0), LOIHI)
    first, last = QuantLinear(4, 6, profile=LOIHI), QuantLinear(6, 3, profile=LOIHI)
    neurons = quant.LIF(LOIHI, slope, bias=6), quant.CubaLIF(LOIHI, slope, bias=3)
    return to_nir(nn.Sequential(first, neurons[0], last, neurons[1]), None)


def content(chain: Any) -> bytes:
    buffer = io.BytesIO()
    nir.write(buffer, chain)
    return buffer.getvalue()


def rewritten(data: bytes, change: Callable[[Any], None]) -> bytes:
    buffer = io.BytesIO(data)
    with h5py.File(buffer, "r+") as file:
        change(file)
    return buffer.getvalue()


def datasets(data: bytes) -> list[str]:
    found: list[str] = []
    with h5py.File(io.BytesIO(data), "r") as file:
        file.visititems(lambda name, item: found.append(name) if isinstance(item, h5py.Dataset) else None)
    return found


def changed(file: Any, name: str) -> None:
    """The dataset with another value of its kind."""
    value = file[name][()]
    if isinstance(value, bytes):
        new: Any = value.replace(b"1", b"2") if b"1" in value else value[:-1] + b"x"
    elif file[name].dtype.kind == "O":
        new = value[::-1, ::-1]
    else:
        new = np.array(value)
        new.flat[0] += 1
    del file[name]
    file.create_dataset(name, data=new)


def test_every_value_of_our_files_is_checked(tmp_path: Path) -> None:
    data, path = content(ours()), tmp_path / "x.nir"
    names = [name for name in datasets(data) if name != "version"]
    assert len(names) > 40
    for name in names:
        changes = [lambda file, name=name: changed(file, name), lambda file, name=name: file.pop(name)]
        # What NIR fills in is what was there.
        for change in changes[: 1 if name.endswith("v_reset") else 2]:
            path.write_bytes(rewritten(data, change))
            with pytest.raises(ValueError, match=r"^x.nir: not a NIR graph of layers: ") as caught:
                from_nir(path, LOIHI)
            assert "\n" not in str(caught.value), name


def test_what_our_graphs_say_of_themselves_is_checked() -> None:
    chain = ours()
    chain.metadata["spikelut"] = chain.metadata["spikelut"].replace("beta = 1 - dt / tau", "beta = exp(-dt / tau)")
    with pytest.raises(ValueError, match="graph: metadata: spikelut must be what its integers say, got"):
        from_nir(chain)


def huge(file: Any) -> None:
    del file["node/nodes/0/weight"]
    file.create_dataset("node/nodes/0/weight", shape=(2**20, 2**20), dtype="f4", chunks=(64, 64))


def compound(file: Any) -> None:
    del file["node/nodes/0/weight"]
    file.create_dataset("node/nodes/0/weight", data=np.zeros(3, [("a", "i4"), ("b", "f4")]))


def linked(link: Any) -> Callable[[Any], None]:
    def change(file: Any) -> None:
        del file["node/nodes/0/weight"]
        file["node/nodes/0/weight"] = link

    return change


def elsewhere(file: Any) -> None:
    """All of it in another file."""
    del file["node"]
    file["node"] = h5py.ExternalLink("other.h5", "/node")


def around(file: Any) -> None:
    file["node/nodes/0/again"] = file["node"]


def many(file: Any) -> None:
    """Groups that each hold the next one many times: few bytes, and more items than there are atoms."""
    inner = file.create_group("x/leaf")
    del file["x"]
    for _ in range(12):
        outer = file.create_group("x")
        for i in range(40):
            outer[str(i)] = inner
        file.move("x", "y")
        inner = file["y"]
        del file["y"]
    file["node/nodes/many"] = inner


def typed(kind: Any) -> Callable[[Any], None]:
    def change(file: Any) -> None:
        del file["node/nodes/1/type"]
        file["node/nodes/1/type"] = kind

    return change


FILES: list[tuple[Callable[[Any], Any], str]] = [
    (lambda file: file.pop("node"), "file: must hold a group 'node'"),
    (lambda file: file.pop("node/nodes"), "graph: nodes must be given"),
    (lambda file: file.pop("node/edges"), "graph: edges must be given"),
    (lambda file: file.pop("node/nodes/1/type"), "node '1': type must be given"),
    (lambda file: file.pop("node/nodes/1/tau"), "node '1': must be a LIF: "),
    (lambda file: file["node/nodes/1"].create_dataset("more", data=1), "node '1': must be a LIF: "),
    (typed("os.system"), "node '1': type must be one of NIR's, got 'os.system'"),
    (typed("read"), "node '1': type must be one of NIR's, got 'read'"),
    (typed(3), "node '1': type must be one of NIR's, got"),
    (huge, "node/nodes/0/weight: a file must hold at most 2147483648 bytes of values, got (1048576, 1048576)"),
    (compound, "node/nodes/0/weight: must hold numbers or text"),
    (linked(h5py.ExternalLink("/etc/hostname", "/")), "node/nodes/0: must hold no links, got ['weight']"),
    (linked(h5py.SoftLink("/node/nodes/1/tau")), "node/nodes/0: must hold no links, got ['weight']"),
    (elsewhere, "file: must hold no links, got ['node']"),
    (around, "node/nodes/0/again/nodes"),
    (many, "node/nodes/many/0/0/0/0/0/0/0/0/0/"),
]


@pytest.mark.parametrize("number", range(len(FILES)))
def test_files_with_one_mistake(number: int, tmp_path: Path) -> None:
    change, message = FILES[number]
    (tmp_path / "x.nir").write_bytes(rewritten(content(GRAPHS["lif"]()), change))
    with pytest.raises(ValueError, match=f"^x.nir: not a NIR graph of layers: {re.escape(message)}") as caught:
        from_nir(tmp_path / "x.nir", dt=DT)
    assert "\n" not in str(caught.value)
    assert change is not many or "a file must hold at most 65536 items, got 'more'" in str(caught.value)


def test_texts_on_which_the_hdf5_library_loops(tmp_path: Path) -> None:
    """Free space without a size, in the heap that holds a file's texts."""
    data = bytearray(content(ours()))
    start = place = 0
    while not place:  # the first heap with free space
        start = data.index(b"GCOL", start + 1)
        end = start + int.from_bytes(data[start + 8 : start + 16], "little")
        place = start + 16
        while place < end and data[place : place + 2] != b"\0\0":
            place += 16 + -(-int.from_bytes(data[place + 8 : place + 16], "little") // 8) * 8
        place = place if place + 16 <= end else 0
    data[place + 8 : place + 16] = bytes(8)
    (tmp_path / "x.nir").write_bytes(data)
    with pytest.raises(ValueError, match=r"^x.nir: .*: file: free space in a heap must have a size, got 0$"):
        from_nir(tmp_path / "x.nir")


def test_files_that_are_something_else(tmp_path: Path) -> None:
    data = content(ours())
    pieces = [b"", b"\x00" * 64, b"{}", b"PK\x03\x04" + b"x" * 99, data[:8] + b"\xff" * 999]
    for piece in pieces + [data[:length] for length in range(0, len(data), 997)]:
        (tmp_path / "x.nir").write_bytes(piece)
        with pytest.raises(ValueError, match=r"^x.nir: not a NIR graph of layers: "):
            from_nir(tmp_path / "x.nir")
    with pytest.raises(FileNotFoundError):
        from_nir(tmp_path / "absent")
