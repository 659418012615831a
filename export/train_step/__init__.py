"""One step of training as an ONNX graph, for learning on the device."""
