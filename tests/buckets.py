"""A server that speaks S3 on this machine, for the tests of files that are kept in a bucket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

NAME = "gegma"


@dataclass(frozen=True)
class Bucket:
    """The server, what speaks to it past the application, and the settings that name it."""

    server: Any
    client: Any
    env: dict[str, str]

    def names(self) -> list[str]:
        """The names of all that lies in it."""
        return sorted(one["Key"] for one in self.client.list_objects_v2(Bucket=NAME).get("Contents", []))

    def put(self, key: str, data: bytes) -> None:
        """Put something there past the application."""
        self.client.put_object(Bucket=NAME, Key=key, Body=data)

    def take_away(self, key: str) -> None:
        """Remove something past the application."""
        self.client.delete_object(Bucket=NAME, Key=key)


@contextmanager
def serving() -> Iterator[Bucket]:
    """An empty bucket as long as it lasts."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        address = f"http://{host}:{port}"
        client = boto3.client("s3", endpoint_url=address, aws_access_key_id="key", aws_secret_access_key="secret", region_name="us-east-1")
        for one in client.list_buckets()["Buckets"]:  # servers of one process share what they hold
            for kept in client.list_objects_v2(Bucket=one["Name"]).get("Contents", []):
                client.delete_object(Bucket=one["Name"], Key=kept["Key"])
            client.delete_bucket(Bucket=one["Name"])
        client.create_bucket(Bucket=NAME)
        yield Bucket(server, client, {f"GEGMA_S3_{k}": v for k, v in {"BUCKET": NAME, "ENDPOINT": address, "KEY": "key", "SECRET": "secret"}.items()})
    finally:
        server.stop()
