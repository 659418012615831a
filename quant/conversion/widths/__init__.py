"""How many bits the weights of each layer get, found on calibration data."""
