"""Spike functions: forward and backward of all curves, and of their tables."""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import product
from typing import Any

import torch
from bench_backends import ours
from bench_case import Case, Contender, Setting, Unavailable, Work, equal
from bench_curves import BY_NAME, CURVES, Curve
from bench_peers import curve
from bench_remote import jax_worker, remote
from torch import Tensor

from spikelut import hw_profiles
from spikelut.quant import LUTSurrogate, TableWarning
from spikelut.surrogates import name_of

AT_LARGEST = ("Sigmoid", "PiecewiseQuadratic", "Arctan", "GaussianGrad")
"""The curves that are measured at ten million elements, where memory is what takes time: all took ten minutes."""

PEERS = ("SpikingJelly", "snnTorch", "norse")


def tabulated(one: Curve) -> LUTSurrogate:
    """Its table of 256 entries of 8 bits."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TableWarning)  # that some curves end far from where they began
        return LUTSurrogate(one.ours, hw_profiles.load("generic8"))


def work(function: Callable[[Tensor], Tensor], elements: int, dtype: torch.dtype) -> Work:
    """Forward and backward of `function`."""
    x, g = torch.randn(2, elements, generator=torch.Generator().manual_seed(0)).to(dtype)
    x.requires_grad_()
    return Work(lambda: function(x), lambda y: torch.autograd.grad(y, x, g))


class Spike(Case):
    """All curves."""

    name = "spike"
    title = "Spike and surrogate, forward and backward"
    text = (
        "A spike function and its gradient, on tensors of different sizes. Times and ratios are geometric means "
        "over the curves that both libraries have; with ten million elements, over four of them. `relu` is "
        "torch.relu, which computes a comparison and a product, but no curve."
    )
    main = ("analytic", "table")
    over = ("curve",)

    def settings(self) -> list[Setting]:
        every = product((10**3, 10**4, 10**6, 10**7), ("float32", "bfloat16"), (1, 2), BY_NAME)
        made: list[Setting] = [{"elements": n, "dtype": kind, "threads": t, "curve": c} for n, kind, t, c in every]
        return [one for one in made if one["elements"] != 10**7 or one["curve"] in AT_LARGEST]

    def quick(self) -> list[Setting]:
        large: list[Setting] = [
            {"elements": 10**6, "dtype": "float32", "threads": 2, "curve": name} for name in BY_NAME
        ]
        return [*large, {"elements": 10**3, "dtype": "float32", "threads": 2, "curve": "Arctan"}]

    def contenders(self, setting: Setting, backends: list[str]) -> Iterator[Contender]:
        one, n, kind = BY_NAME[str(setting["curve"])], int(setting["elements"]), str(setting["dtype"])

        def made(function: Callable[[], Any]) -> Callable[[], Work]:
            return lambda: work(function(), n, getattr(torch, kind))

        yield from ours("analytic", made(lambda: one.ours), backends)
        yield from ours("table", made(lambda: tabulated(one)), backends)
        for peer in PEERS:
            if peer in one.theirs:
                yield Contender(peer, made(lambda peer=peer: curve(peer, *one.theirs[peer])))  # type: ignore[misc]  # a default binds the loop's value
        theirs = {"name": name_of(type(one.ours)), "parameters": asdict(one.ours)}
        threads = int(setting["threads"])
        yield Contender("braintools", lambda: remote(threads, "braintools", "spike", **theirs, elements=n, dtype=kind))
        yield Contender("relu", made(lambda: torch.relu))

    def check(self) -> int:
        compared = 0
        for one in CURVES:
            compared += _ours_is_readable(one)
            for peer in one.theirs.keys() - one.similar:
                compared += _peer_is_the_same(peer, one)
            compared += _braintools_is_the_same(one)
        return compared


def slope(function: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """The gradient at each `x`."""
    x = x.clone().requires_grad_()
    return torch.autograd.grad(function(x).sum(), x)[0]


def _ours_is_readable(one: Curve) -> int:
    compared = 0
    # bfloat16 has eight bits, and a formula of several operations rounds several times.
    for kind, tolerance in ((torch.float32, 1e-6), (torch.bfloat16, 2.0**-6)):
        x = (2 * torch.randn(50_000, generator=torch.Generator().manual_seed(1))).to(kind)
        g = torch.randn(x.shape, generator=torch.Generator().manual_seed(2)).to(kind)
        table = tabulated(one)
        codes = table.table.lookup_codes(table.table.encode_x(x))
        entries = (codes * table.table.value.step).to(kind)
        for function, wanted, allowed in (
            (one.ours, g * one.ours.surrogate_grad(x.float()).to(kind), tolerance),
            (table, g * entries, 0.0),
        ):
            leaf = x.clone().requires_grad_()
            spikes = function(leaf)
            (gradient,) = torch.autograd.grad(spikes, leaf, g)
            compared += equal(f"{one.name}, spikes", spikes, (x >= 0).to(kind))
            compared += equal(f"{one.name}, {type(function).__name__}, {kind}", gradient, wanted, allowed)
    return compared


def _grid() -> Tensor:
    # An even number of points: none falls on a jump.
    return torch.linspace(-3.0, 3.0, 600)


def _peer_is_the_same(peer: str, one: Curve) -> int:
    try:
        theirs = slope(curve(peer, *one.theirs[peer]), _grid())
    except Unavailable:
        return 0
    return equal(f"{one.name}, {peer}", slope(one.ours, _grid()), theirs, 1e-5)


def _braintools_is_the_same(one: Curve) -> int:
    asked = {"name": name_of(type(one.ours)), "parameters": asdict(one.ours), "x": _grid().tolist()}
    try:
        theirs = torch.tensor(jax_worker(2).ask("value", kind="slope", **{"with": asked}))
    except Unavailable:
        return 0
    return equal(f"{one.name}, braintools", slope(one.ours, _grid()), theirs, 1e-5)
