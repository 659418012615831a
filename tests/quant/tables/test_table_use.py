"""Which entries of a table a network reads."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from spikelut import hw_profiles, quant
from spikelut.quant.comparison.gradients import compare_gradients
from spikelut.surrogates import Arctan


@pytest.mark.parametrize("profile", ["loihi2", "generic8", "spinnaker1", "reckon"])
def test_which_entries_are_read(profile: str) -> None:
    chip = hw_profiles.load(profile)
    lut = quant.LUTSurrogate(Arctan(), chip)
    low, high = lut.table.tabulated
    ends = torch.tensor([low - 1, low, high, high + 1]) * chip.state_step
    x = torch.cat([torch.linspace(-9, 7, 1995), ends])[:, None]
    linear = nn.Linear(1, 1, bias=False)
    nn.init.ones_(linear.weight)
    model = nn.Sequential(linear, lut)
    (use,) = compare_gradients(model, [(x, x), (x[:500], x[:500])], lambda out, _: out.mean()).tables
    codes = torch.round(torch.cat([x, x[:500]]).flatten().double() / chip.state_step).to(torch.int64)
    codes = codes.clamp(lut.table.first_code, lut.table.last_code)
    expected = [0] * len(lut.codes)
    beyond = 0
    for code in codes.tolist():
        outside = not low <= code <= high
        beyond += outside
        entry = entry_by_hand(lut.table, code, outside)
        if entry is not None:
            expected[entry] += 1
    assert use.counts.tolist() == expected
    assert use.reads == 2499
    assert use.clamped == pytest.approx(beyond / 2499, abs=1e-12)
    assert beyond > 100
    assert int(use.inside.sum()) == 2499 - beyond
    assert use.used == np.mean(np.array(expected) > 0)
    assert use.codes.tolist() == sorted(set(codes.tolist()))
    assert use.seen.tolist() == [codes.tolist().count(code) for code in use.codes.tolist()]
    # Entries that stand side by side on the axis of the membrane.
    order = np.argsort(use.entry_x)
    assert use.entry_x[order][len(order) // 2] == pytest.approx(4 if folded(lut.table) else 0, abs=0.1)


def folded(table: quant.Table) -> bool:
    return isinstance(table, quant.UniformTable) and table.cells.folded


def entry_by_hand(table: quant.Table, code: int, outside: bool) -> int | None:
    """The stored place of the entry that `code` reads, from the table's rule."""
    rule: dict[str, Any] = table.rule()
    if rule["kind"] == "segments":
        return int(sum(code >= b for b in rule["breakpoints"]))
    if outside and rule["out_of_range"] == "zero":
        return None
    wide, per = rule["codes_per_cell"]
    place = (abs(code) if rule["symmetric"] else code) * per / wide
    index = {"floor": math.floor(place), "half_up": math.floor(place + 0.5), "half_even": round(place)}
    cell = min(max(index[rule["index_rounding"]] - rule["first_cell"], 0), rule["cells"] - 1)
    return int((cell + rule["first_cell"]) % rule["cells"] if rule["order"] == "twos_complement" else cell)
