"""Names that a collection's readers prefer, and the others by which the same thing is known.

`names.toml` in the collection's folder holds one list of forms a language for each thing, the
preferred one first:

    [[name]]
    en = ["East Sea", "Sea of Japan"]
    ko = ["동해", "일본해"]
    not = ["日本海軍"]

`not` lists longer words that a form begins and that are something else: where words are not set
apart, as in Chinese, nothing else tells.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from store.errors import NamesError
from store.quotations import outside_quotations
from store.storage import storage_errors

FILE = "names.toml"
# A question is searched in so many other wordings at the most: each takes as long as the first.
_VARIANTS = 3
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_HANGUL = re.compile("[가-힣]")
_PARTICLES = (
    "(?:이?라고|이?라는|이?란|이?나|으?로|에서|에게|부터|까지|처럼|보다|마다|조차"
    "|은|는|이|가|을|를|의|에|와|과|도|만|라)(?:는|도|만|의)?"
)


@dataclass(frozen=True, slots=True)
class Name:
    """One thing's forms by language (BCP 47), the preferred form first; `apart` are other words."""

    forms: Mapping[str, tuple[str, ...]]
    apart: tuple[str, ...] = ()

    def all(self) -> list[str]:
        """Every form once, in the order of the file."""
        return list(dict.fromkeys(form for forms in self.forms.values() for form in forms))


def read_names(folder: Path) -> tuple[Name, ...]:
    """The names of the collection in `folder`; none where it has no file of them.

    Raises NamesError where the file is not as described above, StorageError where it is closed.
    """
    path = folder / FILE
    try:
        with storage_errors(path, OSError):
            if not path.exists():
                return ()
            listed = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise NamesError(f"The names in {path} cannot be read ({error}). Mend the file.") from error
    if listed.keys() - {"name"} or not isinstance(listed.get("name", []), list):
        raise NamesError(f"The file {path} holds something else than [[name]] tables. Mend it.")
    return tuple(_name(entry, path) for entry in listed.get("name", []))


def variants(question: str, names: Sequence[Name]) -> list[str]:
    """The question with each name in it put in its other forms: at most a few, without itself."""
    found: dict[str, None] = {}
    for name in names:
        forms = name.all()
        others = (form for form in forms if form not in question)
        found.update((_put(question, forms, other, name.apart), None) for other in others)
    found.pop(question, None)
    return list(found)[:_VARIANTS]


def prefer(text: str, names: Sequence[Name]) -> str:
    """The text with each name in the form that readers of its language prefer.

    Quotations in it stay as they are.
    """
    return outside_quotations(text, lambda bare: _preferred(bare, names))


def unify(text: str, names: Sequence[Name]) -> str:
    """The text with every form of a name, in any language, put as the first one."""
    for name in names:
        forms = name.all()
        text = _put(text, forms, forms[0], name.apart)
    return text


def _preferred(text: str, names: Sequence[Name]) -> str:
    for name in names:
        for forms in name.forms.values():
            text = _put(text, forms, forms[0], name.apart)
    return text


def _name(entry: object, path: Path) -> Name:
    is_lists = isinstance(entry, dict) and all(isinstance(f, list) for f in entry.values())
    forms = {k: tuple(v) for k, v in entry.items()} if isinstance(entry, dict) and is_lists else {}
    apart = forms.pop("not", ())
    every = [form for some in forms.values() for form in some]
    if not every or not all(isinstance(form, str) and form.strip() for form in (*every, *apart)):
        raise NamesError(
            f'A [[name]] in {path} is no table of lists such as en = ["East Sea", "Sea of Japan"].'
            " Mend it."
        )
    return Name(forms, apart)


def _put(text: str, forms: Sequence[str], wanted: str, apart: Sequence[str]) -> str:
    """The text with each form put as the wanted one, but for the words that are set apart."""
    found = _any_of([*forms, *apart])
    return found.sub(lambda form: form[0] if form[0] in apart else wanted, text)


def _any_of(forms: Sequence[str]) -> re.Pattern[str]:
    """Finds each of the forms as a word of its own, the longest that stands there.

    A Korean name ends before a particle.
    """
    alternatives = (_bounded(form) for form in sorted(forms, key=len, reverse=True))
    return re.compile("|".join(alternatives), re.IGNORECASE)


def _bounded(form: str) -> str:
    begins = "" if _UNSPACED.match(form[0]) else r"(?<!\w)"
    if _HANGUL.match(form[0]):
        begins = r"(?<![가-힣])"
    ends = "" if _UNSPACED.match(form[-1]) else r"(?![^\W가-힣\u0e00-\u0e7f\u3040-\u9fff])"
    if _HANGUL.match(form[-1]):
        ends = rf"(?=(?:{_PARTICLES})?(?![가-힣]))"
    return begins + re.escape(form) + ends
