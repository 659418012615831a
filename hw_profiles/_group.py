"""The base of every table of a profile: where its numbers come from."""

from dataclasses import dataclass, field
from typing import Literal

from spikelut._checks import require, require_one_of
from spikelut._text import Brief

Status = Literal["documented", "derived"]


@dataclass(frozen=True, kw_only=True, repr=False)
class Group(Brief):
    """A group of numbers with its provenance: where each was read, or that it was chosen.

    - `source`: the document, or the repository file and identifier with its version, that the numbers were read in.
    - `status`: `documented` if they were read there, `derived` if the chip leaves them open and spikelut chose them.

    ```pycon
    >>> grid = hw_profiles.load("loihi2").grid
    >>> grid.status, grid.source
    ('derived', 'spikelut: leaves 7 bits of head room and 11 bits below an 8-bit weight step of 2**-7')
    ```
    """

    source: str = field(repr=False)
    status: Status = field(repr=False)

    def __post_init__(self) -> None:
        require(isinstance(self.source, str) and bool(self.source.strip()), self, "source must be a text", self.source)
        require_one_of(self, "status", self.status, Status)

    def _require_bool(self, *names: str) -> None:
        for name in names:
            value = getattr(self, name)
            require(isinstance(value, bool), self, f"{name} must be true or false", value)
