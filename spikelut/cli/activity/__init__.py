"""What the layers of trained networks do on test samples: measured, and drawn for the report of a run."""
