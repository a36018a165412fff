"""Threads and peak memory of processes, until the first of them has ended: peaks.py PID..."""
import pathlib
import sys
import time


def status(pid):
    try:
        lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None
    fields = dict(line.split(":", 1) for line in lines)
    if "VmHWM" not in fields:  # A zombie.
        return None
    return int(fields["Threads"]), int(fields["VmHWM"].split()[0]) / 1024


pids = sys.argv[1:]
threads, memory = dict.fromkeys(pids, 0), dict.fromkeys(pids, 0.0)
while now := status(pids[0]):
    for pid in pids:
        seen = status(pid)
        if seen:
            threads[pid] = max(threads[pid], seen[0])
            memory[pid] = max(memory[pid], seen[1])
    time.sleep(0.02)
for name, pid in zip(["server"] + ["clients"] * (len(pids) - 1), pids):
    print(f"{name}: {threads[pid]} threads, {memory[pid]:.0f} MiB at most")
