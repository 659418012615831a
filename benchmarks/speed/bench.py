"""`make bench`: begins bench_command.py, whose modules lie in this folder, the two below it and the one above."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path += map(str, (HERE / "cases", HERE / "page", HERE.parent))

if __name__ == "__main__":
    from bench_command import main

    main()
