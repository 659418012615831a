"""Surrogate-gradient spike functions: Heaviside forward, a smooth curve's derivative backward."""

from spikelut.surrogates._base import HasSurrogateGrad as HasSurrogateGrad
from spikelut.surrogates._base import Surrogate as Surrogate
from spikelut.surrogates._base import name_of as name_of
from spikelut.surrogates._base import param as param
from spikelut.surrogates._base import spike as spike
from spikelut.surrogates._piecewise import PiecewiseQuadratic as PiecewiseQuadratic
from spikelut.surrogates._piecewise import piecewise_quadratic as piecewise_quadratic
from spikelut.surrogates._registry import ALL as ALL
from spikelut.surrogates._registry import by_name as by_name
from spikelut.surrogates._sigmoidal import Arctan as Arctan
from spikelut.surrogates._sigmoidal import Sigmoid as Sigmoid
from spikelut.surrogates._sigmoidal import arctan as arctan
from spikelut.surrogates._sigmoidal import sigmoid as sigmoid
