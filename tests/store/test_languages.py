import pytest

from store.languages import text_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Who keeps the keys of the archive at night?", "en"),
        ("Wer bewahrt nachts die Schlüssel des Archivs auf?", "de"),
        ("Arşivin anahtarlarını geceleri kim saklıyor?", "tr"),
        ("¿Quién guarda por la noche las llaves del archivo?", "es"),
        ("Кто хранит ночью ключи от архива?", "ru"),
        ("Архивын түлхүүрийг шөнө хэн хадгалдаг вэ?", "mn"),
        ("من يحتفظ بمفاتيح الأرشيف ليلا؟", "ar"),
        ("Ποιος κρατά τα κλειδιά του αρχείου τη νύχτα;", "el"),
        ("밤에는 누가 문서고 열쇠를 맡습니까?", "ko"),
        ("晚上誰保管檔案室的鑰匙？", "zh"),
        ("12", "en"),
        ("", "en"),
    ],
)
def test_language_of_a_question(text: str, language: str) -> None:
    """The script tells it, and where languages share one, the words."""
    assert text_language(text) == language
