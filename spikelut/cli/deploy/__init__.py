"""`spikelut export` and `spikelut verify`."""
