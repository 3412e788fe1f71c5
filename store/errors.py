"""The root of the project's one error tree, and the branch of the library.

OwngroundError
├── StoreError
│   ├── DocumentError          a file cannot be read; the others go on
│   ├── LibraryInUseError      another process holds the data folder
│   ├── EmbeddingMismatchError the collection was made with another embedding model
│   ├── DocumentNotFoundError  no document has that id
│   ├── NamesError             the collection's list of names is malformed
│   └── StorageError           the disk or the data folder refuses
├── QuestionError, SettingsError, EngineError, WeightsError, DossierError,
│   ReceiptError, PortError, RequestError                   (qa.errors)
└── PackError                                                (evals.errors)
"""


class OwngroundError(Exception):
    """Anything that goes wrong in a way the user can mend: the message says how."""


class StoreError(OwngroundError):
    """The library cannot do what was asked."""


class DocumentError(StoreError):
    """One file cannot be read. The message is the reason, fit for a list of failures."""


class LibraryInUseError(StoreError):
    """Another process has the data folder open."""


class EmbeddingMismatchError(StoreError):
    """The collection's vectors were made by another embedding model."""


class DocumentNotFoundError(StoreError):
    """No document of the library has the given id."""


class NamesError(StoreError):
    """The collection's list of preferred names cannot be read."""


class StorageError(StoreError):
    """The data folder cannot be read or written: no space, no permission, damaged."""
