"""Delays of axons in a deployed network: each channel of events some steps later."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut._text import Brief
from spikelut.hw_profiles import Profile
from spikelut.quant.network.signal import Signal, need, row_of
from spikelut.quant.network.synapses import Ints

Steps = NDArray[Any] | tuple[int, ...]
DELAY_EVENTS = "delay the events, before their weights"


def most_delay(where: str, profile: Profile, per_synapse: bool = False) -> int:
    """The longest delay of a chip; ValueError where it has none, or none of each synapse."""
    found = profile.delay
    instead = "leave delays out, or take a profile of software"
    if found is None:
        raise ValueError(f"{where}: {profile.name} delays no events: {instead}")
    own = found.per_synapse or not per_synapse
    require(own, where, f"{profile.name} has delays of axons alone: use quant.Delay before the weights", "of synapses")
    return found.most


def check_delays(
    where: str, delays: NDArray[Any] | tuple[int, ...], profile: Profile, per_synapse: bool = False
) -> None:
    """ValueError unless a chip can wait so many steps."""
    most = most_delay(where, profile, per_synapse)
    longest = int(np.max(delays, initial=0))
    require(longest <= most, where, f"delays must be at most {most} steps on {profile.name}", longest)


def check_steps(where: str, given: Signal) -> None:
    """ValueError for a constant input, of which there is nothing to wait for."""
    message = "must come after Repeat and neurons: of a constant input there is nothing to delay"
    require(given.steps != 1, where, message, "one step")


def last_steps(events: Ints, length: int) -> Ints:
    """Of events [T, B, ...] those of the last steps after each step, the newest first: a view [T, B, length, ...]."""
    if length == 0:
        return np.zeros((*events.shape[:2], 0, *events.shape[2:]), events.dtype)
    padded = np.concatenate([np.zeros((length - 1, *events.shape[1:]), events.dtype), events])
    views = np.lib.stride_tricks.sliding_window_view(padded, length, 0)[..., ::-1]
    return np.moveaxis(views, -1, 2)


@dataclass(frozen=True, eq=False, repr=False)
class IntegerDelay(Brief):
    """Delays of a deployed network: the events of each channel come some time steps later, and none before.

    `delays`: one for all, or one for each feature [T, B, N], or channel [T, B, N, ...].

    ```pycon
    >>> import numpy as np
    >>> quant.IntegerDelay("delay", (0, 2)).run(np.array([[[1, 1]], [[0, 0]], [[1, 0]]]))[:, 0].tolist()
    [[1, 0], [0, 0], [1, 1]]
    ```
    """

    name: str
    delays: tuple[int, ...]

    @property
    def length(self) -> int:
        """The steps that the longest delay waits."""
        return max(self.delays)

    @property
    def groups(self) -> dict[int, list[int]]:
        """The channels of each delay, in the order of delays; empty if all channels have the same delay."""
        if len(self.delays) == 1:
            return {self.delays[0]: []}
        return {d: [n for n, other in enumerate(self.delays) if other == d] for d in sorted(set(self.delays))}

    def run(self, events: Ints) -> Ints:
        """Event counts [T, B, N, ...] of event counts of that shape."""
        out = np.zeros_like(events)
        for delay, channels in self.groups.items():
            kept = max(0, len(events) - delay)
            at = channels or slice(None)
            out[len(events) - kept :, :, at] = events[:kept, :, at]
        return out

    def line(self, events: Ints) -> Ints:
        """The events of the last steps after each step, the newest first, [T, B, length, N, ...]: what a chip keeps."""
        return last_steps(events, self.length)

    def signal(self, given: Signal, *, profile: Profile) -> Signal:
        """The same events, or none."""
        where = f"layer {self.name!r}"
        need(where, "events", given, DELAY_EVENTS)
        check_steps(where, given)
        count = row_of(where, given)[0]
        fits = len(self.delays) == 1 or not isinstance(count, int) or count == len(self.delays)
        require(fits, where, f"delays must be one, or {count}", len(self.delays))
        check_delays(where, self.delays, profile)
        return given.of(given.shape, least=min(given.least, 0), largest=max(given.largest, 0))
