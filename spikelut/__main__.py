"""`python -m spikelut`: the command line, as torchrun starts it."""

from spikelut.cli import main

if __name__ == "__main__":
    main()
