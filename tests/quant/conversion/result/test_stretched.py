"""Surrogates brought to the factor by which `convert` multiplied a layer."""

import warnings
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from float_networks import LOIHI, SPIKE, dense, events

from spikelut import quant, surrogates
from spikelut.quant.conversion.result.stretched import stretched, table_of
from spikelut.surrogates import Arctan


@dataclass(frozen=True)
class Own(Arctan):
    """A formula of a user's own, with a parameter of a shipped one."""

    def surrogate_grad(self, x: torch.Tensor) -> torch.Tensor:
        """Another one."""
        return torch.ones_like(x) / self.alpha


@pytest.mark.parametrize("curve", surrogates.ALL, ids=lambda curve: curve.__name__)
def test_gradients_are_those_of_the_float_network(curve: Any) -> None:
    x = torch.linspace(-3, 3, 101, dtype=torch.float64)
    for factor in (0.11, 4.0):
        found = stretched(curve(), factor)
        assert (found is not None) == bool(curve.powers)
        if found is not None:
            # Rounding of a parameter and of a few operations in double precision.
            torch.testing.assert_close(found.surrogate_grad(factor * x), curve().surrogate_grad(x) / factor)
    assert stretched(Own(), 2.0) is None


def test_most_curves_can_be_brought_to_a_scale() -> None:
    left = {curve.__name__ for curve in surrogates.ALL if not curve.powers}
    assert left == {"InvSquareGrad", "LogTailedRelu", "QPseudoSpike", "S2NN", "SlayerGrad"}


def test_a_curve_wider_than_the_table_stays_as_it_is() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert table_of(SPIKE, LOIHI, 50.0).analytic == SPIKE
        assert table_of(Arctan(alpha=2.0), LOIHI, 0.2).analytic == Arctan(alpha=10.0)


def test_converted_layers_have_curves_of_their_own_scale() -> None:
    x, floats = events(15, 16, 12), dense()
    plain = quant.convert(floats, LOIHI, x, weight_bits=4).model
    found = quant.convert(floats, LOIHI, x, weight_bits=4, surrogate="scaled").model
    factor = found[1].converted_scale
    assert abs(factor - 1) > 0.05
    assert found[1].surrogate.analytic.alpha == pytest.approx(SPIKE.alpha / factor)
    assert plain[1].surrogate.analytic == SPIKE
    assert torch.equal(plain(x), found(x))
    assert found(x).count_nonzero() > 50
    with pytest.raises(ValueError, match="surrogate must be a Surrogate, a LUTSurrogate or scaled, got 'wide'"):
        quant.convert(floats, LOIHI, x, surrogate="wide")  # type: ignore[arg-type]
