"""The integers of neurons and what they do in one time step."""
