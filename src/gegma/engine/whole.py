"""Forms with files are taken whole or not at all: where the line broke off, the last file would be half a file."""

from __future__ import annotations

from django.core.files.uploadhandler import FileUploadHandler
from django.http.multipartparser import MultiPartParserError


class WholeForm(FileUploadHandler):
    """Stands before the handlers that keep files, and refuses a form of which less came than was announced. settings.FILE_UPLOAD_HANDLERS."""

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        """Remember what is read, and how much of it there has to be."""
        self.source, self.announced = input_data, content_length

    def receive_data_chunk(self, raw_data, start):
        """All of it goes on."""
        return raw_data

    def file_complete(self, file_size):
        """The next handler has it."""

    def upload_complete(self):
        """All was read that there was. Raises MultiPartParserError, which is answered with 400."""
        stream = getattr(self.source, "_stream", None)
        came = getattr(stream, "_pos", None)
        if came is not None and came < self.announced:
            raise MultiPartParserError(f"{came} of {self.announced} bytes came: the form was broken off.")
