"""What MkDocs calls while it builds the site. Tables, figures and help texts are made from the code, never by hand.

Notebooks are executed. A page holds `<!-- made: NAME -->` where the text `MADE[NAME]()` belongs.
"""

import re
from pathlib import Path
from typing import Any

import chips
import demo
import from_code
import notebooks
from figures import FIGURES, svg
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files

import spikelut

MADE = from_code.MADE | chips.MADE
MARK = re.compile(r"^<!-- made: (\w+) -->$", re.MULTILINE)
TEST_NOTE = re.compile(r'^( *```\w+)(?: [\w-]+="[^"]*")+$', re.MULTILINE)
"""What tests/docs/test_docs.py reads after the language of a code block, as in ```sh not-run="needs npm"."""


@event_priority(100)  # before mkdocstrings reads it
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Read the API from the installed package where spikelut/ has no links, as in an unpacked source distribution."""
    if not (Path(config.config_file_path).parent / "spikelut" / "quant").exists():
        handlers = config.plugins["mkdocstrings"].config["handlers"]
        handlers["python"]["paths"] = [str(Path(str(spikelut.__file__)).parent.parent)]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the figures, each in the colours of the light and of the dark scheme, the notebooks and the drawing page."""
    for name in FIGURES:
        for scheme in ("light", "dark"):
            files.append(File.generated(config, f"figures/{name}-{scheme}.svg", content=svg(name, scheme)))
    files.append(File.generated(config, "demo/digits.html", content=demo.page()))
    for name in notebooks.names():
        for path, content in notebooks.files(name):
            files.append(File.generated(config, path, content=content))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put in what is made, and take out what only the tests read."""

    def made(match: re.Match[str]) -> str:
        if match[1] not in MADE:
            raise PluginError(f"made: must be one of {', '.join(MADE)}, got {match[1]!r}")
        return MADE[match[1]]()

    return TEST_NOTE.sub(r"\1", MARK.sub(made, markdown))
