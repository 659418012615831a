"""What `convert` gives: the model, and what is said and shown of it."""
