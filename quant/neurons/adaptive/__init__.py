"""Neurons whose threshold adapts: in the chip's integers, and in floats."""
