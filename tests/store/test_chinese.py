import pytest

from store.chinese import written_like


@pytest.mark.parametrize(
    ("text", "sample", "expected"),
    [
        ("公社由三国联合建立。", "公社是由誰聯合建立的？", "公社由三國聯合建立。"),
        ("公社由三國聯合建立。", "公社是由谁联合建立的？", "公社由三国联合建立。"),
        ("三国", "一人", "三国"),
        ("Three 国", "Who?", "Three 国"),
        ("頭髮以後再剪。", "先剪哪裡？", "頭髮以後再剪。"),
        ("国会は学校の隣です。", "東京には何がありますか？", "国会は学校の隣です。"),
        ("他说「国」。", "他說什麼？", "他說「国」。"),
    ],
)
def test_a_text_is_written_as_its_readers_write(text: str, sample: str, expected: str) -> None:
    """In the characters of the sample, where the sample shows which those are."""
    assert written_like(text, sample) == expected
