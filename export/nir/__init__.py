"""NIR, the exchange format of libraries for spiking networks."""
