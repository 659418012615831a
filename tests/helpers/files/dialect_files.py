"""Writing files of every dialect and form, and what goes into them."""

from pathlib import Path
from typing import Any, cast

import numpy as np
from lif_profiles import with_lif
from numpy.typing import NDArray
from sample_networks import CUBA

from spikelut import export, hw_profiles, quant
from spikelut.export.onnx_graph.model import DIALECTS
from spikelut.export.runtimes import Outcome, by_name, check, network_case

FORMS = ("scan", "step", "unrolled")
PAIRS = [(d, f) for d in DIALECTS for f in FORMS if (d, f) != ("arith", "scan")]
ALL_KINDS = [(p, False) for p in with_lif()] + [(p, True) for p in CUBA]
GENERIC = hw_profiles.load("generic8")
Ints = NDArray[np.int64]


def dense_events(steps: int = 5, batch: int = 3, seed: int = 0, largest: int = 1) -> Ints:
    return np.random.default_rng(seed).integers(0, largest + 1, (steps, batch, 5))


def images(batch: int = 2) -> Ints:
    return np.random.default_rng(0).integers(0, 4, (1, batch, 2, 6, 7))


def write(network: Any, shape: Any, file: Path, dialect: str, form: str, **options: Any) -> Any:
    return export.to_onnx(network, shape, file, cast(Any, dialect), form=cast(Any, form), hidden_spikes=True, **options)


def proved(
    network: quant.IntegerNetwork, given: dict[str, Any], file: Path, dialect: str, form: str, **options: Any
) -> Outcome:
    """A network's file in onnxruntime against the reference, on event counts by the names of inputs: every output,
    every layer of neurons and every state at every step."""
    write(network, {name: array.shape for name, array in given.items()}, file, dialect, form, **options)
    found = check(by_name("onnxruntime"), network_case(file, given, network))
    assert (found.status, found.reason, found.hidden, found.silent) == ("agrees", "", "", ())
    return found
