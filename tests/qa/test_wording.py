import pytest

from qa.wording import unified, without_verdict, worded
from store import Evidence, Name

SEA = Name({"en": ("East Sea", "Sea of Japan"), "ko": ("동해", "일본해")})


def test_a_model_writes_as_its_reader_does() -> None:
    """In the question's characters, with the names that the collection prefers."""
    assert worded("三国联合建立公社。", "公社是由誰聯合建立的？", ()) == "三國聯合建立公社。"
    assert worded("The Sea of Japan is deep.", "Is it deep?", (SEA,)) == "The East Sea is deep."


def test_evidence_is_compared_under_one_name() -> None:
    """What a document calls otherwise is still what it says."""
    text = "The Sea of Japan is deep."
    found = Evidence("d", "d.txt", "", "", None, text, 0, 25, "", "", 1.0, 0.9, 1.0)
    assert unified(found, (SEA,)).text == "The East Sea is deep."
    assert unified(found, ()) is found


@pytest.mark.parametrize(
    ("sentence", "rest"),
    [
        ("Yes, the counter is open.", "The counter is open."),
        ("No; it is closed.", "It is closed."),
        ("네, 창구는 엽니다.", "창구는 엽니다."),
        ("不，櫃臺不開放。", "櫃臺不開放。"),
        ("いいえ、窓口は開いていません。", "窓口は開いていません。"),
        ("No. 5 ward opened in 1998.", "No. 5 ward opened in 1998."),
        ("Nobody signs it, not even the doctor.", "Nobody signs it, not even the doctor."),
        ("예: 여권과 사진", "예: 여권과 사진"),
    ],
)
def test_a_yes_or_no_in_front_is_taken_off(sentence: str, rest: str) -> None:
    """Where it is one: an abbreviation and an example begin alike."""
    assert without_verdict(sentence) == rest
