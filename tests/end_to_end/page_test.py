#!/usr/bin/env python3
"""The live page in a browser, and /metrics: tests/end_to_end/page_test.py SERVER TOOLBOX CLIENT

Exit code 77 if Chromium or promtool is missing; what needs neither has passed then. With
FLWR_SCREENSHOTS=FOLDER it leaves pictures there.
"""

import http.client
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from devtools import Browser  # noqa: E402

PATIENCE = 60
# Client 2 has more data than may count.
TASK = ["--data", "synthetic:features=8,classes=3,train=400,test=100", "--model", "logistic",
        "--partition", "dirichlet:0.5", "--strategy", "fedavg:max_examples=150", "--clients", "3"]
REASON = "num_examples is 268, allowed are 1 to 150"

server, _, client = map(os.path.abspath, sys.argv[1:4])
peers = os.environ.get("FLWR_PEERS") or os.path.join(os.path.dirname(server), "../peers")
chromium = shutil.which("chromium")
promtool = shutil.which("promtool", path=f"{peers}/promtool/usr/bin:{os.environ['PATH']}")
running = []


def check(right, what):
    if not right:
        for name in os.listdir("."):
            if name.endswith(".err"):
                print(name, open(name).read()[-2000:], file=sys.stderr)
        sys.exit(f"FAILED: {what}")


def start(name, *command):
    with open(name + ".err", "wb") as err:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=err)
    running.append(process)
    return process


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def serve(name, ports, *options):
    return start(name, server, *TASK, "--state-dir", name, "--listen", f"127.0.0.1:{ports[0]}",
                 "--http", f"127.0.0.1:{ports[1]}", *options)


def join(name, ports):
    return start(name, client, "--cid", "0-2", "--server", f"127.0.0.1:{ports[0]}",
                 "--state-dir", name)


def until(condition, what):
    """Asks until it is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        check(time.monotonic() < deadline, what)
        select.select([], [], [], 0.05)


def until_said(name, words):
    until(lambda: words in open(name + ".err").read(), f"no word of '{words}' in {name}.err")


def ends(process, code, what):
    check(process.wait(PATIENCE) == code, f"{what}: exit code {process.returncode}")


def ask(port, path, **fields):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", path, headers=fields)
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read().decode()


def knock(port, origin):
    """What a browser's WebSocket of a page from there is answered."""
    return ask(port, "/feed", Origin=origin, Connection="Upgrade", Upgrade="websocket",
               **{"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="})[0]


def metrics(port):
    status, headers, text = ask(port, "/metrics")
    check(status == 200, f"/metrics answers {status}")
    check(headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8", "metrics' type")
    if promtool:
        judged = subprocess.run([promtool, "check", "metrics"], input=text, text=True, timeout=PATIENCE,
                                capture_output=True, check=False)
        check(judged.returncode == 0 and not judged.stderr, f"promtool: {judged.stderr}")
    return dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))


def test_port():
    """Metrics of a run that goes on, and who may ask for what."""
    ports = free_ports(2)
    process = serve("long", ports, "--rounds", "1000000")
    until(lambda: ready(ports[1]), "the server isn't ready")
    check(metrics(ports[1])["flwr_actor_clients_asked"] == "3", "metrics before the first round")
    members = join("members", ports)
    until_said("long", "[ROUND 3/")
    now = metrics(ports[1])
    check(int(now["flwr_actor_rounds_committed_total"]) >= 3, "rounds committed")
    check(int(now['flwr_actor_updates_total{outcome="refused"}']) >= 3, "updates refused")
    check(int(now['flwr_actor_updates_total{outcome="counted"}'])
          >= 2 * int(now["flwr_actor_rounds_closed_total"]) > 0, "updates counted")
    check(now["flwr_actor_clients_joined"] == "3", "clients joined")
    check(float(now["flwr_actor_grpc_longest_callback_seconds"]) > 0, "the longest callback")
    check(int(now["process_resident_memory_bytes"]) > 1 << 20, "memory")
    check(float(now["flwr_actor_gas_used_total"]) > 0, "gas")

    status, headers, text = ask(ports[1], "/")
    check(status == 200 and text.startswith("<!doctype html>"), "the page")
    policy = headers["Content-Security-Policy"]
    check("default-src 'none'" in policy and "unsafe" not in policy, f"the policy: {policy}")
    check(headers["X-Content-Type-Options"] == "nosniff", "nosniff")
    check(ask(ports[1], "/", Host="evil.example")[0] == 403, "the page under a foreign name")
    check(ask(ports[1], "/metrics", Host="evil.example")[0] == 403, "metrics under a foreign name")
    check(ask(ports[1], "/feed")[0] == 426, "the feed without an upgrade")
    check(knock(ports[1], "http://evil.example") == 403, "a foreign page's WebSocket")
    check(knock(ports[1], "null") == 403, "a nameless page's WebSocket")
    check(knock(ports[1], f"http://127.0.0.1:{ports[1]}") == 101, "our page's WebSocket")
    process.send_signal(signal.SIGINT)
    ends(process, 130, "the server after Ctrl-C")
    members.send_signal(signal.SIGINT)
    members.wait(PATIENCE)


def ready(port):
    try:
        return ask(port, "/readyz")[0] == 200
    except OSError:
        return False


