"""`qa serve`: programs are answered by OpenAI's interface."""

from argparse import Namespace

from qa.options import settings_of, with_documents
from qa.output import DONE, say
from qa.progress import engine_lines


def serve(options: Namespace) -> int:
    """Answer programs over HTTP; the engine arrives while it is used."""
    from qa.api import api
    from qa.server import listen, serve

    settings = settings_of(options)
    listening = listen(options.host, options.port)
    with with_documents(settings) as assistant:

        def ready(address: str) -> None:
            say(f"Programs are answered at {address}v1 (Ctrl-C ends it).")
            say("Until a model is ready, answers are quotations.")
            assistant.prepare_in_background(engine_lines(say))

        serve(api(assistant, options.host), listening, ready)
    say("The endpoint is closed.")
    return DONE
