"""Tables that stand in for a surrogate's derivative, and where an entry is found."""
