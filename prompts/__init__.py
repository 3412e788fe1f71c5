"""How we ask: templates in files beside this one, each with an identity."""

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

__all__ = ["REFUSAL", "Prompt", "PromptError", "load"]

# What a model is asked to write, alone, when the evidence does not answer the question.
REFUSAL = "NOT IN THE DOCUMENTS"

_PLACE = re.compile(r"\{\{(\w+)\}\}")
_PART = re.compile(r"^## (system|user)\n", re.MULTILINE)


class PromptError(ValueError):
    """A template is malformed, or was given other values than it names."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A template of a system part, the same for every question, and a user part.

    `id` is its name with the first digits of the SHA-256 of its text: equal ids, equal wording.
    """

    id: str
    system: str
    user: str

    def render(self, **values: str) -> tuple[str, str]:
        """The system and the user text, every `{{place}}` filled.

        Values are put in as they are: braces inside them are never places. Raises PromptError
        unless the values are exactly those that the template names.
        """
        places = set(_PLACE.findall(self.system + self.user))
        if places != values.keys():
            raise PromptError(f"{self.id} takes {sorted(places)}, not {sorted(values)}")
        system, user = (
            _PLACE.sub(lambda place: values[place[1]], part) for part in (self.system, self.user)
        )
        return system, user


@cache
def load(name: str) -> Prompt:
    """The template in `prompts/{name}.md`: a part under `## system`, then one under `## user`.

    Raises PromptError when there is none of that name, or its parts are others.
    """
    file = resources.files("prompts").joinpath(f"{name}.md")
    if not file.is_file():
        raise PromptError(f"prompts/{name}.md does not exist")
    text = file.read_text(encoding="utf-8")
    start, *parts = _PART.split(text)
    if start.strip() or parts[::2] != ["system", "user"]:
        raise PromptError(
            f"prompts/{name}.md needs “## system”, then “## user”, and nothing before"
        )
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return Prompt(f"{name}@{digest}", parts[1].strip(), parts[3].strip())
