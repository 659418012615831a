"""How a layer of neurons is run over all time steps: step by step in torch, in C, or on a GPU."""
