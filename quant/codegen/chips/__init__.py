"""What single chips compute, as C."""
