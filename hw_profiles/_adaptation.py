"""Adaptive thresholds in a profile."""

from dataclasses import dataclass

from spikelut._checks import require, require_int, require_one_of
from spikelut.hw_profiles._format import NumberFormat
from spikelut.hw_profiles._neuron import Comparison, Decay


@dataclass(frozen=True, kw_only=True, repr=False)
class Adaptation(Decay):
    """Neurons whose threshold rises with each of their spikes, and that are refractory after it: two more states.

    Both states decay as the keys of `Decay` say, each by a factor or shift of its own. Both are kept in signed
    registers of `bits`.

    - `overflow`: what these registers do when a value leaves their range; `narrow`: they lack the most negative code.
    - `comparison`: how the membrane is compared with the threshold that has risen.

    What a spike adds to the threshold is a multiple of the threshold's unit.

    ```pycon
    >>> adaptation = hw_profiles.load("loihi2").adaptation
    >>> adaptation.bits, adaptation.comparison, adaptation.frac
    (24, '>=', 12)
    ```
    """

    bits: int
    narrow: bool = False
    comparison: Comparison

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.kind in ("multiply", "shift"), self, "kind must be multiply or shift", self.kind)
        require_int(self, "bits", self.bits, 2, 30)
        self._require_bool("narrow")
        require_one_of(self, "comparison", self.comparison, Comparison)

    def format(self, frac: int) -> NumberFormat:
        """The registers as fixed-point formats with `frac` fraction bits."""
        return NumberFormat(self.bits, frac, overflow=self.overflow, narrow=self.narrow)
