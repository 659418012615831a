"""Package layout."""
