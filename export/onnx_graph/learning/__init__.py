"""A time step of a chip that learns as an ONNX graph: weights and random generators are states."""
