"""The surrogates by name."""

import difflib
from dataclasses import fields

from spikelut.surrogates._base import FORMULAS, Surrogate, name_of
from spikelut.surrogates._cusped import (
    InvSquareGrad,
    NonzeroSignLog,
    PiecewiseExp,
    QPseudoSpike,
    SlayerGrad,
    SoftSign,
)
from spikelut.surrogates._piecewise import (
    S2NN,
    LeakyRelu,
    LogTailedRelu,
    PiecewiseLeakyRelu,
    PiecewiseQuadratic,
    ReluGrad,
)
from spikelut.surrogates._smooth import (
    ERF,
    Arctan,
    GaussianGrad,
    MultiGaussianGrad,
    Sigmoid,
    SquarewaveFourierSeries,
)

ALL: tuple[type[Surrogate], ...] = (
    Sigmoid,
    PiecewiseQuadratic,
    PiecewiseExp,
    SoftSign,
    Arctan,
    NonzeroSignLog,
    ERF,
    PiecewiseLeakyRelu,
    SquarewaveFourierSeries,
    S2NN,
    QPseudoSpike,
    LeakyRelu,
    LogTailedRelu,
    ReluGrad,
    GaussianGrad,
    InvSquareGrad,
    MultiGaussianGrad,
    SlayerGrad,
)
"""The one-input surrogates."""

FORMULAS.update({cls.surrogate_grad: cls for cls in ALL})


def by_name(name: str, **parameters: float) -> Surrogate:
    """The surrogate called `name`, as its function is, with the given parameters; the others have their defaults.

    Raises ValueError for an unknown name, an unknown parameter, or a value outside a parameter's domain.

    ```pycon
    >>> by_name("relu_grad", width=2)
    ReluGrad(alpha=0.3, width=2.0)
    ```
    """
    classes = {name_of(cls): cls for cls in ALL}
    if name not in classes:
        close = difflib.get_close_matches(str(name), classes, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise ValueError(f"surrogate must be one of {', '.join(sorted(classes))}, got {name!r}{hint}")
    cls = classes[name]
    known = [each.name for each in fields(cls)]
    for given in parameters:
        if given not in known:
            raise ValueError(f"{cls.__name__}: parameters are {', '.join(known)}, got {given!r}")
    return cls(**parameters)
