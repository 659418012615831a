"""`make bench`: begins the program in bench_command.py, whose modules lie in this folder and the two below it."""

import sys
from pathlib import Path

sys.path += [str(Path(__file__).parent / room) for room in ("cases", "page")]

if __name__ == "__main__":
    from bench_command import main

    main()
