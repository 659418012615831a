"""A bare surrogate table as a file for other tools: NumPy, JSON, C, Verilog or ONNX."""

import io
import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from spikelut._checks import require, require_path
from spikelut._extras import names_extra
from spikelut._files import write_files
from spikelut._text import comment
from spikelut.export.c.table_header import c_header
from spikelut.quant.tables.segments import SegmentTable
from spikelut.quant.tables.table import Table
from spikelut.surrogates import name_of


def table_data(table: Table) -> dict[str, Any]:
    """A table as plain data: curve, the rule of its lookup, error bound, memory in bits, and the stored entries."""
    return {
        "surrogate": {"name": name_of(type(table.surrogate)), "parameters": asdict(table.surrogate)},
        "rule": table.rule(),
        "error_bound": table.error_bound,
        "bits": table.bits,
        "entries": table.codes.tolist(),
    }


def readmemh(codes: list[int], bits: int, about: str) -> str:
    """Text for Verilog's `$readmemh`: one entry a line in two's complement of `bits`, after a line of comment."""
    digits = -(-bits // 4)
    return "\n".join([f"// {comment(about)}", *(f"{code & (2**bits - 1):0{digits}x}" for code in codes), ""])


@names_extra
def save_table(table: Table, path: str | os.PathLike[str]) -> list[Path]:
    """Save a surrogate's lookup table for other tools, in the format of the suffix of `path`; returns the files.

    - `.npz`: `entries`, `breakpoints` if there are any, and `about`, the JSON of the rest; loads without pickles.
    - `.json`: `table_data`.
    - `.h`: a C header with arrays and a lookup function, named after the file; see `c_header`.
    - `.onnx`: a graph from `x` [N], the real membrane above threshold, to `derivative` [N]. Needs onnx.
    - `.hex`: for `$readmemh`; breakpoints go to a second file, `NAME_breakpoints.hex`.

    Files appear whole or not at all. Raises ValueError for another suffix or a header whose name is no C identifier,
    OSError if a file cannot be written.

    ```pycon
    >>> table = quant.Table.from_surrogate(surrogates.Arctan(alpha=2.0), hw_profiles.load("reckon"))
    >>> [path.name for path in export.save_table(table, "slope.hex")]
    ['slope.hex', 'slope_breakpoints.hex']
    >>> from pathlib import Path
    >>> Path("slope.hex").read_text(encoding="utf-8").splitlines()[1:]
    ['00', '02', '06', '02', '00']
    ```
    """
    require_path("save_table", "path", path)
    target = Path(path)
    writers: dict[str, Callable[[Table, Path], dict[Path, bytes | str]]] = {
        ".npz": _npz,
        ".json": lambda table, path: {path: json.dumps(table_data(table), indent=1) + "\n"},
        ".h": lambda table, path: {path: c_header(table, path.stem)},
        ".hex": _hex,
        ".onnx": _onnx,
    }
    require(target.suffix in writers, "save_table", f"path must end in {', '.join(writers)}", target.name)
    files = writers[target.suffix](table, target)
    write_files(files)
    return list(files)


def _onnx(table: Table, path: Path) -> dict[Path, bytes | str]:
    from spikelut.export.onnx_graph.table import table_model

    return {path: table_model(table).SerializeToString(deterministic=True)}


def _npz(table: Table, path: Path) -> dict[Path, bytes | str]:
    about = table_data(table)
    arrays = {"entries": np.array(about.pop("entries")), "about": np.array(json.dumps(about))}
    if isinstance(table, SegmentTable):
        arrays["breakpoints"] = np.array(table.breakpoints)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return {path: buffer.getvalue()}


def _hex(table: Table, path: Path) -> dict[Path, bytes | str]:
    value = table.value
    zero = f"(entry - {value.zero_point})" if value.zero_point else "entry"
    entries = f"{len(table.codes)} entries {value.short_name}, value = {zero} * {value.step!r}"
    about = f"derivative of {table.surrogate}: {entries}"
    files: dict[Path, bytes | str] = {path: readmemh(table.codes.tolist(), value.bits, about)}
    if isinstance(table, SegmentTable):
        beside = path.with_name(f"{path.stem}_breakpoints.hex")
        about = "breakpoints: the first entry whose breakpoint is above the membrane code, the last one beyond"
        files[beside] = readmemh(list(table.breakpoints), table.breakpoint_bits, about)
    return files
