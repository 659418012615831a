"""Trained float networks made into networks of integers."""