def cells(browser):
    """The table of rounds: a dictionary of texts by round."""
    return json.loads(browser.evaluate("""JSON.stringify(Object.fromEntries(
      [...document.querySelectorAll("#rounds tbody tr")].map(row => [row.cells[0].textContent,
        Object.fromEntries([...row.cells].slice(1).map(cell => [cell.dataset.field,
          cell.title || cell.textContent]))])))"""))


def compare(shown, history):
    check(len(shown) == len(history["rounds"]), f"rounds shown: {sorted(shown)}")
    for line in history["rounds"]:
        row = shown[str(line["round"])]
        for name in ("loss", "accuracy"):
            check(float(row[name]) == line[name], f"{name} {row[name]} isn't {line[name]}")
        for name in ("updates", "failures", "gas_used"):
            check(int(row[name]) == line[name], f"{name} {row[name]} isn't {line[name]}")
        for name in ("model_cid", "tx"):
            check(row[name] == line[name], f"{name} {row[name]} isn't {line[name]}")
        for name, value in line["seconds"].items():
            check(float(row[name]) == value, f"{name} {row[name]} isn't {value}")
        check(int(row["block_number"]) > 0, "a block")


def test_page(browser):
    """A run from its first client to its end, as a browser shows it."""
    ports = free_ports(2)
    process = serve("shown", ports, "--rounds", "8")
    until(lambda: ready(ports[1]), "the server isn't ready")
    browser.open(f"http://127.0.0.1:{ports[1]}/")
    browser.until("document.getElementById('awaited').textContent.includes('0 of 3 are here')")
    check(browser.text("status") == "live", "the page is live")
    members = join("shown-members", ports)
    browser.until("document.getElementById('status').textContent === 'the run is over'")
    ends(process, 0, "the server")
    ends(members, 0, "the clients")
    history = json.load(open("shown/runs/1/history.json"))
    compare(cells(browser), history)
    check(browser.text("words") == "all 8 rounds are done", "how the run ended")
    check(browser.text("run-contract") == history["contract"], "the contract")
    check(browser.text("run-chain") == str(history["chain_id"]), "the chain")
    check(browser.text("closed") == "8" and browser.text("joined") == "3", "the tiles")
    check(browser.text("client-0") == "0answered", f"client 0: {browser.text('client-0')}")
    check(browser.text("client-2") == "2refused: " + REASON, f"client 2: {browser.text('client-2')}")
    rows = browser.evaluate("""[...document.querySelectorAll('#refusals tbody tr')]
                               .map(row => [...row.cells].map(cell => cell.textContent))""")
    check(rows == [[str(round), "2", "train", "refused", REASON] for round in range(8, 0, -1)],
          f"refusals: {rows}")
    link = browser.evaluate("document.querySelector('#round-8 a').getAttribute('href')")
    check(link == "/ipfs/" + history["final_model_cid"], f"the model's link: {link}")
    dots = browser.evaluate("document.querySelectorAll('#accuracy-curve circle').length")
    check(dots == 8, f"points of the curve: {dots}")
    check(not browser.complaints(), f"the browser complains: {browser.complaints()}")
    if folder := os.environ.get("FLWR_SCREENSHOTS"):
        browser.screenshot(f"{folder}/light.png", 1280, 1250, "light")
        browser.screenshot(f"{folder}/dark.png", 1280, 1250, "dark")
        browser.screenshot(f"{folder}/narrow.png", 420, 1800, "light")


def test_reconnection(browser):
    """A server that dies and another one in its place; and a run that is stopped."""
    ports = free_ports(2)
    first = serve("first", ports, "--rounds", "1000000")
    until(lambda: ready(ports[1]), "the server isn't ready")
    members = join("first-members", ports)
    until_said("first", "[ROUND 2/")
    browser.open(f"http://127.0.0.1:{ports[1]}/")
    browser.until("document.querySelector('#rounds tbody tr')")
    before = browser.text("run-run")
    if folder := os.environ.get("FLWR_SCREENSHOTS"):
        browser.screenshot(f"{folder}/live.png", 1280, 1250, "light")
    first.kill()
    first.wait(PATIENCE)
    members.kill()
    members.wait(PATIENCE)
    browser.until("document.getElementById('status').textContent === 'connection lost'")
    second = serve("second", ports, "--rounds", "1000000")
    browser.until("document.getElementById('status').textContent === 'live'")
    check(browser.text("run-run") != before, "another run's id")
    check(browser.evaluate("document.querySelectorAll('#rounds tbody tr').length") == 0,
          "the run before is forgotten")
    second.send_signal(signal.SIGINT)
    browser.until("document.getElementById('status').textContent === 'the run is over'")
    check(browser.text("words") == "interrupted", "why the run ended")
    ends(second, 130, "the second server")


def main():
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        browser = None
        try:
            test_port()
            if chromium:
                browser = Browser(chromium, f"{work}/profile", PATIENCE)
                test_page(browser)
                test_reconnection(browser)
        finally:
            if browser:
                browser.close()
            for each in running:
                if each.poll() is None:
                    each.kill()
                    each.wait()
            os.chdir("/")
    missing = [name for name, path in (("chromium", chromium), ("promtool", promtool)) if not path]
    if missing:
        print("SKIPPED in part, not installed: " + ", ".join(missing))
        sys.exit(77)
    print("3 passed, 0 failed")


main()
