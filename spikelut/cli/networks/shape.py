"""What goes into a network, and what comes out."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """What goes in and out: features [F] or images [C, H, W]; `steps` where each time step has the same input."""

    inputs: tuple[int, ...]
    classes: int
    input_step: float = 1.0
    steps: int | None = None
