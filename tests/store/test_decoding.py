"""Text in whatever encoding it was written, short and long."""

import pytest

from store.decoding import decode
from store.errors import DocumentError

KOREAN = (
    "휴가는 15일이다.",
    "ID,이름,부서\n1,김민수,총무과\n2,이영희,재무과\n",
    "연차 휴가는 1년에 15일이며, 사용하지 않은 휴가는 다음 해로 넘어가지 않는다.",
)
TRADITIONAL = (
    "特休十五天。",
    "編號,姓名,部門\n1,陳小明,總務處\n",
    "員工每年有十五天特別休假，未休完的假期不得遞延至次年度使用。",
)
SIMPLIFIED = (
    "年假十五天。",
    "图书馆每周一闭馆，周末开放时间为九点至五点。",
    "员工每年有十五天年假，未休完的假期不得延至下一年度使用。",
)
JAPANESE = (
    "休暇は15日です。",
    "番号、氏名、部署は次のとおりです。",
    "従業員には年に十五日の有給休暇があり、残りは翌年に繰り越せません。",
)
RUSSIAN = ("Отпуск 28 дней.", "Сотрудники имеют право на отпуск в 28 дней.")
MONGOLIAN = (
    "Амралт 15 хоног.",
    "Мал тэжээх зээлийн дээд хэмжээ 15 сая төгрөг, хүү нь сарын 1.3 хувь байна.",
)
FRENCH = ("Les employés ont droit à vingt-cinq jours.", "Le café est fermé à midi.")
ENGLISH = ("Staff get 15 days’ leave.", "The café’s owner said “no” – £15 a day.")
POLISH = ("Urlop wynosi piętnaście dni w roku.", "Żółta łódź płynie po jeziorze.")
ENCODINGS = (
    (KOREAN, ("cp949", "euc_kr", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")),
    (TRADITIONAL, ("big5", "cp950", "gb18030", "utf-32", "utf-16-le", "utf-16-be")),
    (SIMPLIFIED, ("gb18030", "gbk", "gb2312", "utf-16-le", "utf-16-be")),
    (JAPANESE, ("shift_jis", "cp932", "euc_jp", "utf-16-le")),
    (RUSSIAN, ("cp1251", "koi8_r", "cp866", "utf-16-le", "utf-16-be")),
    (MONGOLIAN, ("utf-8", "utf-16-le", "utf-16-be")),
    (FRENCH, ("cp1252", "utf-16-le")),
    (ENGLISH, ("cp1252", "utf-16-le", "utf-16-be")),
    (POLISH, ("cp1250",)),
)
CASES = [(texts, encoding) for texts, encodings in ENCODINGS for encoding in encodings]


@pytest.mark.parametrize(("texts", "encoding"), CASES)
def test_short_and_long_texts(texts: tuple[str, ...], encoding: str) -> None:
    """A sentence is enough to tell, and a long text is told alike."""
    for text in (*texts, "\n".join(texts), "\n".join(texts) * 2000):
        assert decode(text.encode(encoding)) == text


def test_mongolian_in_the_cyrillic_code_page() -> None:
    """It has no ө and ү: they are written with the letters that look like them."""
    text = "Мал тэжээх зээлийн дээд хэмжээ 15 сая тєгрєг, хїї нь сарын 1.3 хувь байна."
    assert decode(text.encode("cp1251")) == text


def test_damaged_bytes_do_not_change_the_encoding() -> None:
    """A character cut in two, or a byte that is none, is one lost character, not a wrong text."""
    text = "연차 휴가는 1년에 15일이다. " * 20
    assert decode(text.encode()[:-2]).startswith(text[:-2])
    assert decode(text.encode() + b"\xff" + text.encode()) == f"{text}\ufffd{text}"
    assert decode(text.encode("cp949")[:-3]).startswith(text[:-3])
    assert decode(b"\xff\xfe" + text.encode("utf-16-le") + b"\x00").startswith(text)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"abc\0def", "binary"),
        (b"The hall\0 opens at nine.", "binary"),
        ("휴가는\0 15일이다. ".encode() * 9, "binary"),
        ("휴가는\0 15일이다. ".encode("cp949") * 9, "binary"),
        (bytes(range(256)) * 40, "binary"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(255, 0, -1)) * 9, "binary"),
        (bytes(range(1, 32)) * 50, "encoding"),
        (bytes(range(128, 256)) * 9 + bytes(range(1, 32)) * 9, "encoding"),
    ],
)
def test_what_is_no_text(data: bytes, reason: str) -> None:
    """Binary data is refused, and told what to do."""
    with pytest.raises(DocumentError, match=rf"{reason}.*: save it as text in UTF-8\.$"):
        decode(data)


@pytest.mark.parametrize("name", ["", "x-unknown", "idna", "punycode", "unicode_escape", "rot13"])
def test_declared_encodings_that_are_none(name: str) -> None:
    """What is declared decides only where it is an encoding of texts."""
    text = "Le café est fermé à midi. \\u0041"
    assert decode(text.encode("cp1252"), name) == text
    assert decode("뷁 휴가".encode("cp949"), "ks_c_5601-1987") == "뷁 휴가"
