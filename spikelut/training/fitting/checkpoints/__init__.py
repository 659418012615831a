"""What is kept of a run while it goes on, and taken up again."""
