"""A page in a headless Chromium, driven over the pipe of its DevTools protocol."""

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

from spikelut.export.runtimes._side import CHROMIUM

FLAGS = (*CHROMIUM, "--remote-debugging-pipe")
SECONDS = 30.0


def chromium() -> str:
    """The path of the browser; empty if there is none."""
    return next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), "")


class Page:
    """One page; `profile` is an empty folder of its own. Messages are JSON, each ended by a zero byte."""

    def __init__(self, profile: Path) -> None:
        self.problems: list[str] = []
        self.requests: list[str] = []
        self.number, self.rest = 0, b""
        from_us, self.write = os.pipe()
        self.read, to_us = os.pipe()
        # Chromium reads commands from descriptor 3 and answers on 4.
        shell = 'exec 3<&"$1" 4>&"$2"; shift 2; exec "$@"'
        command = ["bash", "-c", shell, "bash", str(from_us), str(to_us), chromium(), *FLAGS]
        self.process = subprocess.Popen(
            [*command, f"--user-data-dir={profile}"],
            pass_fds=(from_us, to_us),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(from_us)
        os.close(to_us)
        self.session = ""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.ask(f"{domain}.enable")
        self.ask("Network.setCacheDisabled", cacheDisabled=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.process.terminate()
        self.process.wait(SECONDS)
        os.close(self.write)
        os.close(self.read)

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command and return its result; RuntimeError for an error."""
        self._send(method, params)
        while True:
            answer = self._next()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                found: dict[str, Any] = answer["result"]
                return found

    def _send(self, method: str, params: dict[str, Any]) -> None:
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        message |= {"sessionId": self.session} if self.session else {}
        os.write(self.write, json.dumps(message).encode() + b"\0")

    def _next(self) -> dict[str, Any]:
        """The next message; what tells of a problem or a request is noted."""
        while b"\0" not in self.rest:
            part = os.read(self.read, 2**16)
            if not part:
                raise RuntimeError("the browser ended")
            self.rest += part
        line, self.rest = self.rest.split(b"\0", 1)
        message: dict[str, Any] = json.loads(line)
        method, params = message.get("method"), message.get("params", {})
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.problems.append(json.dumps(params["exceptionDetails"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("warning", "error"):
            self.problems.append(params["entry"]["text"])
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("warning", "error"):
            self.problems.append(json.dumps(params["args"]))
        return message

    def value(self, expression: str) -> Any:
        """What a JavaScript expression gives; RuntimeError if it throws."""
        found = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in found:
            raise RuntimeError(f"{expression}: {found['exceptionDetails']['exception']['description']}")
        return found["result"].get("value")

    def wait(self, expression: str, *, seconds: float = SECONDS, unless: Callable[[], str] = str) -> None:
        """Wait until a JavaScript expression is true; AssertionError, with what `unless` says, after `seconds`."""
        end = time.monotonic() + seconds
        while not self.value(expression):
            assert time.monotonic() < end, f"{expression} did not become true: {unless()} {self.problems}"
            time.sleep(0.02)

    def size(self, width: int, height: int, scheme: str = "light", scale: float = 1) -> None:
        """Show the page in a window of so many pixels, with the colours `light` or `dark`."""
        window = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": width < 600}
        self.ask("Emulation.setDeviceMetricsOverride", **window)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.ask("Emulation.setEmulatedMedia", features=features)

    def stroke(self, points: Sequence[tuple[float, float]]) -> None:
        """Move the mouse along points of the window with its button held."""
        held = {"button": "left", "buttons": 1}
        (x, y), (last_x, last_y) = points[0], points[-1]
        self.ask("Input.dispatchMouseEvent", type="mousePressed", x=x, y=y, clickCount=1, **held)
        for x, y in points[1:]:
            # An answer comes with the next frame; a hand does not wait for it either.
            self._send("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": x, "y": y, **held})
        self.ask("Input.dispatchMouseEvent", type="mouseReleased", x=last_x, y=last_y, clickCount=1, button="left")

    def screenshot(self) -> bytes:
        """The whole page as PNG."""
        return base64.b64decode(self.ask("Page.captureScreenshot", captureBeyondViewport=True)["data"])
