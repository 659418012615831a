"""Layers of chips that add their inputs spike by spike: weights and neurons in one, to the last saturation."""

from typing import Any

from torch import Tensor

from spikelut._checks import require, require_flags
from spikelut.hw_profiles import Profile, Reset
from spikelut.quant.dynamics.event_lif import Windows
from spikelut.quant.neurons.event_layer import ALPHA, EventLayer
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.quant.weights.layers import QuantConv2d, QuantLinear
from spikelut.surrogates import Surrogate


class EventLIF(EventLayer):
    """Weights and neurons of a chip that adds spike by spike and saturates after each, exactly.

    Within a step, mem = register(mem + weight[i]) for every event of source i, in the order of the sources; a count of
    n is n events. From spikes [T, B, in_features], which may be counts up to 255, it gives spikes [T, B, out_features].
    On a chip that compares after every event (ODIN), so does the layer. There, a tick (leak and bias) ends the step and
    is compared too, and the output counts the spikes of the step. Where no partial sum saturates and the chip compares
    once per step, `QuantLinear` with `LIF` or `CubaLIF` computes the same, and faster.

    - `alpha`: the decay factor of the synaptic current of a chip that has one.
    - `bias`: a learned constant for each neuron, in the chip's format, added in every step.
    - `ticks`: False means that nothing ends a step, as on a Speck without its leak clock, where neurons wait for their
      next event. This needs a layer with neither leak nor bias.

    The other arguments are those of `QuantLinear` and `LIF`. The backward pass is that of the summed current. `integer`
    reads the layer, and all exports give exactly its spikes. Raises ValueError for a profile that adds all events at
    once, and for a `bias` on one that has none.

    ```pycon
    >>> layer = quant.EventLIF(6, 3, profile=hw_profiles.load("reckon"), surrogate=surrogates.Arctan())
    >>> layer((torch.rand(8, 2, 6) < 0.5).float()).shape
    torch.Size([8, 2, 3])
    ```
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        profile: Profile,
        surrogate: LUTSurrogate | Surrogate,
        alpha: float = ALPHA,
        beta: float | None = None,
        threshold: float = 1.0,
        reset: Reset | None = None,
        max_spikes: int | None = None,
        weight_bits: int | None = None,
        bias: bool = False,
        ticks: bool = True,
        largest_input: int | None = None,
    ) -> None:
        super().__init__()
        require_flags(type(self).__name__, bias=bias, ticks=ticks)
        count = out_features if bias else None
        values: dict[str, Any] = {"alpha": alpha, "beta": beta, "threshold": threshold, "reset": reset}
        self._neurons(profile, surrogate, **values, max_spikes=max_spikes, bias=count, ticks=ticks)
        grid: dict[str, Any] = {"profile": profile, "weight_bits": weight_bits, "largest_input": largest_input}
        self.linear = QuantLinear(in_features, out_features, **grid)

    @property
    def weights(self) -> Any:
        """The layer that holds the weights."""
        return self.linear

    def weight_codes(self) -> Tensor:
        """The weights in membrane codes, int64 [in_features, out_features]: what one spike adds."""
        return self.unit_codes().T

    def forward(self, spikes: Tensor) -> Tensor:
        """Spikes [T, B, out_features] for spikes or counts [T, B, in_features], from rest."""
        features = self.linear.in_features
        expected = spikes.ndim == 3 and spikes.shape[2] == features
        return self._run(spikes, expected, f"[T, B, {features}]", "QuantLinear with LIF or CubaLIF")


class EventConv2d(EventLayer):
    """A convolution and its neurons on a chip that adds spike by spike, exactly: the layers of Speck.

    From spikes [T, B, in_channels, H, W], which may be counts up to 255, it gives spikes [T, B, out_channels, H', W'].
    Events come in the order of the image, by channel, row and column, so each neuron sees the events of its window in
    that order. What an event does, and the other arguments, are in `EventLIF`. `stride`, `padding`, `dilation` and
    `groups` are those of `QuantConv2d`, with zeros around, which are no events. `bias` is one constant for each
    channel.

    `ticks`: whether a tick ends each step. None: where there is a leak or a bias, as on the chip.

    ```pycon
    >>> speck = hw_profiles.load("speck2f")
    >>> layer = quant.EventConv2d(2, 4, 3, profile=speck, surrogate=surrogates.Arctan(), padding=1)
    >>> layer((torch.rand(8, 1, 2, 6, 6) < 0.5).float()).shape
    torch.Size([8, 1, 4, 6, 6])
    ```
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        *,
        profile: Profile,
        surrogate: LUTSurrogate | Surrogate,
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        dilation: int | tuple[int, int] = 1,
        groups: int = 1,
        alpha: float = ALPHA,
        beta: float | None = None,
        threshold: float = 1.0,
        reset: Reset | None = None,
        max_spikes: int | None = None,
        weight_bits: int | None = None,
        bias: bool = False,
        ticks: bool | None = None,
        largest_input: int | None = None,
    ) -> None:
        super().__init__()
        numbers = not isinstance(padding, str)
        require(numbers, "EventConv2d", "padding must be a number of zeros, or two", padding)
        require_flags("EventConv2d", bias=bias, **({} if ticks is None else {"ticks": ticks}))
        count = out_channels if bias else None
        values: dict[str, Any] = {"alpha": alpha, "beta": beta, "threshold": threshold, "reset": reset}
        self._neurons(profile, surrogate, **values, max_spikes=max_spikes, bias=count, ticks=ticks)
        grid: dict[str, Any] = {"profile": profile, "weight_bits": weight_bits, "largest_input": largest_input}
        places: dict[str, Any] = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
        self.conv = QuantConv2d(in_channels, out_channels, kernel_size, **grid, **places)

    @property
    def weights(self) -> Any:
        """The layer that holds the weights."""
        return self.conv

    @property
    def windows(self) -> Windows:
        """Where a neuron sees its sources."""
        conv: Any = self.conv
        return Windows(conv.stride, conv.padding, conv.dilation, conv.groups)

    def weight_codes(self) -> Tensor:
        """The weights in membrane codes, int64 [out, in / groups, height, width]: what one spike adds."""
        return self.unit_codes()

    def forward(self, spikes: Tensor) -> Tensor:
        """Spikes [T, B, out_channels, H', W'] for spikes or counts [T, B, in_channels, H, W], from rest."""
        channels = self.conv.in_channels
        expected = spikes.ndim == 5 and spikes.shape[2] == channels
        return self._run(spikes, expected, f"[T, B, {channels}, H, W]", "QuantConv2d")
