"""What can go wrong when a document is imported, in words for the person who imports it."""


class CannotImport(Exception):
    """An import that cannot go on; its text is one sentence that says why and what to do."""


class UnreadableFile(CannotImport):
    """A file that cannot be read as a document at all."""


class NoPlanFound(CannotImport):
    """A document that can be read but holds no plan that could be recognised."""
