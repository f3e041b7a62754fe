"""A page in headless Chromium, told what to do by the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/)."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

PATIENCE = 60.0
"""After how many seconds a condition that does not come true fails a test."""

READY = "document.querySelector('[data-view][data-ready]')"

KEYS = {"Escape": 27, "/": 191, "?": 191, "j": 74, "k": 75, "1": 49, "2": 50}
"""Key codes by name."""


@contextmanager
def opened(devtools: str, base: str) -> Iterator[BrowserPage]:
    """The page behind an address of the protocol, for the dashboard at a base URL; the browser lives on."""
    with connect(devtools, max_size=64 * 1024 * 1024) as socket:
        page = BrowserPage(socket, base)
        page.look()
        yield page


class BrowserPage:
    """One page. `errors` are the errors of its scripts and of its security policy."""

    def __init__(self, socket: ClientConnection, base: str) -> None:
        self._socket, self._number = socket, 0
        self.base, self.errors = base, list[str]()
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.command(f"{domain}.enable")

    def command(self, method: str, **parameters: Any) -> Any:
        """The result of a command. Events that come meanwhile are read for errors."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv(timeout=PATIENCE))
            if message.get("id") == self._number:
                assert "error" not in message, message["error"]
                return message["result"]
            self._note(message)

    def _note(self, message: Any) -> None:
        parameters = message.get("params", {})
        if message["method"] == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description", details["text"]))
        elif message["method"] == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            entry = parameters["entry"]
            if entry["source"] != "network":  # a refusal that the page shows
                self.errors.append(entry["text"])

    def evaluate(self, expression: str) -> Any:
        """The value of an expression; a promise is awaited."""
        found = self.command("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def wait(self, expression: str) -> Any:
        """The first value of an expression that is true."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            found = f"((it) => it instanceof Node || it)({expression})"
            value = self.evaluate(f"(() => {{ try {{ return {found} }} catch {{ return null }} }})()")
            if value:
                return value
            time.sleep(0.05)
        shown = self.evaluate("document.querySelector('main')?.innerText ?? document.body.innerText")
        raise AssertionError(f"never true: {expression}\nerrors: {self.errors}\nshown: {shown[:2000]}")

    def open(self, view: str) -> None:
        """Open a view by the part of the address after `#/`, and wait until it is there."""
        self.command("Page.navigate", url="about:blank")
        self.command("Page.navigate", url=f"{self.base}/#/{view}")
        self.wait(f"!!{READY}")

    def go(self, view: str) -> None:
        """Go to another view, as a link does."""
        old = "document.querySelectorAll('[data-view]').forEach((each) => delete each.dataset.ready)"
        self.evaluate(f"{old}; location.hash = {json.dumps('#/' + view)}; true")
        self.wait(f"!!{READY}")

    def text(self, selector: str = "main") -> str:
        """The text of an element as it is shown."""
        return str(self.wait(f"document.querySelector({json.dumps(selector)})?.innerText"))

    def see(self, text: str, selector: str = "main") -> None:
        """Wait until an element shows a text."""
        self.wait(f"document.querySelector({json.dumps(selector)})?.innerText.includes({json.dumps(text)})")

    def click(self, selector: str, text: str = "") -> None:
        """Click the first element that is shown and has a text."""
        is_it = f"(each) => each.checkVisibility() && each.innerText.includes({json.dumps(text)})"
        found = f"[...document.querySelectorAll({json.dumps(selector)})].find({is_it})"
        self.wait(f"((it) => (it?.click(), !!it))({found})")

    def type(self, selector: str, text: str) -> None:
        """Put a text into a field, as a person does."""
        field = f"document.querySelector({json.dumps(selector)})"
        self.wait(f"!!{field}")
        told = "; ".join(f"it.dispatchEvent(new Event('{name}', {{bubbles: true}}))" for name in ("input", "change"))
        self.evaluate(f"((it) => {{ it.focus(); it.value = {json.dumps(text)}; {told} }})({field})")

    def choose(self, selector: str, text: str) -> None:
        """Choose the option of a list that contains a text."""
        options = f"[...document.querySelector({json.dumps(selector)}).options]"
        self.type(selector, str(self.wait(f"{options}.find((each) => each.text.includes({json.dumps(text)}))?.value")))

    def press(self, key: str) -> None:
        """Press a key."""
        text = {"text": key} if len(key) == 1 else {}
        for kind in ("keyDown", "keyUp"):
            more = text if kind == "keyDown" else {}
            self.command("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=KEYS[key], **more)

    def look(self, *, dark: bool = False, width: int = 1280, height: int = 900, calm: bool = True) -> None:
        """Set the colour scheme and the size of the window."""
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        features += [{"name": "prefers-reduced-motion", "value": "reduce" if calm else "no-preference"}]
        self.command("Emulation.setEmulatedMedia", features=features)
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.command("Emulation.setDeviceMetricsOverride", **size)

    def picture(self, path: Path) -> None:
        """Write what is shown to a PNG file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(self.command("Page.captureScreenshot", format="png")["data"]))
