"""A runtime in a process of its own: it asks for work over HTTP on 127.0.0.1, be it in Python, in Node or in a page.

A message is the length of a JSON text in four bytes, little-endian; the text; and the bytes of the arrays whose names,
types and shapes the text gives under `arrays`. The worker posts its answer to the last question (nothing at first) and
gets the next: `load` with the array `model`, the bytes of a file; `run` with the inputs, answered by the outputs; or
`wait`. An answer with an `error` has nothing else.
"""

import json
import os
import queue
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Message = tuple[dict[str, Any], dict[str, NDArray[Any]]]
LENGTH = 4
WAIT, POLL = 60.0, 0.2
"""Seconds: until an idle worker has to ask again (some give up after minutes); between looks at it."""
MIME = {".html": "text/html", ".mjs": "text/javascript", ".wasm": "application/wasm"}


def packed(head: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """A message."""
    entries = [{"name": n, "type": a.dtype.name, "shape": list(a.shape)} for n, a in arrays.items()]
    text = json.dumps({**head, "arrays": entries}).encode()
    parts = [np.ascontiguousarray(a).tobytes() for a in arrays.values()]
    return b"".join([len(text).to_bytes(LENGTH, "little"), text, *parts])


def unpacked(content: bytes) -> Message:
    """What a message holds."""
    size = LENGTH + int.from_bytes(content[:LENGTH], "little")
    head, at, arrays = json.loads(content[LENGTH:size]), size, {}
    for entry in head.pop("arrays"):
        count = int(np.prod(entry["shape"], dtype=np.int64))
        array = np.frombuffer(content, entry["type"], count, at)
        arrays[entry["name"]] = array.reshape(entry["shape"])
        at += array.nbytes
    return head, arrays


class Worker:
    """A process that answers questions. `command` makes its command line from the address to ask at.

    It runs in `folder`, which it may fill. `files`: folders whose files a page may fetch, by the path it asks for (`""`
    is the top). It ends with `close`.

    Attributes:
        patience: seconds it may take to answer.
        ready: whether it has answered all it was asked, and can be asked more.
    """

    def __init__(
        self, command: Callable[[str], Sequence[str]], folder: Path, files: Mapping[str, Path] | None = None
    ) -> None:
        self.patience, self.ready = 600.0, True
        self._questions: queue.Queue[bytes] = queue.Queue()
        self._answers: queue.Queue[bytes] = queue.Queue()
        token = secrets.token_urlsafe()
        self._server = _Server(("127.0.0.1", 0), f"/{token}/", self._questions, self._answers, files or {})
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._errors = (folder / "errors.txt").open("w+b")
        self._process = subprocess.Popen(
            command(f"http://127.0.0.1:{self._server.server_port}/{token}/"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            cwd=folder,
            env={**os.environ, "TMPDIR": str(folder)},
            start_new_session=True,  # to be ended with all that it started
        )

    def ask(self, head: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """The arrays of the answer. Raises RuntimeError for an error, an end of the process, or silence."""
        self.ready = False
        self._questions.put(packed(head, arrays))
        for _ in range(int(self.patience / POLL)):
            with suppress(queue.Empty):
                about, found = unpacked(self._answers.get(timeout=POLL))
                self.ready = True
                if about["error"]:
                    raise RuntimeError(about["error"])
                return found
            if self._process.poll() is not None:
                why = self._server.failure or self._last_words()
                raise RuntimeError(f"its process ended with {self._process.returncode}: {why}")
        raise RuntimeError(f"no answer within {self.patience:g} s")

    @property
    def alive(self) -> bool:
        """Whether its process has not ended."""
        return self._process.poll() is None

    def _last_words(self) -> str:
        self._errors.seek(0)
        return " ".join(self._errors.read()[-500:].decode(errors="replace").split())

    def close(self) -> None:
        """End the process and all that it started."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._server.shutdown()
        self._server.server_close()
        self._errors.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self,
        address: tuple[str, int],
        top: str,
        questions: "queue.Queue[bytes]",
        answers: "queue.Queue[bytes]",
        files: Mapping[str, Path],
    ) -> None:
        super().__init__(address, _Handler)
        self.top, self.questions, self.answers, self.files, self.asked = top, questions, answers, files, False
        self.failure = ""

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep what went wrong, instead of printing it."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError):
            self.failure = f"{type(error).__name__}: {error}"


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        """Take an answer, give the next question."""
        server, content = self.server, self.rfile.read(int(self.headers["Content-Length"] or 0))
        if self.path != f"{server.top}next":
            self.send_error(404)
            return
        if server.asked:
            server.answers.put(content)
        try:
            question, server.asked = server.questions.get(timeout=WAIT), True
        except queue.Empty:
            question, server.asked = packed({"do": "wait"}, {}), False
        self._send(question, "application/octet-stream")

    def do_GET(self) -> None:
        """A file of one of the folders."""
        folder, _, name = self.path.removeprefix(self.server.top).rpartition("/")
        within = self.path.startswith(self.server.top) and folder in self.server.files
        # By name among those there are, so that no path leads elsewhere.
        found = [path for path in self.server.files[folder].iterdir() if path.name == name] if within else []
        if not found or not found[0].is_file():
            self.send_error(404)
            return
        self._send(found[0].read_bytes(), MIME.get(found[0].suffix, "application/octet-stream"))

    def _send(self, content: bytes, kind: str) -> None:
        with suppress(ConnectionError):  # from a worker that was ended
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""
