"""Membrane codes in types that do not hold the ends of a table are looked up as the same codes in int64."""

import pytest
import torch

from spikelut import hw_profiles, quant, surrogates

NARROW = [torch.int8, torch.uint8, torch.int16]


@pytest.mark.parametrize("name", hw_profiles.names())
@pytest.mark.parametrize("dtype", NARROW)
def test_narrow_codes_are_looked_up_as_wide_ones(name: str, dtype: torch.dtype) -> None:
    table = quant.Table.from_surrogate(surrogates.Arctan(alpha=2.0), hw_profiles.load(name))
    ends = torch.iinfo(dtype)
    x = torch.arange(ends.min, ends.max + 1)
    wanted = table.lookup_codes(x)
    assert int(wanted.count_nonzero()) > 0
    assert torch.equal(table.lookup_codes(x.to(dtype)), wanted)
    real = table.derivative(table.codes, x, torch.float32)
    assert torch.equal(table.derivative(table.codes, x.to(dtype), torch.float32), real)
    if table.place_dtype is not None:
        assert torch.equal(table.place(x.to(dtype)), table.place(x))
