"""Batch norm of torch folded into quantised weights and neurons."""
