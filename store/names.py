"""Names that a collection's readers prefer, and the others by which the same thing is known.

`names.toml` in the collection's folder holds one list of forms a language for each thing, the
preferred one first:

    [[name]]
    en = ["East Sea", "Sea of Japan"]
    ko = ["동해", "일본해"]
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from store.errors import NamesError

FILE = "names.toml"
# A question is searched in so many other wordings at the most: each takes as long as the first.
_VARIANTS = 3
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff]")
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|「[^」]*」|『[^』]*』|‘[^’]*’|«[^»]*»|《[^》]*》")


@dataclass(frozen=True, slots=True)
class Name:
    """One thing's forms by language (BCP 47), the preferred form first."""

    forms: Mapping[str, tuple[str, ...]]

    def all(self) -> list[str]:
        """Every form once, in the order of the file."""
        return list(dict.fromkeys(form for forms in self.forms.values() for form in forms))


def read_names(folder: Path) -> tuple[Name, ...]:
    """The names of the collection in `folder`; none where it has no file of them.

    Raises NamesError where the file is not as described above.
    """
    path = folder / FILE
    try:
        listed = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        raise NamesError(f"The names in {path} cannot be read ({error}). Mend the file.") from error
    if listed.keys() - {"name"} or not isinstance(listed.get("name", []), list):
        raise NamesError(f"The file {path} holds something else than [[name]] tables. Mend it.")
    return tuple(_name(entry, path) for entry in listed.get("name", []))


def variants(question: str, names: Sequence[Name]) -> list[str]:
    """The question with each name in it put in its other forms: at most a few, without itself."""
    found: dict[str, None] = {}
    for name in names:
        forms = name.all()
        for held in (form for form in _longest_first(forms) if _pattern(form).search(question)):
            others = (form for form in forms if form not in question)
            found.update((_replaced(question, held, other), None) for other in others)
            break
    return list(found)[:_VARIANTS]


def prefer(text: str, names: Sequence[Name]) -> str:
    """The text with each name in the form that readers of its language prefer.

    Quotations in it stay as they are.
    """
    wanted = [forms for name in names for forms in name.forms.values()]
    parts: list[str] = []
    end = 0
    for quoted in [*_QUOTED.finditer(text), None]:
        bare = text[end : quoted.start() if quoted else len(text)]
        for preferred, *others in wanted:
            for other in _longest_first(others):
                bare = _replaced(bare, other, preferred)
        parts += [bare, quoted[0] if quoted else ""]
        end = quoted.end() if quoted else len(text)
    return "".join(parts)


def unify(text: str, names: Sequence[Name]) -> str:
    """The text with every form of a name, in any language, put as the first one."""
    for name in names:
        first, *others = name.all()
        for other in _longest_first(others):
            text = _replaced(text, other, first)
    return text


def _name(entry: object, path: Path) -> Name:
    is_lists = isinstance(entry, dict) and all(isinstance(f, list) for f in entry.values())
    forms = {k: tuple(v) for k, v in entry.items()} if isinstance(entry, dict) and is_lists else {}
    every = [form for some in forms.values() for form in some]
    if not every or not all(isinstance(form, str) and form.strip() for form in every):
        raise NamesError(
            f'A [[name]] in {path} is no table of lists such as en = ["East Sea", "Sea of Japan"].'
            " Mend it."
        )
    return Name(forms)


def _longest_first(forms: Sequence[str]) -> list[str]:
    return sorted(forms, key=len, reverse=True)


def _replaced(text: str, held: str, other: str) -> str:
    return _pattern(held).sub(lambda _: other, text)


def _pattern(form: str) -> re.Pattern[str]:
    """Finds the form: as whole words where words are set apart, anywhere where they are not."""
    begins = "" if _UNSPACED.match(form[0]) else r"(?<!\w)"
    ends = "" if _UNSPACED.match(form[-1]) else r"(?![^\W\u0e00-\u0e7f\u3040-\ud7a3])"
    return re.compile(begins + re.escape(form) + ends, re.IGNORECASE)
