"""What the networks of `spikelut train` are made of: shapes, bits of layers, and networks of the user's own."""
