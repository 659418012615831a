"""Neurons that send graded spikes: sigma, delta and sigma-delta."""
