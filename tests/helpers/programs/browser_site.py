"""The page of examples/browser, served on this machine, and what a user does with it."""

import http.server
import json
import os
from functools import partial
from pathlib import Path
from typing import Any

from devtools import Page
from packages import ROOT

EXAMPLE = ROOT / "examples" / "browser"
RUNTIMES = Path(os.environ.get("SPIKELUT_RUNTIMES") or ROOT / ".runtimes")
ORT = (EXAMPLE / "ort", RUNTIMES / "node_modules" / "onnxruntime-web" / "dist")
TYPES = {".mjs": "text/javascript", ".wasm": "application/wasm", ".css": "text/css", ".html": "text/html"}
Points = list[tuple[float, float]]


class Handler(http.server.SimpleHTTPRequestHandler):
    """The page's folder, with some files of one's own: None is missing."""

    replaced: dict[str, bytes | None]
    extensions_map = TYPES

    def do_GET(self) -> None:
        name = self.path.lstrip("/")
        content = self.replaced.get(name, b"")
        if content is None:
            self.send_error(404)
        elif content:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(content)
        else:
            super().do_GET()

    def translate_path(self, path: str) -> str:
        name = path.lstrip("/")
        if name.startswith("ort/"):
            return str(next(folder for folder in ORT if folder.is_dir()) / name.removeprefix("ort/"))
        return super().translate_path(path)

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Site:
    """The page in a browser; `replaced` are files that the server gives instead of its own."""

    def __init__(self, page: Page, url: str, replaced: dict[str, bytes | None]) -> None:
        self.page, self.url, self.replaced = page, url, replaced

    def open(self, state: str = "ready", width: int = 1280, height: int = 900, scheme: str = "light") -> None:
        self.page.size(width, height, scheme)
        self.page.ask("Page.navigate", url=f"{self.url}?{self.page.number}")
        self.page.wait(f"document.body?.dataset.state === '{state}'", unless=partial(self.text, "message"))

    def text(self, name: str) -> str:
        return str(self.page.value(f"document.getElementById('{name}')?.textContent.trim()"))

    def click(self, selector: str) -> None:
        self.page.value(f"document.querySelector({json.dumps(selector)}).click()")

    def done(self) -> None:
        self.page.wait("document.body.dataset.state === 'done'", unless=partial(self.text, "message"))

    def draw(self, strokes: list[Points]) -> str:
        """Draw over what is there by mouse; the answer."""
        box = "document.getElementById('pad').getBoundingClientRect()"
        left, top, size = (self.page.value(f"{box}.{side}") for side in ("left", "top", "width"))
        for points in strokes:
            self.page.stroke([(left + size * (0.25 + 0.5 * x), top + size * (0.15 + 0.7 * y)) for x, y in points])
        self.done()
        return self.text("answer")
