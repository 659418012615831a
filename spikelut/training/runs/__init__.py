"""The folder that `spikelut train` writes: the names of its files, and a reader."""
