"""The surrogates by name."""

import difflib

from spikelut.surrogates._base import Surrogate, name_of
from spikelut.surrogates._piecewise import PiecewiseQuadratic
from spikelut.surrogates._sigmoidal import Arctan, Sigmoid

ALL: tuple[type[Surrogate], ...] = (Sigmoid, PiecewiseQuadratic, Arctan)


def by_name(name: str, **parameters: float) -> Surrogate:
    """The surrogate called `name` (as its function form is), with the given parameters.

    Raises ValueError for an unknown name, an unknown parameter, or a value outside a parameter's domain.
    """
    classes = {name_of(cls): cls for cls in ALL}
    if name not in classes:
        close = difflib.get_close_matches(name, classes, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise ValueError(f"surrogate must be one of {', '.join(sorted(classes))}, got {name!r}{hint}")
    cls = classes[name]
    known = list(cls.__dataclass_fields__)
    for given in parameters:
        if given not in known:
            raise ValueError(f"{cls.__name__}: parameters are {', '.join(known)}, got {given!r}")
    return cls(**parameters)
