"""Networks and tables in C."""
