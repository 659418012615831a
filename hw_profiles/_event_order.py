"""The order of events within a time step, on chips that take them one after the other."""

from dataclasses import dataclass
from typing import Literal

from spikelut._checks import require_one_of
from spikelut.hw_profiles._group import Group

Order = Literal["ascending"]


@dataclass(frozen=True, kw_only=True, repr=False)
class EventOrder(Group):
    """In which order the events of a step come to a layer that takes them one after the other.

    `order`: `ascending` by the number of the source, of images by channel, row and column. `documented` where the chip,
    or what sends it its events, has that order in all layers; `derived` where it is ours.

    ```pycon
    >>> hw_profiles.load("reckon").events.status, hw_profiles.load("odin").events.status
    ('documented', 'derived')
    >>> hw_profiles.load("loihi2").events is None
    True
    ```
    """

    order: Order

    def __post_init__(self) -> None:
        super().__post_init__()
        require_one_of(self, "order", self.order, Order)
