"""A spike function whose gradient is the chip's table."""

from typing import Any

from torch import Tensor, nn

from spikelut._checks import require
from spikelut.hw_profiles import Profile
from spikelut.quant.table import Table
from spikelut.surrogates import CrossingSurrogate, Surrogate, crossing, spike


class LUTSurrogate(nn.Module):
    """Heaviside step forward, table lookup backward.

    `lut(x)` gives spikes for x = membrane - threshold, any shape and floating dtype; the gradient is `lut.table` at the
    nearest membrane code. Of a two-input surrogate it is `lut(x_new, x_old)`, with the table of its one-input curve.
    `lut.analytic` is the curve the table was made from; keyword arguments are those of `Table.from_surrogate`.

    The table is rebuilt from curve and profile, so it is not part of the `state_dict`; it follows `.to(device)`.
    """

    codes: Tensor

    def __init__(self, surrogate: Surrogate, profile: Profile, state_step: float | None = None, **options: Any) -> None:
        super().__init__()
        self.analytic = surrogate
        self.table = Table.from_surrogate(surrogate, profile, state_step, **options)
        self.register_buffer("codes", self.table.codes.clone(), persistent=False)

    def surrogate_grad(self, x: Tensor) -> Tensor:
        """The table's derivative at `x`, same shape and dtype."""
        return self.table.derivative(self.codes, self.table.encode_x(x), x.dtype)

    def forward(self, x: Tensor, x_old: Tensor | None = None) -> Tensor:
        two = isinstance(self.analytic, CrossingSurrogate)
        message = f"{self.analytic} needs {'x_new and x_old' if two else 'one input'}"
        require((x_old is not None) == two, "LUTSurrogate", message, 1 if x_old is None else 2)
        return spike(x, self) if x_old is None else crossing(x, x_old, self)

    def extra_repr(self) -> str:
        return f"{self.analytic}, {type(self.table).__name__} of {len(self.codes)} x {self.table.value.short_name}"
