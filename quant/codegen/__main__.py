"""`python -m spikelut.quant.codegen [FOLDER]` writes the generated C files, by default where the sources are."""

import sys
from pathlib import Path

from spikelut import native
from spikelut._files import write_whole
from spikelut.quant.codegen.files import files


def main() -> None:
    """Write the files."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(native.__file__).parent / "src" / "generated"
    for name, text in files().items():
        write_whole(folder / name, text)


if __name__ == "__main__":
    main()
