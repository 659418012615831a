"""Layers of a deployed network without weights, that pool, enlarge, rearrange and repeat."""
