from pathlib import Path

import pytest

from store.errors import NamesError
from store.names import Name, prefer, read_names, unify, variants

SEA = Name({"en": ("East Sea", "Sea of Japan"), "ko": ("동해", "일본해")})
RIVER = Name({"en": ("Orkhon", "Orhon"), "mn": ("Орхон",)})


def test_names_are_read_from_the_collections_folder(tmp_path: Path) -> None:
    """One list of forms a language; a collection without the file has none."""
    assert read_names(tmp_path) == ()
    (tmp_path / "names.toml").write_text('[[name]]\nen = ["East Sea", "Sea of Japan"]\n', "utf-8")
    (name,) = read_names(tmp_path)
    assert name.all() == ["East Sea", "Sea of Japan"]


@pytest.mark.parametrize(
    "text",
    [
        "name = 3",
        "[[name]]\nen = 3",
        '[[name]]\nen = [""]',
        "[[name]]",
        "[[name]]\nnot = ['x']",
        "other = 1",
        "[[",
    ],
)
def test_a_file_of_names_that_is_none_is_told(tmp_path: Path, text: str) -> None:
    """One sentence that names the file."""
    (tmp_path / "names.toml").write_text(text, "utf-8")
    with pytest.raises(NamesError, match=r"names\.toml"):
        read_names(tmp_path)


def test_a_question_is_also_asked_by_the_other_names() -> None:
    """In any of the languages, with particles joined to a name or not."""
    assert variants("How deep is the Sea of Japan?", [SEA, RIVER]) == [
        "How deep is the East Sea?",
        "How deep is the 동해?",
        "How deep is the 일본해?",
    ]
    assert "East Sea는 어떻게 적나요?" in variants("동해는 어떻게 적나요?", [SEA])
    assert variants("How deep is the lake?", [SEA, RIVER]) == []


def test_only_whole_words_are_names() -> None:
    """A name inside another word is not that name; a particle joined to it makes it no other."""
    assert prefer("일본해군이 쓰시마에서 이겼다.", [SEA]) == "일본해군이 쓰시마에서 이겼다."
    assert prefer("일본해에서는 깊다. 일본해라고 한다.", [SEA]) == "동해에서는 깊다. 동해라고 한다."
    assert (
        unify("A sea, the East Sea.", [Name({"en": ("East Sea", "Sea")})])
        == "A East Sea, the East Sea."
    )
    assert variants("Are there Orhontes?", [RIVER]) == []


def test_a_sentence_gets_the_preferred_name_outside_quotations() -> None:
    """What is quoted stays as its author wrote it."""
    said = "The Sea of Japan is deep; the model wrote “Sea of Japan”."
    assert prefer(said, [SEA]) == "The East Sea is deep; the model wrote “Sea of Japan”."
    assert prefer("일본해의 깊이", [SEA]) == "동해의 깊이"


def test_texts_that_call_a_thing_differently_become_comparable() -> None:
    """Every form is put as the first one."""
    assert unify("일본해 (Sea of Japan)", [SEA]) == "East Sea (East Sea)"
