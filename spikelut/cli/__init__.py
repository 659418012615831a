"""The command line: `spikelut --help`.

Exit codes: 0 done, 1 an exported file gave other spikes, 2 wrong input (one line on stderr), 130 interrupted.
"""

import sys


def main() -> None:
    """Entry point of the `spikelut` command."""
    try:
        from spikelut.cli._app import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # while importing
        code = 130
    sys.exit(code)
