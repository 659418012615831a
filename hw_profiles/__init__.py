"""Hardware profiles: one TOML file per chip, every number with its source. Pure data; needs no torch."""

from spikelut.hw_profiles._format import NumberFormat as NumberFormat
from spikelut.hw_profiles._format import Overflow as Overflow
from spikelut.hw_profiles._format import Rounding as Rounding
from spikelut.hw_profiles._load import load as load
from spikelut.hw_profiles._load import names as names
from spikelut.hw_profiles._load import parse as parse
from spikelut.hw_profiles._schema import Current as Current
from spikelut.hw_profiles._schema import Decay as Decay
from spikelut.hw_profiles._schema import Grid as Grid
from spikelut.hw_profiles._schema import Profile as Profile
from spikelut.hw_profiles._schema import Register as Register
from spikelut.hw_profiles._schema import Reset as Reset
from spikelut.hw_profiles._schema import Step as Step
from spikelut.hw_profiles._schema import TableFill as TableFill
from spikelut.hw_profiles._schema import TableShape as TableShape
from spikelut.hw_profiles._schema import TableValue as TableValue
from spikelut.hw_profiles._schema import Threshold as Threshold
from spikelut.hw_profiles._schema import Weight as Weight
