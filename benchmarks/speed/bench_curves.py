"""The 18 curves, and the same ones in the peers."""

from dataclasses import dataclass, field
from typing import Any

from spikelut.surrogates import (
    ERF,
    S2NN,
    Arctan,
    GaussianGrad,
    InvSquareGrad,
    LeakyRelu,
    LogTailedRelu,
    MultiGaussianGrad,
    NonzeroSignLog,
    PiecewiseExp,
    PiecewiseLeakyRelu,
    PiecewiseQuadratic,
    QPseudoSpike,
    ReluGrad,
    Sigmoid,
    SlayerGrad,
    SoftSign,
    SquarewaveFourierSeries,
    Surrogate,
)


@dataclass(frozen=True)
class Curve:
    """A curve of ours, and by peer name and parameters of the same one; in `similar`, of one with another scale."""

    ours: Surrogate
    theirs: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    similar: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The name of its class."""
        return type(self.ours).__name__


SJ, SNN = "SpikingJelly", "snnTorch"

CURVES = [
    Curve(
        Sigmoid(4.0),
        {SJ: ("Sigmoid", {"alpha": 4.0}), SNN: ("sigmoid", {"slope": 4}), "norse": ("tanh", {"alpha": 2.0})},
    ),
    Curve(PiecewiseQuadratic(1.0), {SJ: ("PiecewiseQuadratic", {"alpha": 1.0})}),
    Curve(PiecewiseExp(1.0), {SJ: ("PiecewiseExp", {"alpha": 1.0})}),
    Curve(SoftSign(2.0), {SJ: ("SoftSign", {"alpha": 2.0}), SNN: ("fast_sigmoid", {"slope": 2})}),
    Curve(Arctan(2.0), {SJ: ("ATan", {"alpha": 2.0}), SNN: ("atan", {"alpha": 2.0})}),
    Curve(NonzeroSignLog(1.0), {SJ: ("NonzeroSignLogAbs", {"alpha": 1.0})}),
    Curve(ERF(2.0), {SJ: ("Erf", {"alpha": 2.0}), "norse": ("heavi_erfc", {"alpha": 2.0})}),
    Curve(PiecewiseLeakyRelu(c=0.01, w=1.0), {SJ: ("PiecewiseLeakyReLU", {"w": 1.0, "c": 0.01})}),
    # Theirs sums one term less than it is told.
    Curve(SquarewaveFourierSeries(2, 8.0), {SJ: ("SquarewaveFourierSeries", {"n": 3, "T_period": 8.0})}),
    Curve(S2NN(4.0, 1.0), {SJ: ("S2NN", {"alpha": 4.0, "beta": 1.0})}),
    # Theirs has alpha - 1 where ours has alpha + 1.
    Curve(QPseudoSpike(2.0), {SJ: ("QPseudoSpike", {"alpha": 2.0})}, frozenset({SJ})),
    Curve(LeakyRelu(0.1, 1.0), {SJ: ("LeakyKReLU", {"leak": 0.1, "k": 1.0})}),
    Curve(LogTailedRelu(0.0), {SJ: ("LogTailedReLU", {"alpha": 0.0})}),
    Curve(ReluGrad(0.3, 1.0), {"norse": ("triangle", {"alpha": 0.3})}),
    Curve(GaussianGrad(sigma=0.5, alpha=0.5)),
    Curve(
        InvSquareGrad(1.0),
        {SJ: ("SuperSpike", {"alpha": 1.0}), SNN: ("fast_sigmoid", {"slope": 1}), "norse": ("super", {"alpha": 100.0})},
    ),
    Curve(MultiGaussianGrad(h=0.15, s=6.0, sigma=0.5, scale=0.5)),
    Curve(SlayerGrad(1.0)),
]
"""With the versions of constraints.txt; of those of braintools names and parameters are ours."""
BY_NAME = {curve.name: curve for curve in CURVES}
