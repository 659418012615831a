"""Figures of spikes, membranes, firing rates and answers. Needs matplotlib, which is loaded by the first of them."""

from spikelut.plot.answers import confusion as confusion
from spikelut.plot.network import network as network
from spikelut.plot.rates import firing_rates as firing_rates
from spikelut.plot.sequences import membranes as membranes
from spikelut.plot.sequences import raster as raster
from spikelut.plot.sequences import rasters as rasters
