"""What is trained for, and what is measured: losses, regularisers, metrics."""
