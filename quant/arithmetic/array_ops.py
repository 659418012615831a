"""What integer arithmetic needs besides Python's operators, for the two kinds of arrays.

The functions of `rounding`, `fixed_point` and `dynamics` take one of these as `ops`; ONNX graphs and C add theirs.
"""

from typing import Any

import numpy as np
import torch


class NumpyOps:
    """NumPy integer arrays."""

    where = staticmethod(np.where)
    clip = staticmethod(np.clip)
    absolute = staticmethod(np.abs)

    @staticmethod
    def spike(x: Any) -> Any:
        """Whether the membrane is at or above the lowest code that spikes, `x` codes above it."""
        return x >= 0

    @staticmethod
    def divide(x: Any, by: Any) -> Any:
        """The floor of x / by."""
        return x // by


class TorchOps:
    """Torch integer tensors."""

    where = staticmethod(torch.where)
    clip = staticmethod(torch.clamp)
    absolute = staticmethod(torch.abs)
    floor = staticmethod(torch.floor)
    round = staticmethod(torch.round)
    spike = staticmethod(NumpyOps.spike)

    @staticmethod
    def divide(x: Any, by: Any) -> Any:
        """The floor of x / by."""
        return torch.div(x, by, rounding_mode="floor")
