"""Training as a chip that learns does it, sample by sample, in its integers."""
