"""Where files are kept, without an address: whoever wants one asks a page, which checks that they may have it.

bucket.py has the same for S3-compatible storage; it is apart because what it imports is slow to start.
"""

from django.core.files.storage import FileSystemStorage


class WithoutAddress:
    """A storage that never says where its files are."""

    def url(self, name, *args, **kwargs):
        """Refuse."""
        raise ValueError("Files have no address of their own: link to the page that checks who may have them.")


class PrivateFolder(WithoutAddress, FileSystemStorage):
    """A folder that only this program reads."""
