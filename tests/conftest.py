"""Settings for all tests."""

import torch

# The tensors here are small, and threads that wait for a busy core make them many times slower.
torch.set_num_threads(1)
