"""What each step of a conversion won."""

from collections.abc import Iterator
from dataclasses import dataclass

from spikelut._text import Brief


@dataclass(frozen=True, repr=False)
class ConversionStep(Brief):
    """What one step of a conversion won in one layer, on the data it was calibrated with.

    - `name`: "nearest" is the rounding to nearest that every conversion begins with. `layer`: as `LayerReport.neurons`;
      "" for a step of the whole network, which is measured by its last layer.
    - `before`, `after`: the share of spikes that differ from the float network's. Of a read-out: the root mean square
      of the difference of its membranes, divided by that of the membranes.
    - `seconds`: what it took. `changes`: what it changed, in words.

    ```pycon
    >>> floats = torch.nn.Sequential(torch.nn.Linear(8, 4), quant.FloatLIF(surrogates.Arctan(), reset="zero"))
    >>> events = (torch.rand(20, 16, 8) < 0.5).float()
    >>> first = quant.convert(floats, hw_profiles.load("loihi2"), events).steps[0]
    >>> first.name, first.layer, first.before
    ('nearest', '1', 0.0)
    ```
    """

    name: str
    layer: str
    before: float
    after: float
    seconds: float
    changes: tuple[str, ...] = ()

    @property
    def won(self) -> float:
        """`before` - `after`: below 0 where the step made it worse, as rounding does."""
        return self.before - self.after

    def _parts(self) -> Iterator[str]:
        yield repr(self.name)
        yield repr(self.layer) if self.layer else "whole network"
        yield f"{self.before:.2%} -> {self.after:.2%}"
        yield f"{self.seconds:.3g} s"
