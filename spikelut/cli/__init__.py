"""The command line: `spikelut --help`, which says the exit codes too."""

import sys


def main() -> None:
    """Entry point of the `spikelut` command."""
    try:
        from spikelut.cli._app import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # while importing
        code = 130
    sys.exit(code)
