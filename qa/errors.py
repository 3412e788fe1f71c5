"""How answering can fail. The root of the tree, and its drawing, are in store.errors."""

from store import OwngroundError


class QuestionError(OwngroundError):
    """The question cannot be asked as it is: empty, or longer than the limit."""


class SettingsError(OwngroundError):
    """A setting is unknown or out of range."""


class EngineError(OwngroundError):
    """The engine that was asked for cannot answer, or stopped in the middle."""


class WeightsError(OwngroundError):
    """Model weights cannot be found, fetched or verified."""


class DossierError(OwngroundError):
    """A dossier cannot be written or read."""


class ReceiptError(OwngroundError):
    """What was removed cannot be written down."""


class PortError(OwngroundError):
    """A server cannot listen at the host and port it was given."""


class RequestError(OwngroundError):
    """A program's request cannot be answered as it is; the rest is as OpenAI's errors have it."""

    def __init__(
        self, message: str, *, param: str | None = None, code: str | None = None, status: int = 400
    ) -> None:
        super().__init__(message)
        self.param = param
        self.code = code
        self.status = status
