"""`spikelut sweep`."""
