"""Optional packages: which extra brings each, and the one line that says so where it is missing."""

from collections.abc import Callable
from functools import wraps
from importlib.util import find_spec
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

EXTRAS = {
    "brevitas": "qat",
    "onnx": "export",
    "google": "export",  # protobuf, of onnx
    "onnxruntime": "export",
    "safetensors": "export",
    "emx_onnx_cgen": "c",
    "openvino": "runtimes",
    "tract": "runtimes",
    "nir": "nir",
    "h5py": "nir",  # of nir
    "matplotlib": "plot",
    "jinja2": "plot",
    "sklearn": "train",
    "joblib": "train",
    "lightning_fabric": "train",
    "scipy": "train",
    "jsonargparse": "train",
    "yaml": "train",
    "distributed": "cluster",
    "dask": "cluster",
}
"""The smallest extra that brings a module."""

TRAIN = ("qat", "export", "plot", "train")
"""The extras that `spikelut[train]` brings."""

APART = ("mlflow", "pandas", "pyarrow", "ray", "tensorboard", "triton", "wandb")
"""Modules of packages that no extra brings."""


class MissingPackage(ModuleNotFoundError):
    """An optional package is not installed; the text is the whole message."""


def missing(error: ModuleNotFoundError, who: str = "") -> ModuleNotFoundError:
    """What to raise instead: one line that names the extra; `error` itself if no extra brings the module."""
    module = (error.name or "").partition(".")[0]
    if isinstance(error, MissingPackage) or module not in (*EXTRAS, *APART):
        return error
    what = f"'spikelut[{EXTRAS[module]}]'" if module in EXTRAS else module
    return MissingPackage(f"{f'{who}: ' if who else ''}{module} is needed; run: pip install {what}", name=error.name)


def check_train(*needed: str) -> None:
    """Raise MissingPackage that names all modules of `spikelut[train]` that are missing, if `needed` are among them.

    One alone is left to whoever imports it, who names the smaller extra.
    """
    absent = [module for module, extra in EXTRAS.items() if extra in TRAIN and module != "google" and _lacks(module)]
    if len(absent) > 1 and not {*needed}.isdisjoint(absent):
        said = f"{', '.join(absent[:-1])} and {absent[-1]} are needed; run: pip install 'spikelut[train]'"
        raise MissingPackage(said, name=absent[0])


def _lacks(module: str) -> bool:
    try:
        return find_spec(module) is None
    except (ModuleNotFoundError, ValueError):  # what is None in sys.modules
        return True


def names_extra(function: Callable[P, R]) -> Callable[P, R]:
    """`function`, which imports optional packages as it runs."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except ModuleNotFoundError as error:
            raise missing(error, function.__qualname__) from None

    return run
