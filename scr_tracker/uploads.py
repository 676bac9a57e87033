"""Takes files in from browsers: nothing is left behind if we are stopped, and no file fills the disk."""

import tempfile

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class NamelessFileUploadHandler(FileUploadHandler):
    """Keeps an upload in a file without a name, which the machine clears away even after kill -9.

    Of a file that is too large no more is kept than shows that it is; its ``size`` is that of the whole.
    """

    def new_file(self, *args, **kwargs):
        """Begin a file."""
        super().new_file(*args, **kwargs)
        file = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115 (the request closes it)
        self.file = UploadedFile(file, self.file_name, self.content_type, 0, self.charset, self.content_type_extra)

    def receive_data_chunk(self, raw_data, start):
        """Keep a piece, while there is room."""
        if start <= settings.EVIDENCE_MAX_BYTES:
            self.file.write(raw_data)

    def file_complete(self, file_size):
        """Return the file, ready to be read."""
        self.file.seek(0)
        self.file.size = file_size
        return self.file

    def upload_interrupted(self):
        """Let go of a file that does not come to its end."""
        if hasattr(self, "file"):
            self.file.close()
