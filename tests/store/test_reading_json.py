"""Data in JSON, and notebooks."""

import json
from pathlib import Path

import pytest

from store.errors import DocumentError
from tests.store.written import read


def test_records(tmp_path: Path) -> None:
    """A record is a line that tells its fields, where it stands and whose it is."""
    data = {
        "office": "총무과",
        "address": {"city": "서울", "floor": 6, "fax": None},
        "staff": [
            {"name": "陳小明", "days": 15, "paid": True, "tags": ["a", "b"]},
            {"name": "Бат", "leave": [{"from": "2026-03-02"}, {"from": "2026-05-01"}]},
        ],
        "grid": [[1, 2], [3, 4.5]],
    }
    document = read(tmp_path, "a.json", json.dumps(data))
    assert document.title == "a"
    assert document.text == (
        "| office: 총무과; address.city: 서울; address.floor: 6\n"
        "| office: 총무과; staff: name: 陳小明; days: 15; paid: true; tags: a, b\n"
        "| office: 총무과; staff: name: Бат\n"
        "| office: 총무과; staff; name: Бат; leave: from: 2026-03-02\n"
        "| office: 총무과; staff; name: Бат; leave: from: 2026-05-01\n"
        "| office: 총무과; grid: 1, 2\n| office: 총무과; grid: 3, 4.5"
    )


def test_lines(tmp_path: Path) -> None:
    """A value a line, also where a string holds what other languages take for a line's end."""
    text = '{"name": "Kim\u2028Lee", "days": 15}\n\n"Nine to six."\n[1, 2]\n'
    document = read(tmp_path, "a.jsonl", text)
    assert document.text == "| name: Kim Lee; days: 15\n| Nine to six.\n| 1, 2"


def test_long_texts(tmp_path: Path) -> None:
    """A long text is a paragraph, so that its sentences are evidence one by one."""
    body = " ".join(f"This is sentence number {number} of the body." for number in range(20))
    text = read(tmp_path, "a.json", json.dumps({"id": 7, "body": body, "by": "Kim"})).text
    assert text == f"id: 7; body: {body}\n\n| id: 7; by: Kim"


def test_what_is_no_json(tmp_path: Path) -> None:
    """The line at fault is told; data in data without end is refused."""
    with pytest.raises(DocumentError, match="Line 3 is no JSON"):
        read(tmp_path, "a.json", '{\n"a": 1,\nb\n}')
    with pytest.raises(DocumentError, match="Line 2 is no JSON"):
        read(tmp_path, "a.jsonl", '{"a": 1}\n{"a": \n')
    with pytest.raises(DocumentError, match="nested too deep"):
        read(tmp_path, "c.json", "[" * 100_000)


def test_surrogates(tmp_path: Path) -> None:
    """Half a character is none; two halves that JSON writes apart are one."""
    assert read(tmp_path, "a.json", r'["\ud83d\ude00 x \ud83d"]').text == "| 😀 x \ufffd"


def test_notebook(tmp_path: Path) -> None:
    """Texts as they are, code and what it printed in fences; the first heading is the title."""
    notebook = {
        "cells": [
            {"cell_type": "markdown", "source": ["# 휴가 통계\n", "\n", "연차는 15일이다."]},
            {
                "cell_type": "code",
                "source": "print(days.mean())",
                "outputs": [
                    {"output_type": "stream", "text": ["12.5\n"]},
                    {"output_type": "execute_result", "data": {"text/plain": "15"}},
                    {"output_type": "display_data", "data": {"image/png": "iVBORw0K"}},
                ],
            },
            {"cell_type": "raw", "source": "The end."},
        ]
    }
    document = read(tmp_path, "a.ipynb", json.dumps(notebook))
    assert document.title == "휴가 통계"
    assert document.text == (
        "# 휴가 통계\n\n연차는 15일이다.\n\n```\nprint(days.mean())\n```\n\n```\n12.5\n```\n\n"
        "```\n15\n```\n\n\nThe end."
    )
