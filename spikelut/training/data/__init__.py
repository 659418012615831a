"""Data sets of spikes, and the batches that training takes of them."""
