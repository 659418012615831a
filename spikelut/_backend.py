"""Which implementation computes: torch's operations, or kernels of our own where they fit."""

import os
from importlib.util import find_spec

from spikelut._checks import require

BACKENDS = ("auto", "torch", "native", "triton")
_VARIABLE = "SPIKELUT_BACKEND"

_chosen = ""
_native = False


def set_backend(name: str) -> None:
    """Choose who computes, for the whole process; the results are the same.

    - `auto`, the default: on the CPU compiled kernels if the library was built, on a CUDA device Triton kernels if
      Triton is installed and works there, else torch.
    - `torch`: torch's operations alone. `native`: the compiled kernels, and an error if there is no library; on a CUDA
      device torch. `triton`: as `auto`, but an error if Triton is not installed.

    The compiled kernels take float32 tensors in one piece on the CPU, the Triton kernels whole layers of neurons on a
    GPU; everything else, and whatever is compiled, recorded, vmapped or differentiated twice, is torch's. The variable
    SPIKELUT_BACKEND sets the default. Raises ValueError for another name, RuntimeError for `native` without a library
    or `triton` without Triton.
    """
    global _chosen, _native
    require(name in BACKENDS, "set_backend", f"name must be one of {', '.join(BACKENDS)}", name)
    missing = "" if name == "torch" else _reason_missing()
    if name == "native" and missing:
        raise RuntimeError(f"set_backend: there is no library of native kernels: {missing}")
    if name == "triton" and find_spec("triton") is None:
        raise RuntimeError("set_backend: Triton is not installed")
    _chosen, _native = name, name != "torch" and not missing


def get_backend() -> str:
    """The backend chosen: `auto`, `torch`, `native` or `triton`."""
    if not _chosen:
        set_backend(os.environ.get(_VARIABLE, "auto"))
    return _chosen


def uses_native() -> bool:
    """Whether the compiled kernels are in use."""
    return _native if _chosen else get_backend() != "torch" and _native


def uses_triton(device: str) -> bool:
    """Whether Triton kernels are to be used on this type of device; the CPU is interpreted, if that is asked for."""
    chosen = _chosen or get_backend()
    return chosen == "triton" or (chosen == "auto" and device == "cuda")


def describe() -> str:
    """One line on the backend in use, for `spikelut --version --verbose`."""
    chosen = get_backend()
    on_gpu = "; on a GPU Triton kernels" if uses_triton("cuda") and find_spec("triton") is not None else ""
    if _native:
        from spikelut.native._library import library

        threads = "OpenMP" if library().spikelut_has_threads() else "one thread"
        return f"backend {chosen}: native kernels in C, {threads}{on_gpu}"
    missing = "" if chosen == "torch" else f", no native kernels: {_reason_missing()}"
    return f"backend {chosen}: torch{missing}{on_gpu}"


def _reason_missing() -> str:
    # Imported late: it needs torch, which names and profiles do without.
    from spikelut.native._library import reason_missing

    return reason_missing()
