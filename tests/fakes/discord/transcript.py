"""What people would have seen, line by line, for golden files."""

from collections.abc import Iterator

from tests.fakes.discord.messages import Message
from tests.fakes.faults import Json


class Transcript:
    """Every step in its order; nothing in it depends on the run."""

    def __init__(self) -> None:
        self._lines: list[tuple[str, str]] = []  # where, what

    def note(self, where: str, who: str, what: str) -> None:
        """Add a step."""
        first, *rest = what.split("\n")
        self._lines += [(where, f"{who}: {first}"), *((where, f"    {each}") for each in rest)]

    def message(self, where: str, verb: str, message: Message) -> None:
        """Add what became of a message."""
        only = f" (only {message.seen_by.name} sees it)" if message.seen_by else ""
        for line in (f"{message.author.name}{verb}{only}:", *described(message)):
            self._lines.append((where, line))

    def text(self, where: str | None = None) -> str:
        """Return all steps, or those of one place, as text."""
        written: list[str] = []
        last = None
        for place, line in self._lines:
            if where not in {None, place}:
                continue
            if place != last:
                written += [*([""] if written else []), f"── {place}"]
                last = place
            written.append(line.rstrip())
        return "\n".join(written) + "\n"


def described(message: Message) -> Iterator[str]:
    """Yield what a message shows, a line each."""
    if message.loading:
        yield "    … is thinking"
    yield from _block(message.content)
    for embed in message.embeds:
        yield from _embed(embed)
    for each in message.files:
        yield f"    [file {each.name}] {each.description or ''}"
    for row in message.components:
        said = [_component(each) for each in row.get("components", ())]
        yield f"    {' '.join(said)}"
    pings = [*(["everyone"] if message.pings.everyone else [])]
    pings += [f"@{name}" for name in (*message.pings.roles, *message.pings.users)]
    if pings:
        yield f"    (pings {', '.join(pings)})"


def _embed(embed: Json) -> Iterator[str]:
    if embed.get("title"):
        yield f"    # {embed['title']}"
    yield from _block(embed.get("description") or "")
    for each in embed.get("fields") or ():
        yield from _block(f"{each['name']}: {each['value']}")
    if embed.get("image"):
        yield f"    [picture {embed['image']['url'].rsplit('/', 1)[-1]}]"
    if embed.get("footer"):
        yield from _block(embed["footer"]["text"])


def _block(text: str) -> Iterator[str]:
    yield from (f"    {line}" for line in text.split("\n") if text)


def _component(component: Json) -> str:
    emoji = (component.get("emoji") or {}).get("name", "")
    said = f"{emoji} {component.get('label') or component.get('placeholder') or ''}".strip()
    return f"[{said}]" if not component.get("disabled") else f"({said})"
