"""Triton functions from their text."""

import linecache
from functools import cache
from hashlib import sha256
from typing import Any

import triton
import triton.language as tl

from spikelut.quant.backends.triton import device_functions as triton_device

DEVICE_FUNCTIONS = ("round_half_even", "floor_divide", "log1p", "sigmoid")
"""What a text may call."""


@cache
def compiled(source: str) -> Any:
    """The function `hook` of `source`; layers with the same text share it, and what Triton makes of it."""
    name = f"<spikelut {sha256(source.encode()).hexdigest()[:16]}>"
    # Triton, as the debugger, asks for the text of a function by the name of its file.
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    scope = {"tl": tl, **{name: getattr(triton_device, name) for name in DEVICE_FUNCTIONS}}
    exec(compile(source, name, "exec"), scope)
    return triton.jit(scope["hook"])
