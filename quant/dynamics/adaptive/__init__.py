"""Neurons whose threshold adapts: their integers, one time step, and its specification."""
