"""The delays of a profile: how many time steps an event may wait before it arrives."""

from dataclasses import dataclass

from spikelut._checks import require_int
from spikelut.hw_profiles._group import Group


@dataclass(frozen=True, kw_only=True, repr=False)
class Delay(Group):
    """Delays of events, in whole time steps beyond the latency that every event has.

    - `most`: the longest delay.
    - `per_synapse`: whether each synapse may have its own, not just each axon.

    ```pycon
    >>> delay = hw_profiles.load("loihi2").delay
    >>> delay.most, delay.per_synapse
    (62, True)
    ```
    """

    most: int
    per_synapse: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int(self, "most", self.most, 1, 255)
        self._require_bool("per_synapse")
