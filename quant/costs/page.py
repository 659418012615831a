"""A page of what a network costs."""

import os
from collections.abc import Sequence
from typing import Any

from spikelut._files import write_whole
from spikelut._html import render


def write_page(costs: Sequence[Any], path: str | os.PathLike[str]) -> None:
    """Verdicts, limits and layers for each chip: a `Cost` each, of one network."""
    write_whole(path, render("spikelut.quant.costs.page", "costs.html.jinja", costs=list(costs), first=costs[0]))
