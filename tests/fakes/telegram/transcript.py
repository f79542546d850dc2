"""The story of a test in plain text, to compare with one that was kept."""

from dataclasses import dataclass, field
from textwrap import indent

from tests.fakes.telegram.chats import Chat, User
from tests.fakes.telegram.messages import Message, Query


@dataclass
class Transcript:
    """Writes down what happened; dates and file_ids are left out, for they differ."""

    bot: User
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(f"{each}\n" for each in self.lines)

    def said(self, message: Message) -> None:
        """Somebody sends a message."""
        self._write(message, "")

    def edited(self, message: Message) -> None:
        """Somebody changes one."""
        self._write(message, " edited")

    def deleted(self, message: Message) -> None:
        """The bot takes one back."""
        self.lines.append(f"{self._where(message)} deleted")

    def pressed(self, query: Query) -> None:
        """Somebody presses a button."""
        where = f"[{query.message.chat.title}] {query.user.name}"
        self.lines.append(f"{where} presses {query.data!r} below #{query.message.id}")

    def answered(self, query: Query) -> None:
        """The bot answers a press."""
        if query.text:
            shown = "alert" if query.show_alert else "notice"
            where = f"[{query.message.chat.title}] {self.bot.name}"
            self.lines.append(f"{where} shows {query.user.name} the {shown} {query.text!r}")

    def happened(self, chat: Chat, what: str) -> None:
        """Something else happens in a chat."""
        self.lines.append(f"[{chat.title}] {what}")

    def _write(self, message: Message, verb: str) -> None:
        notes = ["silent"] if message.silent else []
        if message.file is not None:
            file = message.file
            size = f"{file.width}×{file.height}" if file.kind == "photo" else file.name
            notes.append(f"{file.kind} {size}")
        if message.reply_to is not None:
            notes.append(f"replies to #{message.reply_to.id}")
        head = f"{self._where(message)}{verb}" + (f" ({', '.join(notes)})" if notes else "")
        rows = ["".join(f"[{each.label}]" for each in row) for row in message.keyboard]
        body = "\n".join((*message.said.text.splitlines(), *rows))
        if not message.said.text and message.more:
            body = ", ".join(sorted(message.more))
        self.lines.append(f"{head}\n{indent(body, '    ')}" if body else head)

    def _where(self, message: Message) -> str:
        chat, who = message.chat, message.author.name
        topic = (chat.topics or {}).get(message.thread or 0)
        return f"[{chat.title}{f' / {topic.name}' if topic else ''}] {who} #{message.id}"
