"""Neurons of a float network that a chip lacks, and the nearest that it has."""
