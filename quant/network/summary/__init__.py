"""What an integer network is made of, layer by layer, in numbers."""
