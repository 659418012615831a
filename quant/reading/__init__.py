"""Models of torch read as integer networks, and made of them."""
