"""Scales, weights, biases and thresholds of converted layers, chosen by the spikes they give on calibration data."""
