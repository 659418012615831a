"""Tables as C headers, compiled, look up what the tables do; names that C does not take are refused."""

import ctypes
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from lif_profiles import with_lif

from spikelut import export, hw_profiles, quant
from spikelut.quant import Table
from spikelut.surrogates import Arctan, LeakyRelu, MultiGaussianGrad, Sigmoid

PROFILES = with_lif()


def tables() -> Iterator[Table]:
    """The tables of the shipped profiles, and every way to index a small one."""
    profiles = [hw_profiles.load(name) for name in hw_profiles.names()]
    yield from (
        Table.from_surrogate(*pair) for pair in product((Arctan(1.3), LeakyRelu(), MultiGaussianGrad()), profiles)
    )
    profile = hw_profiles.load("generic8")
    profile = replace(profile, membrane=replace(profile.membrane, bits=10), grid=replace(profile.grid, frac=6))
    # Wider than int16, and still returned as int32.
    yield Table.from_surrogate(Sigmoid(), replace(profile, table_value=replace(profile.table_value, bits=20)))
    modes = ("floor", "trunc0", "half_up", "half_away", "half_even", "dpu")
    for mode, outside, order in product(modes, ("clamp", "zero"), ("natural", "twos_complement")):
        changes: dict[str, Any] = {"index_rounding": mode, "out_of_range": outside, "order": order, "entries": 16}
        yield Table.from_surrogate(Sigmoid(), replace(profile, table=replace(profile.table, **changes)))
    for mode, outside, symmetric in product(modes, ("clamp", "zero"), (False, True)):
        ratio = {"index_rounding": mode, "out_of_range": outside, "symmetric": symmetric, "order": "natural"}
        shape = replace(profile.table, **cast(Any, ratio), entries=12, index="ratio")
        fill = replace(profile.table_fill, low=-3.0, high=3.0)
        yield Table.from_surrogate(Sigmoid(), replace(profile, table=shape, table_fill=fill))
    kinds = product(("linear", "linear_complement"), modes, ("clamp", "zero"), ("hold", "extra_entry"), (3, 9))
    for kind, mode, outside, end, bits in kinds:
        linear = {"interpolation": kind, "interpolation_rounding": mode, "out_of_range": outside, "end": end}
        entries = 17 if end == "extra_entry" else 16
        shape = replace(profile.table, **cast(Any, linear), interpolation_bits=bits, entries=entries, order="natural")
        yield Table.from_surrogate(Sigmoid(), replace(profile, table=shape))


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")
@pytest.mark.filterwarnings("ignore::spikelut.quant.TableWarning")
def test_c_headers_look_up_the_same_values(tmp_path: Path) -> None:
    lines, made = [], list(tables())
    for i, table in enumerate(made):
        header = export.c_header(table, f"t{i}")
        assert all(part in header for part in (f"{table.surrogate}", f"{table.error_bound!r}", table.value.short_name))
        (tmp_path / f"t{i}.h").write_text(header)
        loop = f"for (long i = 0; i < n; ++i) y[i] = t{i}_lookup(x[i]);"
        lines += [f'#include "t{i}.h"', f"void run{i}(const int32_t *x, int32_t *y, long n) {{ {loop} }}"]
    (tmp_path / "all.c").write_text("\n".join(lines) + "\n")
    command = "gcc -std=c99 -Wall -Wextra -Wpedantic -Wconversion -Werror -O1 -shared -fPIC -o all.so all.c"
    subprocess.run(command.split(), cwd=tmp_path, check=True)
    library = ctypes.CDLL(str(tmp_path / "all.so"))
    for i, table in enumerate(made):
        low, high = table.tabulated
        inside = np.arange(low - 99, high + 100, 1 + (high - low) // 2**17)
        beyond = np.linspace(max(table.first_code, -(2**31)), min(table.last_code, 2**31 - 1), 9999).astype(np.int64)
        x = np.concatenate([inside, beyond, [-(2**31), -(2**31) + 1, 2**31 - 1]]).astype(np.int32)
        y = np.empty_like(x)
        getattr(library, f"run{i}")(*(ctypes.c_void_p(a.ctypes.data) for a in (x, y)), ctypes.c_long(len(x)))
        assert (y != table.lookup_codes(torch.from_numpy(x).long()).numpy()).sum() == 0, table.rule()


@pytest.mark.parametrize("name", ["", "1st", "a-b", "a b", "µ", "x\n"])
def test_c_headers_need_an_identifier(name: str) -> None:
    with pytest.raises(ValueError, match=r"^c_header: name must be a C identifier, got"):
        export.c_header(next(tables()), name)


@pytest.mark.parametrize("name", ["", "2fast", "a-b", "größe", "int", "static"])
def test_names_that_c_does_not_take(name: str) -> None:
    table = quant.Table.from_surrogate(Arctan(), PROFILES[0])
    with pytest.raises(ValueError, match="c_header: name must be a C identifier"):
        export.c_header(table, name)
