"""Learning while a network runs: eligibility traces, and gradients that need no look back over time."""
