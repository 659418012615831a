"""Our backends: which there are on this machine, and ours as a contender on each."""

from collections.abc import Callable, Iterator
from typing import Any

from bench_case import Contender

import spikelut


def use(backend: str) -> None:
    """Compute on `backend` from now on."""
    switch: Any = getattr(spikelut, "set_backend", None)
    if switch is not None:
        switch(backend)


def backends() -> list[str]:
    """Those that can be used: torch, and native where its kernels are built."""
    if not hasattr(spikelut, "set_backend"):
        return ["torch"]
    library: Any = spikelut
    before: str = library.get_backend()
    try:
        use("native")
    except RuntimeError:
        return ["torch"]
    finally:
        use(before)
    return ["torch", "native"]


def ours(name: str, make: Callable[[], Any], on: list[str]) -> Iterator[Contender]:
    """A contender of ours for each backend."""
    for backend in on:

        def made(backend: str = backend) -> Any:
            use(backend)
            return make()

        yield Contender(name, made, backend)
