"""Arrays of .npz files: see `spikelut.training.data.npz`."""

from spikelut.training.data.npz import read_npz as read_npz
