"""The names of the files in the folder of a run."""

RECORD, WEIGHTS, NETWORK, SAMPLES = "run.json", "weights.safetensors", "network.safetensors", "samples.npz"
"""What was done, the real weights, the integers, and a few of its test samples, for `--data`."""
METRICS = "metrics.csv"
"""A row for each epoch of each training."""
