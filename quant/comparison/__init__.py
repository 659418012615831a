"""Tables against the curves they stand in for, one by one and in a network's gradient."""
