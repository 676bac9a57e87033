"""Where files are kept: on this machine or in S3-compatible storage, in both cases without an address.

Whoever wants a file asks one of our pages, which checks that they may have it.
"""

from django.core.files.storage import FileSystemStorage
from storages.backends.s3 import S3Storage


class WithoutAddress:
    """A storage that never says where its files are."""

    def url(self, name, *args, **kwargs):
        """Refuse."""
        raise ValueError("Files have no address of their own: link to the page that checks who may have them.")


class PrivateFolder(WithoutAddress, FileSystemStorage):
    """A folder that only this program reads."""


class PrivateBucket(WithoutAddress, S3Storage):
    """A bucket in S3-compatible storage; presigned addresses are never made."""
