"""The chat in the browser."""

from collections.abc import Callable, Sequence

from qa import Assistant

__all__ = ["launch"]


def launch(
    assistant: Assistant,
    host: str,
    port: int,
    preview_note: str = "",
    *,
    examples: Sequence[str] = (),
    ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve the chat until Ctrl-C, and call `ready` with its address once the page answers.

    `examples` are questions offered before the first is asked; `preview_note` is a sentence shown
    at the top. The assistant stays open. Raises PortError when the port cannot be had.
    """
    from qa.server import listen, serve

    # The port first: what cannot be opened should be told before seconds are spent on the rest.
    listening = listen(host, port)
    from ui.app import chat_app

    with chat_app(assistant, host, examples, preview_note) as app:
        serve(app, listening, ready)
