import pytest

from qa.conversation import Asked, languages
from qa.courtesies import reply, words
from qa.engines import Engine, quotes
from qa.settings import read_settings
from qa.status import Reason


def test_every_language_replies_to_all_that_it_knows() -> None:
    """Each reply is there and takes the values it is given; where questions go is told truly."""
    for language, known in languages().items():
        for name in ("hello", "thanks", "talk", "about"):
            assert known[name]
            assert words(Asked("", "talk", language, name), [], None)
        about = Asked("", "about", language, "about")
        here = words(about, ["a.txt", "b.txt"], None)
        elsewhere = words(about, [f"{n}.txt" for n in range(9)], "http://10.0.0.9:11434")
        assert "2 (a.txt, b.txt)" in here
        assert "9 (0.txt, 1.txt, 2.txt, 3.txt, 4.txt, …)" in elsewhere
        assert "http://10.0.0.9:11434" in elsewhere
        assert known["reply"]["here"] not in elsewhere


@pytest.mark.parametrize(
    ("engine", "goes"),
    [
        (Engine("ollama", "m", Reason("asked")), True),
        (Engine("builtin", "m", Reason("no_ollama")), False),
        (quotes(Reason("not_ready")), True),
    ],
)
def test_questions_go_where_the_engine_in_use_is(engine: Engine, goes: bool) -> None:
    """That another machine is set says nothing once the engine of this one answers."""
    settings = read_settings(ollama_host="http://192.0.2.7:11434", engine="auto")
    asked = Asked("Who are you?", "about", "en", "about")
    told = reply(asked, engine, settings, [], 0.0).answer
    assert ("192.0.2.7" in told) is goes
