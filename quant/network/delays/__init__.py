"""Delays of axons and of synapses in a deployed network."""
