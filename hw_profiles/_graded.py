"""Graded spikes in a profile: messages that carry a number, and the neurons that send them."""

from dataclasses import dataclass

from spikelut._checks import require_int, require_one_of
from spikelut.hw_profiles._format import Overflow
from spikelut.hw_profiles._group import Group


@dataclass(frozen=True, kw_only=True, repr=False)
class Graded(Group):
    """Sigma, delta and sigma-delta neurons: the registers of their states, and what their messages hold.

    - `state_bits`, `overflow`: sum, encoded value, residue and accumulated error, in two's complement.
    - `message_bits`: the most that a message's payload may have, in two's complement.
    - `drop_max`: by how many bits a state may be finer than the messages that are made of it.
    - `threshold_bits`, `bias_bits`: of these numbers, which count in messages, in two's complement.

    ```pycon
    >>> graded = hw_profiles.load("loihi2").graded
    >>> graded.message_bits, graded.state_bits, graded.drop_max
    (24, 32, 7)
    >>> hw_profiles.load("reckon").graded is None
    True
    ```
    """

    state_bits: int
    overflow: Overflow
    message_bits: int
    drop_max: int
    threshold_bits: int
    bias_bits: int

    def __post_init__(self) -> None:
        super().__post_init__()
        require_one_of(self, "overflow", self.overflow, Overflow)
        require_int(self, "state_bits", self.state_bits, 8, 32)
        # Larger ones float32 would round.
        require_int(self, "message_bits", self.message_bits, 2, min(self.state_bits, 25))
        require_int(self, "drop_max", self.drop_max, 0, self.state_bits - 2)
        require_int(self, "threshold_bits", self.threshold_bits, 2, self.state_bits)
        require_int(self, "bias_bits", self.bias_bits, 2, self.state_bits)
