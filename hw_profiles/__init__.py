"""Hardware profiles: one TOML file per chip, every number with its source. Pure data; needs no torch.

```pycon
>>> {name: hw_profiles.load(name).membrane.bits for name in ("loihi2", "reckon", "xylo")}
{'loihi2': 24, 'reckon': 16, 'xylo': 16}
```
"""

from spikelut.hw_profiles._adaptation import Adaptation as Adaptation
from spikelut.hw_profiles._ap_fixed import ApFixed as ApFixed
from spikelut.hw_profiles._capacity import Capacity as Capacity
from spikelut.hw_profiles._capacity import Convolutions as Convolutions
from spikelut.hw_profiles._capacity import Energy as Energy
from spikelut.hw_profiles._chip import Exponential as Exponential
from spikelut.hw_profiles._chip import Learning as Learning
from spikelut.hw_profiles._chip import Logistic as Logistic
from spikelut.hw_profiles._delay import Delay as Delay
from spikelut.hw_profiles._event_order import EventOrder as EventOrder
from spikelut.hw_profiles._format import NumberFormat as NumberFormat
from spikelut.hw_profiles._format import Overflow as Overflow
from spikelut.hw_profiles._format import Rounding as Rounding
from spikelut.hw_profiles._graded import Graded as Graded
from spikelut.hw_profiles._group import Group as Group
from spikelut.hw_profiles._load import from_dict as from_dict
from spikelut.hw_profiles._load import load as load
from spikelut.hw_profiles._load import names as names
from spikelut.hw_profiles._load import parse as parse
from spikelut.hw_profiles._neuron import Bias as Bias
from spikelut.hw_profiles._neuron import Current as Current
from spikelut.hw_profiles._neuron import Decay as Decay
from spikelut.hw_profiles._neuron import DecayKind as DecayKind
from spikelut.hw_profiles._neuron import Grid as Grid
from spikelut.hw_profiles._neuron import ParameterRounding as ParameterRounding
from spikelut.hw_profiles._neuron import Register as Register
from spikelut.hw_profiles._neuron import Reset as Reset
from spikelut.hw_profiles._neuron import Step as Step
from spikelut.hw_profiles._neuron import Threshold as Threshold
from spikelut.hw_profiles._neuron import Weight as Weight
from spikelut.hw_profiles._profile import Profile as Profile
from spikelut.hw_profiles._refractory import Refractory as Refractory
from spikelut.hw_profiles._table import Arithmetic as Arithmetic
from spikelut.hw_profiles._table import Fit as Fit
from spikelut.hw_profiles._table import Memory as Memory
from spikelut.hw_profiles._table import TableFill as TableFill
from spikelut.hw_profiles._table import TableShape as TableShape
from spikelut.hw_profiles._table import TableValue as TableValue
