"""Networks as hls4ml takes them: a model of snnTorch's neurons, and the fixed-point type of everything in it."""
