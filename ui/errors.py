"""How opening the chat can fail. The root of the tree is store.errors."""

from qa import OwngroundError


class PortError(OwngroundError):
    """The chat cannot listen at the host and port it was given."""
