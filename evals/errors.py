"""The branch of the error tree that evaluation adds."""

from qa import OwngroundError


class PackError(OwngroundError):
    """A question pack cannot be used, or its results cannot be written."""
