"""The works of braintools and brainpy, in a process of their own: `python bench_jax.py THREADS`."""

import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from bench_serve import serve


def library() -> tuple[Any, Any]:
    """jax and jax.numpy, which publish types only where they are installed."""
    return import_module("jax"), import_module("jax.numpy")


def curve(name: str, parameters: dict[str, float]) -> Callable[[Any], Any]:
    """The spike function of braintools."""
    found: Any = getattr(import_module("braintools.surrogate"), name)
    return lambda x: found(x, **parameters)


def forward_and_backward(function: Callable[[Any], Any], shape: list[int], dtype: str) -> Callable[[], Any]:
    """`function` and its gradient, compiled apart from each other, as in a network with layers between."""
    jax, jnp = library()

    x, g = (jax.random.normal(key, shape, jnp.dtype(dtype)) for key in jax.random.split(jax.random.key(0)))
    forward = jax.jit(lambda x: jax.vjp(function, x))
    backward = jax.jit(lambda pull, g: pull(g)[0])

    def call() -> Any:
        spikes, pull = forward(x)
        spikes.block_until_ready()
        return backward(pull, g.astype(spikes.dtype)).block_until_ready()

    return call


def spike(name: str, parameters: dict[str, float], elements: int, dtype: str) -> Callable[[], Any]:
    """A spike function."""
    return forward_and_backward(curve(name, parameters), [elements], dtype)


def scan_lif(shape: list[int], beta: float, alpha: float | None, reset: str) -> Callable[[], Any]:
    """A LIF layer, or with `alpha` one with a synaptic current, written by hand as a scan over time."""
    jax, jnp = library()

    fire = curve("arctan", {"alpha": 2.0})

    def step(states: Any, arriving: Any) -> Any:
        mem, syn = states
        syn = arriving if alpha is None else alpha * syn + arriving
        mem = beta * mem + syn
        spikes = fire(mem - 1.0)
        fired = jax.lax.stop_gradient(spikes)
        return (mem * (1 - fired) if reset == "zero" else mem - fired, syn), spikes

    def layer(x: Any) -> Any:
        rest = jnp.zeros_like(x[0])
        return jax.lax.scan(step, (rest, rest), x)[1]

    return forward_and_backward(layer, shape, "float32")


def brainpy_lif(shape: list[int], tau: float, reset: str) -> Callable[[], Any]:
    """brainpy's own LIF layer."""
    brainpy, brainstate, u = map(import_module, ("brainpy", "brainstate", "brainunit"))
    slope = import_module("braintools.surrogate").Arctan(alpha=2.0)

    def layer(x: Any) -> Any:
        lif = brainpy.state.LIF(
            tuple(shape[2:]), tau=tau * u.ms, spk_fun=slope, spk_reset="hard" if reset == "zero" else "soft"
        )
        lif.init_state(shape[1])
        with brainstate.environ.context(dt=1.0 * u.ms):
            return brainstate.transform.for_loop(lambda now: lif.update(now * u.mA), x)

    return forward_and_backward(layer, shape, "float32")


def slope(name: str, parameters: dict[str, float], x: list[float]) -> list[float]:
    """The gradient of a spike function at each `x`."""
    jax, jnp = library()

    points = jnp.asarray(x, jnp.float32)
    function = curve(name, parameters)
    return [float(v) for v in jax.grad(lambda x: function(x).sum())(points)]


if __name__ == "__main__":
    if hasattr(os, "sched_setaffinity"):
        # JAX takes as many threads as it may use processors.
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(sys.argv[1])])
    serve({"spike": spike, "scan_lif": scan_lif, "brainpy_lif": brainpy_lif}, {"slope": slope})
