#!/usr/bin/env python3
"""Keeps keys with the tool box, on a terminal and without: tests/end_to_end/keys_test.py SERVER TOOLBOX"""

import json
import os
import pathlib
import pty
import signal
import stat
import subprocess
import sys
import tempfile
import termios

TOOLBOX = sys.argv[2]
VECTORS = pathlib.Path(__file__).parent.parent / "vectors"
PASSWORD = "testpassword"


def check(right, what, text=""):
    if not right:
        print(text)
        sys.exit(f"FAILED: {what}")


def keys(*words):
    """A `keys` command away from any terminal: exit code, stdout, stderr."""
    done = subprocess.run([TOOLBOX, "keys", *words], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, start_new_session=True)
    return done.returncode, done.stdout, done.stderr


def printed(*words):
    code, out, err = keys(*words)
    check(code == 0, f"keys {' '.join(words)}: exit code {code}", err)
    return out


class Typist:
    """A `keys` command on a terminal of its own."""

    def __init__(self, *words):
        self.text = ""
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execv(TOOLBOX, [TOOLBOX, "keys", *words])

    def echoes(self):
        return bool(termios.tcgetattr(self.terminal)[3] & termios.ECHO)

    def read_until(self, words):
        while words not in self.text:
            self.text += os.read(self.terminal, 4096).decode()
        self.text = self.text[self.text.index(words) + len(words):]

    def answer(self, question, line):
        self.read_until(question)
        check(not self.echoes(), "a terminal that shows nothing while a password is typed")
        os.write(self.terminal, line)

    def end(self):
        """The exit code as a shell has it, and all that appeared since the last question."""
        try:
            while piece := os.read(self.terminal, 4096):
                self.text += piece.decode()
        except OSError:  # Linux says so when the other end is closed.
            pass
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return 128 - code if code < 0 else code, self.text.strip()


def published(name):
    cases = json.loads((VECTORS / "keystore.json").read_text())["cases"]
    return next(case for case in cases if case["name"] == name)


def private(path, text):
    path.write_text(text)
    path.chmod(0o600)
    return str(path)


def typed_passwords(folder):
    typist = Typist("new", "typed", "--kdf", "light", "--keys-dir", folder)
    typist.answer("A password for the new key file: ", b"by hand\n")
    typist.answer("The same once more: ", b"by hand\n")
    code, text = typist.end()
    check(code == 0 and "by hand" not in text, "a new key with a typed password", text)
    check(printed("address", "typed", "--keys-dir", folder).strip() == text,
          "the address that was printed on the terminal", text)

    typist = Typist("new", "differ", "--kdf", "light", "--keys-dir", folder)
    typist.answer("A password for the new key file: ", b"one\n")
    typist.answer("The same once more: ", b"two\n")
    code, text = typist.end()
    check(code == 4 and "differ" in text, "passwords that differ are refused", text)

    typist = Typist("new", "nothing", "--keys-dir", folder)
    typist.answer("A password for the new key file: ", b"\x04")
    code, text = typist.end()
    check(code == 4 and "no password was typed" in text, "Ctrl-D is no password", text)

    path = f"{folder}/typed.json"
    typist = Typist("import", "again", "--kdf", "light", "--key-file", path, "--keys-dir", folder)
    typist.answer(f"Password of {path}: ", b"by hands\n")
    code, text = typist.end()
    check(code == 4 and "the password is wrong" in text, "a wrong password is said", text)
    check("by hands" not in text, "and not repeated", text)

    code, _, err = keys("new", "alone", "--keys-dir", folder)
    check(code == 4 and "--password-file" in err, "without a terminal a file is asked for", err)


def interrupted_prompt(folder):
    """Ctrl-C, and signals from elsewhere, leave a terminal that shows what is typed."""
    for number, interrupt in [(signal.SIGINT, lambda typist: os.write(typist.terminal, b"\x03")),
                              (signal.SIGTERM, lambda typist: os.kill(typist.pid, signal.SIGTERM)),
                              (signal.SIGQUIT, lambda typist: os.write(typist.terminal, b"\x1c"))]:
        typist = Typist("new", "never", "--keys-dir", folder)
        typist.answer("A password for the new key file: ", b"half a pass")
        limits = pathlib.Path(f"/proc/{typist.pid}/limits").read_text()
        core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
        check(core.split()[4:6] == ["0", "0"], "no core dump while keys are in memory", core)
        interrupt(typist)
        code, text = typist.end()
        check(code == 128 + number, f"exit code {code} after signal {number}", text)
        check(typist.echoes(), "the terminal shows again what is typed", text)
        # Of a signal from elsewhere the kernel doesn't say whether it comes before what is typed.
        if number != signal.SIGTERM:
            check("half a pass" not in text, "what was typed isn't shown later", text)


def files(folder, work):
    password = private(work / "password", PASSWORD + "\n")
    common = ("--keys-dir", folder, "--password-file", password)
    for name in ["light-scrypt", "light-pbkdf2", "ethereum-tests-test1", "ethereum-tests-test2"]:
        case = published(name)
        source = private(work / name, json.dumps(case["keystore"]))
        address = printed("import", name, "--key-file", source, "--kdf", "light", *common).strip()
        check(address == case["address"], f"the address of {name}", address)
        check(printed("address", name, "--keys-dir", folder).strip() == address, "keys address")

    new = json.loads(printed("new", "standard", "--json", *common))
    made = json.loads(pathlib.Path(new["file"]).read_text())
    check(made["crypto"]["kdfparams"]["n"] == 262144, "the standard cost", str(made))
    check(stat.S_IMODE(os.stat(new["file"]).st_mode) == 0o600, "a file of mode 0600")
    check(stat.S_IMODE(os.stat(folder).st_mode) == 0o700, "a folder of mode 0700")

    listed = json.loads(printed("list", "--json", "--keys-dir", folder))["keys"]
    check({"name": "standard", "address": new["address"], "file": new["file"]} in listed,
          "the new key is listed", str(listed))

    wrong = private(work / "wrong", "testpasswore\n")
    code, out, err = keys("import", "w", "--key-file", str(work / "light-scrypt"),
                          "--keys-dir", folder, "--password-file", wrong)
    check(code == 4 and "the password is wrong" in err and not out, "a wrong password", err)
    for name in ["n-huge", "p-huge"]:
        hostile = private(work / name, json.dumps(published(name)["keystore"]))
        code, _, err = keys("import", "h", "--key-file", hostile, *common)
        check(code == 4 and "kdfparams" in err, f"{name} is refused", err)
    os.chmod(password, 0o644)
    code, _, err = keys("new", "x", *common)
    check(code == 4 and f"chmod 600 {password}" in err, "an exposed password file", err)
    for hidden in [PASSWORD, "testpasswore"]:
        check(hidden not in err, "no secret in what is printed", err)


with tempfile.TemporaryDirectory() as work:
    folder = f"{work}/keys"
    typed_passwords(folder)
    interrupted_prompt(folder)
    files(folder, pathlib.Path(work))
print("1 passed, 0 failed")
