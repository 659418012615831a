"""The command line: `spikelut --help`.

Exit codes: 0 done, 1 an exported file gave other spikes, 2 wrong input (one line on stderr), 130 interrupted.
"""

import sys


def main() -> None:
    """Entry point of the `spikelut` command."""
    from spikelut.cli._app import run

    sys.exit(run(sys.argv[1:]))
