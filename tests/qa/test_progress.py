from qa.progress import adding_lines, download_lines, embedded, embedding_lines, engine_lines
from qa.status import EngineStatus, Reason, Step
from store import EmbeddingProgress, Progress


def test_a_download_is_told_at_every_twentieth() -> None:
    """However often it is told, and whatever part of it is on its way."""
    said: list[str] = []
    listen = download_lines(said.append)
    for done in range(0, 1001, 5):
        listen(done, 1000, f"part {done // 300}")
    assert len(said) == 21
    assert said[0] == "part 0: 0 %"
    assert said[-1] == "part 3: 100 %"


def test_work_without_a_known_end_is_told_once() -> None:
    """Its name is all there is to say."""
    said: list[str] = []
    listen = download_lines(said.append)
    for what in ("asking", "asking", "waiting"):
        listen(0, 0, what)
    assert said == ["asking", "waiting"]


def test_the_engine_that_was_taken_is_told_with_its_reason() -> None:
    """One line, after how far a download was; that one is looked for is not worth a line."""
    said: list[str] = []
    listen = engine_lines(said.append)
    listen(EngineStatus("quotes", None, Reason("looking"), preparing=True))
    fetching = Reason("fetching", "m", step=Step("package", 2, 6))
    listen(EngineStatus("quotes", None, fetching, preparing=True, done=50, total=100))
    listen(EngineStatus("builtin", "m", Reason("asked")))
    listen(EngineStatus("quotes", None, Reason("asked")))
    assert said == [
        "m: downloading package 2 of 6: 50 %",
        "Engine: builtin, m (as asked).",
        "Engine: quotes (as asked).",
    ]


def test_adding_is_told_at_every_twenty_fifth_file() -> None:
    """A few files are not worth a line."""
    said: list[str] = []
    listen = adding_lines(said.append)
    for done in range(60):
        listen(Progress(f"{done}.txt", done, 60))
    assert said == ["25 of 60 files are read.", "50 of 60 files are read."]


def test_embedding_is_told_every_ten_seconds() -> None:
    """With what is left, where a pace is known; what is soon done needs no line."""
    said: list[str] = []
    times = iter(range(1000))
    listen = embedding_lines(said.append, lambda: next(times))
    for done in range(0, 1001, 40):
        listen(EmbeddingProgress(done, 1000, 500 - done / 2))
    assert said == [
        "Embedded: 360 of 1,000 sentences, about 5 min left.",
        "Embedded: 760 of 1,000 sentences, about 2 min left.",
    ]
    assert embedded(EmbeddingProgress(10, 1000)) == "10 of 1,000 sentences"
