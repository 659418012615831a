"""Pages of the notebooks in docs/notebooks: executed while the site is built, in the site's own look.

They are kept as text, Python with `# %%` before each cell: a change of it can be read, ruff checks it, editors open it
as a notebook, and jupytext makes an .ipynb of it. A notebook that raises fails the build.
"""

import base64
import os
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jupytext
import nbformat
from nbclient import NotebookClient
from traitlets.config import Config

FOLDER = Path(__file__).parent.parent / "notebooks"
SECONDS = 300
"""That a cell may take; they are to take less than ten together."""
DOWNLOAD = """!!! note ""
    Executed when this page was made. [Download the notebook with its outputs]({name}.ipynb){{ download }}."""
ANSI = re.compile(r"\x1b\[[0-9;]*m")

ENCRYPTED = Config({"KernelManager": {"transport_encryption": "auto"}})
"""How kernels are spoken to; in plain text they warn."""

_EXECUTED: dict[str, Any] = {}
"""By text, so that a server that builds again and again runs each once."""


def names() -> list[str]:
    """The notebooks, by the names of their files."""
    return sorted(path.stem for path in FOLDER.glob("*.py"))


def executed(name: str) -> Any:
    """The notebook with its outputs; CellExecutionError if a cell raises."""
    text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    if text not in _EXECUTED:
        notebook = jupytext.reads(text, fmt="py:percent")
        with TemporaryDirectory() as folder:
            place = {"metadata": {"path": folder}}
            options: Any = {"timeout": SECONDS, "coalesce_streams": True, "config": ENCRYPTED}
            client = NotebookClient(notebook, resources=place, **options)
            # Networks are small: threads that wait for each other would take most of the time.
            client.execute(env=os.environ | {"OMP_NUM_THREADS": "1"})
        _EXECUTED[text] = notebook
    return _EXECUTED[text]


def files(name: str) -> Iterator[tuple[str, str | bytes]]:
    """The files of a notebook, by their path in the site: its page, its pictures, and itself with outputs."""
    notebook = executed(name)
    write: Any = nbformat.writes  # untyped
    yield f"notebooks/{name}.ipynb", write(notebook)
    parts: list[str] = []
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            continue
        parts.append(f"```python\n{cell.source}\n```")
        for place, output in enumerate(cell.outputs):
            picture = output.get("data", {}).get("image/png")
            if picture is None:
                parts.append(_shown(output))
            else:
                file = f"{name}-{number}-{place}.png"
                yield f"notebooks/{file}", base64.b64decode(picture)
                parts.append(f"![]({file})")
    title, _, rest = parts[0].partition("\n")
    page = [title, DOWNLOAD.format(name=name), rest, *parts[1:]]
    yield f"notebooks/{name}.md", "\n\n".join(page)


def _shown(output: Any) -> str:
    """An output as Markdown: HTML as it is, text in a block."""
    data = output.get("data", {})
    if "text/html" in data:
        # In one line for each tag, as a blank line would end it.
        return re.sub(r"\n\s*\n+", "\n", data["text/html"])
    text = output.get("text") or data.get("text/plain", "")
    return f"```text\n{ANSI.sub('', text).rstrip()}\n```"
