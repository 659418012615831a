"""The page of examples/browser in one piece: its modules, style and network in a single file that fetches nothing.

It is opened from a disk as well as from a server. Its Content-Security-Policy allows its own script alone, by hash.
"""

import base64
import hashlib
import re
from pathlib import Path

FOLDER = Path(__file__).parent.parent.parent / "examples" / "browser"
MODULES = {"ink.mjs": "ink.mjs", "raster.mjs": "raster.mjs", "pad.mjs": "pad.mjs", "network.mjs": "network_wasm.mjs"}
"""By the name they are imported by, in an order in which each comes after those that it imports."""
DATA = ("model/network.json", "model/network.wasm")
IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./([\w.]+)";$', re.MULTILINE)
EXPORT = re.compile(r"^export ((?:const|function|class) (\w+))", re.MULTILINE)


def _linked(text: str) -> str:
    """A module's text with its imports taken from `modules`."""
    found = IMPORT.sub(r'const \1 = modules["\2"];', text)
    if re.search(r"^\s*import\b", found, re.MULTILINE):
        raise ValueError('demo: imports must be of the form `import { A } from "./B.mjs";`')
    return found


def script() -> str:
    """All modules as one script: each in a function of its own, the page's last."""
    parts = ["const modules = {};"]
    for name, file in MODULES.items():
        text = _linked((FOLDER / file).read_text(encoding="utf-8"))
        names = ", ".join(found[2] for found in EXPORT.finditer(text))
        inner = EXPORT.sub(r"\1", text)
        parts.append(f'modules["{name}"] = (() => {{\n{inner}return {{ {names} }};\n}})();')
    held = {path: base64.b64encode((FOLDER / path).read_bytes()).decode() for path in DATA}
    listed = ", ".join(f'"{path}": "{text}"' for path, text in held.items())
    page = _linked((FOLDER / "page.mjs").read_text(encoding="utf-8"))
    return "\n".join([f"globalThis.files = {{ {listed} }};", *parts, f"(async () => {{\n{page}}})();"])


def page() -> str:
    """The file. Raises ValueError if index.html is no longer what is known of it."""
    text = (FOLDER / "index.html").read_text(encoding="utf-8")
    code = "\n" + script() + "\n"
    if "</script" in code:
        raise ValueError("demo: the script must not hold </script")
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    style = (FOLDER / "page.css").read_text(encoding="utf-8")
    style_digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    changes = {
        "script-src 'self' 'wasm-unsafe-eval'": f"script-src 'sha256-{digest}' 'wasm-unsafe-eval'",
        "style-src 'self'; connect-src 'self'": f"style-src 'sha256-{style_digest}'",
        '<link rel="stylesheet" href="page.css">': f"<style>{style}</style>",
        '    <script type="module" src="page.mjs"></script>\n': "",
        "Loading. If this stays: the page needs JavaScript and a web server, as README.md beside it says.": "This page "
        "needs JavaScript.",
        "</body>": f"<script>{code}</script>\n  </body>",
    }
    for old, new in changes.items():
        if text.count(old) != 1:
            raise ValueError(f"demo: index.html must have once: {old}")
        text = text.replace(old, new)
    return text
