"""Training itself: the loop, what listens to it, and what is kept of it."""
