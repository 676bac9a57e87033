"""Where files are kept when there is more than one machine: a bucket in S3-compatible storage."""

from botocore.config import Config
from storages.backends.s3 import S3Storage

from .storage import WithoutAddress


class PrivateBucket(WithoutAddress, S3Storage):
    """A bucket that only this program reads; presigned addresses are never made.

    Not every S3-compatible storage knows the checksums that are usual at Amazon; we have our own SHA-256.
    """

    def get_default_settings(self):
        """Ask for checksums only where they are required."""
        only = {"request_checksum_calculation": "when_required", "response_checksum_validation": "when_required"}
        config = Config(signature_version="s3v4", connect_timeout=10, read_timeout=60, **only)
        return {**super().get_default_settings(), "client_config": config}
