from qa.conversation import Asked, languages
from qa.courtesies import words


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
