"""`spikelut table`, `spikelut compare` and `spikelut profiles`."""
