"""`spikelut train`."""
