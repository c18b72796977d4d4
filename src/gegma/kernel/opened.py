"""What the limited child finds out of documents that are only looked at, not read: see gegma.kernel.sandbox."""

from __future__ import annotations

MEMBERS_MAX = 200


def pdf(payload: dict) -> bool:
    """{"path"} → whether the PDF opens without a password."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(payload["path"])
        return len(document) > 0
    except pypdfium2.PdfiumError:
        return False


def letter(payload: dict) -> list[str]:
    """{"path"} → the names of the files in an e-mail, those of forwarded e-mails too. Raises Refused where there are too many."""
    import email
    import email.policy
    from pathlib import Path

    from .sandbox import Refused

    message = email.message_from_bytes(Path(payload["path"]).read_bytes(), policy=email.policy.default)
    names = [name for part in message.walk() if (name := part.get_filename())]
    if len(names) > MEMBERS_MAX:
        raise Refused("zip_members", f"The e-mail holds {len(names)} files.", n=len(names))
    return names
