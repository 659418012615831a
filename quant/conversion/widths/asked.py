"""What a search for bits is asked for, as it is written."""

import math
import re
from dataclasses import dataclass
from typing import Literal

from spikelut._checks import shown

Bound = Literal["mean", "agreement", "accuracy"]
FORMS = "'auto:3.5' for a mean over all weights, 'auto:agreement>=0.98' or 'auto:accuracy>=0.9'"
LEAST = 2
"""The fewest bits that weights have."""


@dataclass(frozen=True)
class Asked:
    """Bits whose `mean` over all weights is at most `value`, or the fewest with which a share is at least that."""

    bound: Bound
    value: float


def asked_of(text: str) -> Asked:
    """What is written as `FORMS` say; a share also in percent, as 98%. ValueError, one line, for anything else."""
    match = re.fullmatch(r"auto:(?:(agreement|accuracy)>=)?(\d+(?:\.\d+)?)(%?)", text.replace(" ", ""))
    allowed = f"convert: weight_bits must be a number of bits, bits by names of layers, or {FORMS}"
    if match is None:
        raise ValueError(f"{allowed}, got {shown(text)}")
    bound, number, percent = match[1], float(match[2]), bool(match[3])
    if bound is None:
        if percent or number < LEAST:
            raise ValueError(
                f"convert: weight_bits='auto:...' must have a mean of {LEAST} bits or more, got {shown(text)}"
            )
        return Asked("mean", number)
    share = number / 100 if percent else number
    if not (0 < share <= 1 and math.isfinite(share)):
        raise ValueError(f"convert: weight_bits='auto:{bound}>=...' must have a share of 1 at most, got {shown(text)}")
    return Asked("agreement" if bound == "agreement" else "accuracy", share)
