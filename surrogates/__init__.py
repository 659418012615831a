"""Surrogate-gradient spike functions: the Heaviside step forward, a pseudo-derivative backward.

```pycon
>>> x = torch.linspace(-1, 1, 5, requires_grad=True)
>>> sigmoid(x, alpha=4.0).tolist()
[0.0, 0.0, 1.0, 1.0, 1.0]
```
"""

from spikelut.surrogates._base import HasSurrogateGrad as HasSurrogateGrad
from spikelut.surrogates._base import Surrogate as Surrogate
from spikelut.surrogates._base import name_of as name_of
from spikelut.surrogates._base import param as param
from spikelut.surrogates._base import spike as spike
from spikelut.surrogates._crossing import ALL_TWO_INPUT as ALL_TWO_INPUT
from spikelut.surrogates._crossing import CrossingSurrogate as CrossingSurrogate
from spikelut.surrogates._crossing import InvSquareGrad2 as InvSquareGrad2
from spikelut.surrogates._crossing import ReluGrad2 as ReluGrad2
from spikelut.surrogates._crossing import crossing as crossing
from spikelut.surrogates._crossing import inv_square_grad2 as inv_square_grad2
from spikelut.surrogates._crossing import relu_grad2 as relu_grad2
from spikelut.surrogates._cusped import InvSquareGrad as InvSquareGrad
from spikelut.surrogates._cusped import NonzeroSignLog as NonzeroSignLog
from spikelut.surrogates._cusped import PiecewiseExp as PiecewiseExp
from spikelut.surrogates._cusped import QPseudoSpike as QPseudoSpike
from spikelut.surrogates._cusped import SlayerGrad as SlayerGrad
from spikelut.surrogates._cusped import SoftSign as SoftSign
from spikelut.surrogates._cusped import inv_square_grad as inv_square_grad
from spikelut.surrogates._cusped import nonzero_sign_log as nonzero_sign_log
from spikelut.surrogates._cusped import piecewise_exp as piecewise_exp
from spikelut.surrogates._cusped import q_pseudo_spike as q_pseudo_spike
from spikelut.surrogates._cusped import slayer_grad as slayer_grad
from spikelut.surrogates._cusped import soft_sign as soft_sign
from spikelut.surrogates._learnable import Learnable as Learnable
from spikelut.surrogates._piecewise import S2NN as S2NN
from spikelut.surrogates._piecewise import LeakyRelu as LeakyRelu
from spikelut.surrogates._piecewise import LogTailedRelu as LogTailedRelu
from spikelut.surrogates._piecewise import PiecewiseLeakyRelu as PiecewiseLeakyRelu
from spikelut.surrogates._piecewise import PiecewiseQuadratic as PiecewiseQuadratic
from spikelut.surrogates._piecewise import ReluGrad as ReluGrad
from spikelut.surrogates._piecewise import leaky_relu as leaky_relu
from spikelut.surrogates._piecewise import log_tailed_relu as log_tailed_relu
from spikelut.surrogates._piecewise import piecewise_leaky_relu as piecewise_leaky_relu
from spikelut.surrogates._piecewise import piecewise_quadratic as piecewise_quadratic
from spikelut.surrogates._piecewise import relu_grad as relu_grad
from spikelut.surrogates._piecewise import s2nn as s2nn
from spikelut.surrogates._plot import plot as plot
from spikelut.surrogates._registry import ALL as ALL
from spikelut.surrogates._registry import by_name as by_name
from spikelut.surrogates._smooth import ERF as ERF
from spikelut.surrogates._smooth import Arctan as Arctan
from spikelut.surrogates._smooth import GaussianGrad as GaussianGrad
from spikelut.surrogates._smooth import MultiGaussianGrad as MultiGaussianGrad
from spikelut.surrogates._smooth import Sigmoid as Sigmoid
from spikelut.surrogates._smooth import SquarewaveFourierSeries as SquarewaveFourierSeries
from spikelut.surrogates._smooth import arctan as arctan
from spikelut.surrogates._smooth import erf as erf
from spikelut.surrogates._smooth import gaussian_grad as gaussian_grad
from spikelut.surrogates._smooth import multi_gaussian_grad as multi_gaussian_grad
from spikelut.surrogates._smooth import sigmoid as sigmoid
from spikelut.surrogates._smooth import squarewave_fourier_series as squarewave_fourier_series
