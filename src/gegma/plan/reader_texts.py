"""The sentences of the plan readers by code, so that they are translated: {code: English with %(parameter)s}."""

TEXTS: dict[str, str] = {}
