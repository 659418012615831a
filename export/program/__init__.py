"""Networks as the words, events and answers of open chips, for their own RTL in a simulator."""
