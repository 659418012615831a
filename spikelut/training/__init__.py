"""Training of spiking networks: losses, regularisers and metrics."""

from spikelut.training.objectives.loss import Loss as Loss
from spikelut.training.objectives.losses import Membrane as Membrane
from spikelut.training.objectives.losses import SpikeCount as SpikeCount
from spikelut.training.objectives.losses import SpikeRate as SpikeRate
from spikelut.training.objectives.losses import TimeToFirstSpike as TimeToFirstSpike
