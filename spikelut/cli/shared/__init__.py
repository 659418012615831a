"""What all commands use: options, console, errors, recipes."""
