"""What people ask: words and pressed buttons, as Telegram tells of them."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime

from telegram import CallbackQuery, Chat, Message, Update, User

from liqbot.commands.command import apart
from liqbot.platforms._telegram.places import Place

_CHANNEL = Chat.CHANNEL


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One line that somebody typed, or that the button says which they pressed."""

    place: Place
    line: str
    user: str  # as Telegram numbers them; a chat that speaks for itself is its own user
    person: int | None  # who can be written to alone; None for a chat that speaks
    speaks_as_chat: bool = False  # a channel, or an administrator who does not say which
    in_channel: bool = False
    at: datetime | None = None  # None: nobody knows when a button was pressed
    message: int | None = None  # what was typed, for the answer to point to
    query: str | None = None  # the press of a button
    shown: str | None = None  # the message with that button, as the writer names it


def asked(update: Update, username: str, commands: Container[str]) -> Asked | None:
    """Return what is asked of the bot of a name; None for nothing.

    Where others talk too, only commands are for the bot, and of those that name no bot only its
    own.
    """
    if update.callback_query is not None:
        return _pressed(update.callback_query)
    message = update.message or update.channel_post
    if message is None or not message.text or message.is_automatic_forward:
        return None
    line = " ".join(message.text.split())
    place = place_in(message)
    if place.is_shared and not _is_for(line, username, commands):
        return None
    return _typed(message, place, line)


def place_in(message: Message) -> Place:
    """Return where a message is. Replies outside of forums bear numbers that are no topics."""
    topic = message.message_thread_id if message.is_topic_message else None
    return Place(message.chat.id, topic)


def _is_for(line: str, username: str, commands: Container[str]) -> bool:
    word = line.partition(" ")[0]
    if not word.startswith("/"):
        return False
    _, _, bot = word.partition("@")
    return bot.lower() == username.lower() if bot else apart(line)[0] in commands


def _typed(message: Message, place: Place, line: str) -> Asked | None:
    in_channel = message.chat.type == _CHANNEL
    user, speaker = message.from_user, message.sender_chat
    if speaker is not None:
        user_id, person = speaker.id, None
    elif user is not None and not user.is_bot:
        user_id, person = user.id, user.id
    else:
        return None
    return Asked(
        place=place,
        line=line,
        user=str(user_id),
        person=person,
        speaks_as_chat=in_channel or (place.is_shared and user_id == message.chat.id),
        in_channel=in_channel,
        at=message.date,
        message=message.message_id if place.is_shared and not in_channel else None,
    )


def _pressed(query: CallbackQuery) -> Asked | None:
    message = query.message
    if message is None or not query.data:
        return None
    user: User = query.from_user
    # Of one that was deleted, or is too old to be changed, nothing else is told.
    seen = message if isinstance(message, Message) and message.is_accessible else None
    place = Place(message.chat.id) if seen is None else place_in(seen)
    return Asked(
        place=place,
        line=query.data,
        user=str(user.id),
        person=user.id,
        in_channel=message.chat.type == _CHANNEL,
        query=query.id,
        shown=None if seen is None else _name(seen),
    )


def _name(message: Message) -> str:
    # An animation says of itself that it is a document as well.
    files = {"p": message.photo, "a": message.animation, "d": message.document}
    letter = next((letter for letter, file in files.items() if file), "t")
    return f"{letter}{message.message_id}"
