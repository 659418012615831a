"""Trainings that take time: their folder while they go on, what they show, and the processes they run in."""
