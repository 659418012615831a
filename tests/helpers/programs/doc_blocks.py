"""The code blocks of the pages, found as Markdown has them, and run in the order they stand in.

- Blocks of `python` share one namespace; of `sh`, every `spikelut` command runs in this process.
- A block of `text` right below one of these is what it prints, compared as doctest does, `...` standing for anything;
  `text about="2"`: its percentages may be off by 2, as what is trained elsewhere is.
- A block of `toml` is a profile: the file NAME.toml, after its `name`, which is there from the beginning.
- `sh not-run="why"` is not run; its `spikelut` commands must still be ones that the command line takes.
- `python requires="snntorch"` runs where the package is installed, `python program="cc node"` where the programs are.
"""

import contextlib
import doctest
import importlib.util
import io
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from markdown_it import MarkdownIt

from spikelut.cli._app import app, run

LANGUAGES = ("python", "sh", "text", "toml", "c")
CHEAP = {
    "train": {"--epochs": "1", "--layers": "16"},
    "verify": {"--samples": "4", "--runtimes": "onnxruntime"},
}
"""What the tests add to a command that does not say it itself, so that it takes seconds."""
PERCENT = re.compile(r"(\d+(?:\.\d+)?) ?%")


@dataclass(frozen=True)
class Block:
    """A fenced block: `language` and `notes` are its info string, `line` is that of its fence, from 1."""

    page: Path
    line: int
    language: str
    notes: dict[str, str]
    code: str
    printed: str | None
    about: float | None = None

    @property
    def where(self) -> str:
        return f"{self.page.name}:{self.line}"

    @property
    def missing(self) -> str | None:
        """Why the block is not run here, or None."""
        package = self.notes.get("requires")
        if package is not None and importlib.util.find_spec(package) is None:
            return f"needs {package}"
        programs = [name for name in self.notes.get("program", "").split() if shutil.which(name) is None]
        if programs:
            return f"needs {' and '.join(programs)}"
        return self.notes.get("not-run")


def blocks(page: Path) -> list[Block]:
    """All fenced blocks of a page, in order; what a block prints is part of it."""
    fences = [token for token in MarkdownIt().parse(page.read_text(encoding="utf-8")) if token.type == "fence"]
    lines = page.read_text(encoding="utf-8").splitlines()
    found: list[Block] = []
    end = 0
    for token in fences:
        first, last = token.map or (0, 0)
        language, _, rest = token.info.strip().partition(" ")
        notes = dict(re.findall(r'([\w-]+)="([^"]*)"', rest))
        about = float(notes["about"]) if "about" in notes else None
        below = bool(found) and not "".join(lines[end:first]).strip()
        if language == "text" and below and found[-1].language in ("python", "sh") and found[-1].printed is None:
            found[-1] = Block(**{**vars(found[-1]), "printed": token.content, "about": about})
        else:
            found.append(Block(page, first + 1, language, notes, token.content, None))
        end = last
    return found


def commands(block: Block) -> Iterator[list[str]]:
    """The commands of a block of `sh`, as words; comments are left out."""
    for line in block.code.replace("\\\n", " ").splitlines():
        if words := shlex.split(line, comments=True):
            yield words


def takes(words: list[str]) -> None:
    """Raise unless the command line takes the `spikelut` command `words`, which is not run."""
    group: Any = typer.main.get_command(app)
    name = words[1]
    group.commands[name].make_context(name, list(words[2:]))


def run_page(page: Path, folder: Path) -> None:
    """Run the blocks of a page in `folder`, the present one; AssertionError where one does not do as the page says."""
    found = blocks(page)
    for block in found:
        if block.language == "toml":
            (folder / f"{tomllib.loads(block.code)['name']}.toml").write_text(block.code, encoding="utf-8")
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for block in found:
        if block.language not in ("python", "sh") or block.missing:
            continue
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            if block.language == "python":
                # Empty lines before it, so that errors name the line of the page.
                exec(compile("\n" * block.line + block.code, str(page), "exec"), namespace)
            else:
                _shell(block)
        if block.printed is not None:
            _compare(block, out.getvalue())


def _shell(block: Block) -> None:
    for words in commands(block):
        assert words[0] == "spikelut", f'{block.where}: only spikelut can be run, or say not-run="why": {words}'
        added = [word for pair in CHEAP.get(words[1], {}).items() if pair[0] not in words for word in pair]
        errors = io.StringIO()
        with contextlib.redirect_stderr(errors):
            code = run(words[1:] + added)
        wanted = int(block.notes.get("exit", 0))
        assert code == wanted, f"{block.where}: {shlex.join(words)}: exit code {code}: {errors.getvalue()}"
        print(errors.getvalue(), end="") if wanted else None


def _compare(block: Block, printed: str) -> None:
    """What is printed, blanks at the ends of lines and widths of blanks apart."""
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    wanted = str(block.printed)
    if block.about is not None:
        shown, came = ([float(number) for number in PERCENT.findall(text)] for text in (wanted, printed))
        assert shown, f"{block.where}: about={block.about:g} without a percentage"
        near = len(shown) == len(came) and all(abs(a - b) <= block.about for a, b in zip(shown, came, strict=True))
        assert near, f"{block.where}: printed\n{printed}\ninstead of\n{wanted}"
        wanted, printed = (PERCENT.sub("%", text) for text in (wanted, printed))
    same = doctest.OutputChecker().check_output(wanted, printed, flags)
    assert same, f"{block.where}: printed\n{printed}\ninstead of\n{wanted}"
