"""Runs the web server and the worker of the background together, and ends them together. Loads nothing but the standard library.

    python -m gegma.config.together N WEB… WORKER…      N: how many words the first command has
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time

# A worker that ends by itself is started again, but not faster than this, in seconds.
AGAIN = 5.0
# So long a child may take to end when told to.
GRACE = 60


def run(web: list[str], worker: list[str]) -> int:
    """Start both, wait for the web server, pass signals on. Returns the web server's status."""
    told: list[int] = []
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(name, lambda number, _frame: told.append(number))
    server = subprocess.Popen(web)
    signal.signal(signal.SIGHUP, lambda number, _frame: server.send_signal(number))  # gunicorn's: new processes
    making, started = subprocess.Popen(worker), time.monotonic()
    while not told and server.poll() is None:
        if making.poll() is not None and time.monotonic() - started > AGAIN:
            print(f"The worker of the background ended with status {making.returncode}; it is started again.", file=sys.stderr, flush=True)
            making, started = subprocess.Popen(worker), time.monotonic()
        time.sleep(0.2)
    for child in (making, server):
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    for child in (making, server):
        try:
            child.wait(GRACE)
        except subprocess.TimeoutExpired:
            child.kill()
    return 0 if told else server.returncode or 0


if __name__ == "__main__":
    split = 2 + int(sys.argv[1])
    sys.exit(run(sys.argv[2:split], sys.argv[split:]))
