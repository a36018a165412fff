"""A headless Chromium, driven by its DevTools protocol over a pipe; the standard library only."""

import base64
import fcntl
import json
import os
import select
import subprocess
import time


class Browser:
    """One page. Whatever takes longer than `patience` seconds raises."""

    def __init__(self, program, folder, patience=60):
        self.patience = patience
        self.replies, self.events, self.last, self.rest = {}, [], 0, b""
        theirs_in, self.out = os.pipe()
        self.into, theirs_out = os.pipe()
        # Out of the way of 3 and 4, where Chromium expects them.
        given = [fcntl.fcntl(each, fcntl.F_DUPFD, 20) for each in (theirs_in, theirs_out)]
        os.close(theirs_in)
        os.close(theirs_out)
        self.process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{given[0]} 4>&{given[1]}', "bash", program, "--headless",
             "--remote-debugging-pipe", "--no-first-run", "--disable-gpu", "--hide-scrollbars",
             "--disable-dev-shm-usage", f"--user-data-dir={folder}",
             *(["--no-sandbox"] if os.geteuid() == 0 else []), "about:blank"],
            pass_fds=given, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        for each in given:
            os.close(each)
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(domain + ".enable")

    def call(self, method, **params):
        self.last += 1
        message = {"id": self.last, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + self.patience
        while self.last not in self.replies:
            self.read(deadline, method)
        reply = self.replies.pop(self.last)
        if "error" in reply:
            raise RuntimeError(f"{method}: {reply['error']}")
        return reply["result"]

    def read(self, deadline, what):
        ready, _, _ = select.select([self.into], [], [], max(0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError(f"the browser doesn't answer: {what}")
        piece = os.read(self.into, 1 << 16)
        if not piece:
            raise RuntimeError("the browser has gone")
        *messages, self.rest = (self.rest + piece).split(b"\0")
        for each in map(json.loads, messages):
            if "id" in each:
                self.replies[each["id"]] = each
            else:
                self.events.append(each)

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True,
                           returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def until(self, condition):
        """Waits until the condition holds; it is looked at whenever the page changes."""
        self.evaluate(f"""new Promise(done => {{
          const look = () => {{ if ({condition}) {{ watch.disconnect(); done(true); }} }};
          const watch = new MutationObserver(look);
          watch.observe(document, {{subtree: true, childList: true, characterData: true,
                                    attributes: true}});
          look();
        }})""")

    def open(self, url):
        """Returns when the page and its scripts are loaded."""
        self.events.clear()
        self.call("Page.navigate", url=url)
        deadline = time.monotonic() + self.patience
        while not any(each["method"] == "Page.loadEventFired" for each in self.events):
            self.read(deadline, url)

    def text(self, element):
        return self.evaluate(f"document.getElementById({json.dumps(element)}).textContent")

    def complaints(self):
        """What the page's console and the browser's own log say of errors."""
        said = [each["params"] for each in self.events
                if each["method"] in ("Runtime.exceptionThrown", "Log.entryAdded")]
        return [each for each in said if each.get("entry", {}).get("level", "error") == "error"]

    def screenshot(self, path, width, height, scheme):
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))

    def close(self):
        os.close(self.out)  # Which ends it.
        try:
            self.process.wait(self.patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.into)
