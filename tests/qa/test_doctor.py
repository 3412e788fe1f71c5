import shutil
from pathlib import Path

from qa.doctor import examine
from qa.settings import read_settings
from store import Library


def test_missing_vectors_are_told_with_what_makes_them(tmp_path: Path) -> None:
    """The library works meanwhile; its line says what to do until that is done."""
    (tmp_path / "bank.txt").write_text("The vault holds 4,210 silver coins.", "utf-8")
    settings = read_settings(data=tmp_path / "data")
    with Library(settings.collection_folder) as library:
        library.add([tmp_path / "bank.txt"])
    shutil.rmtree(settings.collection_folder / "vectors")
    (told,) = [check for check in examine(settings) if check.name == "library"]
    assert told.ok
    assert "qa add" in told.message
    with Library(settings.collection_folder) as library:
        library.complete()
    (told,) = [check for check in examine(settings) if check.name == "library"]
    assert "qa add" not in told.message
