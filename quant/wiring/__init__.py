"""What a network is wired of: calls of layers and operations, and a module that makes them."""
