"""The command line: `spikelut --help`, which says the exit codes too."""

import signal
import sys

INTERRUPTED = 130


def main() -> None:
    """Entry point of the `spikelut` command. SIGTERM and SIGHUP end it as SIGINT does, with everything cleaned up."""
    received: list[int] = []

    def end(number: int, _: object) -> None:
        signal.signal(number, signal.SIG_IGN)  # the way out is not to be cut off by another
        received.append(number)
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, end)
    try:
        from spikelut.cli._app import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # while importing
        code = INTERRUPTED
    sys.exit(128 + received[0] if received and code == INTERRUPTED else code)
