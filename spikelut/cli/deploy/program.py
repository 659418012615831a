"""`spikelut program`: a trained network as what programs a chip's own RTL in a simulator."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from spikelut._files import read_text
from spikelut.cli.deploy.export import read_source
from spikelut.cli.deploy.verify_inputs import events_of, kept_samples
from spikelut.cli.shared.console import terminal
from spikelut.cli.shared.errors import user_errors, write_errors
from spikelut.export import to_chip
from spikelut.quant import IntegerNetwork
from spikelut.quant.network.stimuli import stimuli


@dataclass(frozen=True)
class ProgramOptions:
    """The options of the command, as given."""

    source: Path
    out: Path
    chip: str
    data: Path | None
    samples: int
    json: bool


def program_command(options: ProgramOptions) -> int:
    """Write the folder and say what is in it; 0, or UserError for wrong input."""
    with user_errors():
        network = read_source(options.source).network
        events = events_for(options, network)
        with write_errors(options.out):
            files = to_chip(network, events, options.out, chip=options.chip)
        about = json.loads(read_text(options.out / "program.json", "program"))
        if options.json:
            print(json.dumps({"files": [str(file) for file in files], **about}))
        else:
            _print(files, about)
    return 0


def events_for(options: ProgramOptions, network: IntegerNetwork) -> NDArray[Any]:
    """Event counts [T, B, in]: the first samples of the data, or of the run, or such that wake the network."""
    if options.data is not None:
        return events_of(options.data, options.samples)
    kept = kept_samples(options.source, network, None, options.samples) if options.source.is_dir() else None
    return kept if kept is not None else stimuli(network, samples=options.samples).events


def _print(files: list[Path], about: dict[str, Any]) -> None:
    console = terminal()
    for file in files:
        console.print(f"wrote {file} ({file.stat().st_size:,} bytes)", soft_wrap=True)
    lines, sent = about["lines"], about["sent"]
    told = f"{lines['spi.hex']:,} SPI words, {sent['events']:,} events of {about['samples']} samples"
    console.print(f"{told}, {sent['spikes_expected']:,} spikes expected", soft_wrap=True)
    console.print(
        f"next: {files[0].parent / 'README.md'}, with the RTL of {about['rtl']['repository']}", soft_wrap=True
    )
