"""Training of spiking networks: data sets, objectives, and `fit`.

A model takes whole sequences [T, B, ...] and gives [T, B, K], or [B, K]. Heavy packages load when they are needed.
"""

from spikelut.training.data.batch import Batch as Batch
from spikelut.training.data.batch import collate as collate
from spikelut.training.data.encoders import constant as constant
from spikelut.training.data.encoders import delta as delta
from spikelut.training.data.encoders import latency as latency
from spikelut.training.data.encoders import rate as rate
from spikelut.training.data.event_dataset import EventDataset as EventDataset
from spikelut.training.data.files.file_array import FileArray as FileArray
from spikelut.training.data.load import load as load
from spikelut.training.data.spike_dataset import SpikeDataset as SpikeDataset
from spikelut.training.data.subset import Data as Data
from spikelut.training.data.subset import Subset as Subset
from spikelut.training.data.subset import folds as folds
from spikelut.training.data.subset import split as split
from spikelut.training.fitting.callbacks import Callback as Callback
from spikelut.training.fitting.callbacks import EarlyStopping as EarlyStopping
from spikelut.training.fitting.checkpoints.checkpoint import load_checkpoint as load_checkpoint
from spikelut.training.fitting.evaluate import Evaluation as Evaluation
from spikelut.training.fitting.evaluate import evaluate as evaluate
from spikelut.training.fitting.fit import fit as fit
from spikelut.training.fitting.groups import parameter_groups as parameter_groups
from spikelut.training.fitting.loggers import CSVLogger as CSVLogger
from spikelut.training.fitting.loggers import Logger as Logger
from spikelut.training.fitting.loggers import MLflowLogger as MLflowLogger
from spikelut.training.fitting.loggers import TensorBoardLogger as TensorBoardLogger
from spikelut.training.fitting.loggers import WandbLogger as WandbLogger
from spikelut.training.fitting.result import Fit as Fit
from spikelut.training.fitting.state import Diverged as Diverged
from spikelut.training.fitting.state import Epoch as Epoch
from spikelut.training.fitting.state import State as State
from spikelut.training.fitting.tuning.neurons import learn_neurons as learn_neurons
from spikelut.training.objectives.activity import FiringRates as FiringRates
from spikelut.training.objectives.activity import LayerActivity as LayerActivity
from spikelut.training.objectives.activity import rate_distance as rate_distance
from spikelut.training.objectives.firing_rate import FiringRate as FiringRate
from spikelut.training.objectives.firing_rate import Regularizer as Regularizer
from spikelut.training.objectives.loss import Loss as Loss
from spikelut.training.objectives.losses import Membrane as Membrane
from spikelut.training.objectives.losses import SpikeCount as SpikeCount
from spikelut.training.objectives.losses import SpikeRate as SpikeRate
from spikelut.training.objectives.losses import TimeToFirstSpike as TimeToFirstSpike
from spikelut.training.objectives.metrics import Accuracy as Accuracy
from spikelut.training.objectives.metrics import ConfusionMatrix as ConfusionMatrix
from spikelut.training.objectives.metrics import Metric as Metric
from spikelut.training.objectives.recorded import recorded_spikes as recorded_spikes
from spikelut.training.on_chip.eprop import ChipFit as ChipFit
from spikelut.training.on_chip.eprop import eprop as eprop
from spikelut.training.runs.run import Run as Run
from spikelut.training.runs.run import load_run as load_run
