"""A refractory period after each spike: its integers, one time step, and its specification."""
