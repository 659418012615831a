"""What calls of the compiled kernels return, and how wide their vectors are."""

from collections.abc import Iterator
from typing import Any

import pytest

from spikelut import native
from spikelut.quant.arithmetic import spike_products
from spikelut.quant.weights import spike_sums


def watched(monkeypatch: pytest.MonkeyPatch, name: str) -> list[int]:
    """What the kernel called `name` returns, call after call."""
    calls: list[int] = []
    made = getattr(native.library(), name)

    def counted(*given: Any) -> int:
        calls.append(made(*given))
        return calls[-1]

    monkeypatch.setattr(native.library(), name, counted)
    return calls


def take_small_products(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels of sums over spikes take few rows too."""
    monkeypatch.setattr(spike_products, "LEAST_ROWS", 1)
    monkeypatch.setattr(spike_products, "LEAST_PRODUCTS", 1)
    monkeypatch.setattr(spike_sums, "LEAST_ROWS", 1)


def at_most(width: int) -> Iterator[int]:
    """Vectors of so many bytes at most, meanwhile."""
    if native.library().spikelut_sums_widest(width) != width:
        pytest.skip("this processor has no vectors so wide")
    yield width
    native.library().spikelut_sums_widest(64)
