"""Settings of running the system, read from the environment: files, logs, measurements. docs/operate.md explains them.

| variable             | meaning                                                                       | default                 |
|----------------------|-------------------------------------------------------------------------------|-------------------------|
| GEGMA_MAX_FILE_MB    | the largest file taken, in MB                                                 | 50                      |
| GEGMA_MAX_FILES      | files taken at once                                                           | 20                      |
| GEGMA_MAX_RECORD_FILES | files at one record                                                         | 200                     |
| GEGMA_S3_BUCKET      | keep files in this bucket of an S3-compatible server, not in the data folder  | the data folder         |
| GEGMA_S3_ENDPOINT    | address of the server, such as https://s3.example.ge; GEGMA_S3_REGION         | Amazon's; us-east-1     |
| GEGMA_S3_KEY         | the name, and GEGMA_S3_SECRET the secret, by which we sign in there           |                         |
| GEGMA_CLAMD          | ClamAV's daemon: host:port, or the path of its socket                         | files are not scanned   |
| GEGMA_CLAMD_OPEN     | 1: take files unscanned while the daemon does not answer                      | 0: they are refused     |
| GEGMA_LOG            | json: one line of JSON for each request and event, without personal data      | text: warnings only     |
| GEGMA_SLOW_MS        | a request that takes longer is logged as slow, in milliseconds                | 2000                    |
| GEGMA_METRICS_TOKEN  | whoever sends it («Authorization: Bearer …») may read /metrics/ from anywhere | only from this machine  |
"""

import os
import re
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def _number(name: str, default: int) -> int:
    given = os.environ.get(name, "").strip() or str(default)
    if not (given.isascii() and given.isdecimal() and 0 < int(given) < 1_000_000):
        raise ImproperlyConfigured(f"{name} is a whole number above 0, such as {default}.")
    return int(given)


MAX_FILE_BYTES = _number("GEGMA_MAX_FILE_MB", 50) * 1024 * 1024
MAX_FILES = _number("GEGMA_MAX_FILES", 20)
MAX_RECORD_FILES = _number("GEGMA_MAX_RECORD_FILES", 200)

CLAMD = os.environ.get("GEGMA_CLAMD", "").strip()
if CLAMD and not re.fullmatch(r"/.+|.+:\d{1,5}", CLAMD):
    raise ImproperlyConfigured("GEGMA_CLAMD is host:port or the path of a socket, such as 127.0.0.1:3310 or /run/clamav/clamd.ctl.")
CLAMD_OPEN = os.environ.get("GEGMA_CLAMD_OPEN", "") == "1"
CLAMD_SECONDS = 30


def s3_storage() -> dict | None:
    """The storage for files where a bucket is named: signed requests only, nothing public, no address of its own."""
    bucket = os.environ.get("GEGMA_S3_BUCKET", "").strip()
    if not bucket:
        return None
    endpoint = os.environ.get("GEGMA_S3_ENDPOINT", "").strip()
    key, secret = os.environ.get("GEGMA_S3_KEY", ""), os.environ.get("GEGMA_S3_SECRET", "")
    if not key or not secret:
        raise ImproperlyConfigured("GEGMA_S3_BUCKET needs GEGMA_S3_KEY and GEGMA_S3_SECRET.")
    if endpoint and urlsplit(endpoint).scheme not in {"http", "https"}:
        raise ImproperlyConfigured("GEGMA_S3_ENDPOINT is an address such as https://s3.example.ge.")
    from botocore.config import Config

    options = {
        "bucket_name": bucket, "endpoint_url": endpoint or None, "access_key": key, "secret_key": secret,
        "region_name": os.environ.get("GEGMA_S3_REGION", "") or "us-east-1",
        "default_acl": None, "file_overwrite": True, "querystring_auth": True, "max_memory_size": 2 * 1024 * 1024,
        # other makers' servers know neither Amazon's names of hosts nor its newest checksums
        "client_config": Config(
            signature_version="s3v4", s3={"addressing_style": "path"}, connect_timeout=5, read_timeout=60, retries={"max_attempts": 3},
            request_checksum_calculation="when_required", response_checksum_validation="when_required",
        ),
    }  # fmt: skip
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


LOG = os.environ.get("GEGMA_LOG", "").strip() or "text"
if LOG not in {"text", "json"}:
    raise ImproperlyConfigured("GEGMA_LOG is json or text.")
SLOW_MS = _number("GEGMA_SLOW_MS", 2000)
METRICS_TOKEN = os.environ.get("GEGMA_METRICS_TOKEN", "")
if METRICS_TOKEN and len(METRICS_TOKEN) < 24:
    raise ImproperlyConfigured("GEGMA_METRICS_TOKEN is too short: give at least 24 random characters.")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "gegma.config.logs.JsonFormatter"}, "text": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # in text a line for each request would only bury the warnings
    "loggers": {"gegma": {"level": "INFO" if LOG == "json" else "WARNING"}},
}
