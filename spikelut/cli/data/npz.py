"""Arrays of .npz files: see `spikelut.training.data.files.npz`."""

from spikelut.training.data.files.npz import read_npz as read_npz
