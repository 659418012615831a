"""A spike function whose gradient is the chip's table."""

from torch import Tensor, nn

from spikelut.hw_profiles import Profile
from spikelut.quant.table import Table
from spikelut.surrogates import Surrogate, spike


class LUTSurrogate(nn.Module):
    """Heaviside step forward, table lookup backward.

    `lut(x)` gives spikes for x = membrane - threshold, any shape and floating dtype; the gradient is `lut.table` at the
    nearest membrane code. `lut.analytic` is the curve the table was made from. The table is rebuilt from curve and
    profile, so it is not part of the `state_dict`; it follows `.to(device)`.
    """

    codes: Tensor

    def __init__(self, surrogate: Surrogate, profile: Profile, state_step: float | None = None) -> None:
        super().__init__()
        self.analytic = surrogate
        self.table = Table.from_surrogate(surrogate, profile, state_step)
        self.register_buffer("codes", self.table.codes.clone(), persistent=False)

    def surrogate_grad(self, x: Tensor) -> Tensor:
        """The table's derivative at `x`, same shape and dtype."""
        # The few entries are decoded rather than the many looked up.
        return self.table.gather(self.table.value.decode(self.codes, x.dtype), self.table.encode_x(x))

    def forward(self, x: Tensor) -> Tensor:
        return spike(x, self)

    def extra_repr(self) -> str:
        return f"{self.analytic}, {type(self.table).__name__} of {len(self.codes)} x {self.table.value.short_name}"
