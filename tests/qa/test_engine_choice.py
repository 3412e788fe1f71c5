from qa.engines import with_place


def test_an_engine_on_another_machine_is_told_as_such() -> None:
    """Before the first question: the page and the command show an engine's reason."""
    assert with_place("as asked", "http://127.0.0.1:11434") == "as asked"
    told = with_place("as asked", "http://192.0.2.7:11434")
    assert told == (
        "as asked; questions and their evidence leave this machine for http://192.0.2.7:11434"
    )
