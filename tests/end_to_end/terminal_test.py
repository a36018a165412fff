#!/usr/bin/env python3
"""Runs the server on a terminal of 60 columns: tests/end_to_end/terminal_test.py SERVER"""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import tempfile
import termios

COLUMNS = 60


def start(server, folder, rounds, **environment):
    """The server with its stderr on a new terminal; returns the process and our end of it."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
    process = subprocess.Popen(
        [server, "--simulate", "2", "--rounds", str(rounds), "--state-dir", folder,
         "--data", "synthetic:features=100,train=40000", "--chain", "none"],
        stderr=theirs, stdout=subprocess.DEVNULL, start_new_session=True,
        env={**os.environ, "TERM": "xterm", **environment})
    os.close(theirs)
    return process, ours


def read(terminal, enough=lambda text: False):
    """What appears on the terminal until it is enough or the server has gone."""
    text = ""
    while not enough(text):
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # Linux says so when the other end is closed.
            break
        if not piece:
            break
        text += piece.decode()
    return text


def bars(text):
    return re.findall(r"round \d+/\d+ (?:fit|evaluate) \[#*\.*\]?[^\r\n\x1b]*", text)


def check(right, what, text):
    if not right:
        print(text)
        sys.exit(f"FAILED: {what}")


with tempfile.TemporaryDirectory() as work:
    server = sys.argv[1]
    process, terminal = start(server, f"{work}/done", 3)
    text = read(terminal)
    check(process.wait() == 0, "exit code 0", text)
    check(bars(text), "a bar on a terminal", text)
    check(all(len(bar) < COLUMNS for bar in bars(text)), "no bar is wider than the terminal", text)
    check("\x1b[K" not in text[text.rindex("FL finished"):], "no bar after the last words", text)

    process, terminal = start(server, f"{work}/stopped", 1000000)
    text = read(terminal, lambda so_far: len(bars(so_far)) > 2)
    process.send_signal(signal.SIGINT)
    text += read(terminal)
    check(process.wait() == 130, "exit code 130 after Ctrl-C", text)
    check("stopping; once more ends at once" in text, "Ctrl-C is answered", text)

    process, terminal = start(server, f"{work}/dumb", 1, TERM="dumb")
    text = read(terminal)
    check(process.wait() == 0 and not bars(text) and "\x1b" not in text,
          "plain lines where a terminal can't redraw", text)
print("1 passed, 0 failed")
