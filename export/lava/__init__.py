"""Networks as lava-dl's netx reads them."""
