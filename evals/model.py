"""The models that answer, without the assistant around them: for what is measured beside it."""

from threading import Event

from evals.errors import PackError
from qa import Settings
from qa.engines import Engine, choose


def load_engine(settings: Settings) -> Engine:
    """The engine of the settings with a model that is in memory, outside of any assistant."""

    def warm(engine: Engine) -> None:
        if engine.llm is not None:
            with engine.errors():
                engine.llm.complete("warming up", max_tokens=1)

    engine = choose(settings, lambda *_: None, Event(), warm)
    if engine.llm is None:
        raise PackError(f"This needs a model, and there is none: {engine.reason}.")
    return engine
