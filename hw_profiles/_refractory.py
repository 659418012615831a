"""Refractory periods in a profile."""

from dataclasses import dataclass

from spikelut._checks import require_int
from spikelut.hw_profiles._group import Group


@dataclass(frozen=True, kw_only=True, repr=False)
class Refractory(Group):
    """Steps after a spike in which a membrane is left as the reset left it: it takes in nothing, and does not spike.

    `max_steps`: the longest such period that a layer may choose.

    ```pycon
    >>> hw_profiles.load("loihi2").refractory.max_steps
    62
    ```
    """

    max_steps: int

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int(self, "max_steps", self.max_steps, 1, 2**20)
