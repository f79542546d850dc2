"""config.example.toml, from the settings themselves."""

import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from typing import TYPE_CHECKING, get_type_hints

from liqbot.config.annotation import allowed, family_in, meaning
from liqbot.config.family import Enabled, Family
from liqbot.config.shape import Config
from liqbot.config.toml import dotted, written

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_HEAD = """\
# The settings of liqbot and their defaults, as printed by `liqbot example-config`.
# Keep in your config.toml what you change; every section and key may be left out.
"""


def example() -> str:
    """Return config.example.toml: every setting with its meaning, bounds and default."""
    return _HEAD + "".join(tables(Config(), ""))


def tables(settings: "DataclassInstance", where: str, about: str = "") -> Iterator[str]:
    """Yield the lines of the table called `where`, then those of the tables inside it."""
    hints = get_type_hints(type(settings), include_extras=True)
    inner = [name for name in hints if is_dataclass(hints[name]) or family_in(hints[name])]
    plain = [name for name in hints if name not in inner]
    if where:
        yield f"\n# {_sentence(about or settings.__doc__ or '')}\n[{where}]\n"
    elif plain:
        yield "\n"
    for name in plain:
        value = getattr(settings, name)
        yield from (f"# {each}\n" for each in meaning(hints[name]))
        yield f"# Must be {allowed(hints[name])}.\n"
        yield f"# {name} =\n" if value is None else f"{name} = {written(value)}\n"
    for name in inner:
        value, hint = getattr(settings, name), hints[name]
        if family := family_in(hint):
            yield from (f"\n# {each}\n" for each in meaning(hint))
            yield from _sections(family, value, where if family.flat else dotted(where, name))
        else:
            yield from tables(value, dotted(where, name))


def _sections(family: Family, enabled: Enabled, where: str) -> Iterator[str]:
    """Yield a section for each member, as comments for those that are not enabled."""
    for name, member in family.members.items():
        settings = enabled[name] if name in enabled else member.settings()
        section = "".join(tables(settings, dotted(where, name), member.summary))
        yield section if name in enabled else re.sub("^(?=.)", "# ", section, flags=re.MULTILINE)


def _sentence(text: str) -> str:
    """Return the first sentence of a text."""
    return f"{re.split('[.;]', text)[0]}."
