"""What gunicorn is told beyond its command line. Read by its master process, which never loads the product."""

import os
import shutil
from pathlib import Path

# Reports take long: a worker told to go may finish the one that it is making. systemd waits longer than this (deploy/gegma.service).
graceful_timeout = 90
timeout = 120
worker_class = "sync"  # threads made one page three times slower; typst must not be imported before the fork, so nothing is preloaded
max_requests, max_requests_jitter = 2000, 200
loglevel = "warning"
control_socket_disable = True
if Path("/dev/shm").is_dir():
    worker_tmp_dir = "/dev/shm"  # the sign of life of a worker never waits for a disk

if os.environ.get("GEGMA_LOG") == "json":
    logconfig_dict = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "gegma.config.logs.JsonFormatter"}},
        "handlers": {"json": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}},
        "root": {"level": "WARNING", "handlers": ["json"]},
        "loggers": {"gunicorn.error": {"level": "WARNING", "handlers": ["json"], "propagate": False}},
    }

_taken: set[int] = set()


def pre_fork(server, worker):
    """Give the worker the lowest number that is free: its counts go on where those of the worker before it ended."""
    worker.seat = next(n for n in range(1, len(_taken) + 2) if n not in _taken)
    _taken.add(worker.seat)


def post_fork(server, worker):
    """Let the worker keep its counts in the file of its seat, so that there are never more files than workers."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import values

        values.ValueClass = values.MultiProcessValue(lambda: worker.seat)


def child_exit(server, worker):
    """The seat is free again."""
    _taken.discard(worker.seat)


def on_exit(server):
    """The counts end with the server; whoever reads them knows how to go on from nothing."""
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        shutil.rmtree(folder, ignore_errors=True)
