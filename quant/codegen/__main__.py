"""`python -m spikelut.quant.codegen [FOLDER]` writes the generated C files, by default where the sources are."""

import argparse
from pathlib import Path

from spikelut import native
from spikelut._files import write_whole
from spikelut.quant.codegen.files import files


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(
        prog="python -m spikelut.quant.codegen", description="Write the generated C files."
    )
    sources = Path(native.__file__).parent / "src" / "generated"
    parser.add_argument("folder", nargs="?", type=Path, default=sources, help="where; by default among the sources")
    folder = parser.parse_args().folder
    for name, text in files().items():
        write_whole(folder / name, text)


if __name__ == "__main__":
    main()
