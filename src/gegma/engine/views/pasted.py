"""A list that a person pastes or uploads, as text: one cell to the next by a tab or a comma, one row to a line."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from gegma.kernel import sheet
from gegma.kernel.sandbox import Refused

UPLOAD_MAX = 5 * 1024 * 1024


def list_text(request: HttpRequest, most: int, whole: bool = False) -> tuple[str, str]:
    """The text under «text» or in the file «file» (xlsx, csv), and what is wrong with it, or nothing.

    most: characters at the most. whole: with the empty columns before the first filled one, so that each cell stands under its letter.
    """
    upload = request.FILES.get("file")
    if upload is None:
        text = request.POST.get("text", "").replace("\0", "")
        if not text.strip():
            return "", _("Paste the rows, or choose a file.")
        return (text, "") if len(text) <= most else ("", _("The list is too long: take it in parts."))
    if upload.size > UPLOAD_MAX:
        return "", _("The file is larger than %(limit)s MB: take only the sheet with the list.") % {"limit": UPLOAD_MAX // 1024 // 1024}
    content = upload.read()
    try:
        if content[:2] == b"PK":
            return sheet.joined(sheet.rows_of(content, whole)), ""
        return sheet.decoded(content).replace("\0", ""), ""
    except Refused as refused:
        return "", _("The file cannot be read: %(why)s") % {"why": refused.message}
    except UnicodeDecodeError:
        return "", _("The file is not in UTF-8: in Excel, save it as «CSV UTF-8» or paste the rows.")
