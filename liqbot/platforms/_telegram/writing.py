"""Messages written to chats: in parts that Telegram takes, each in its turn."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias, TypeVar

from telegram import (
    Bot,
    InlineKeyboardMarkup,
    InputMediaAnimation,
    InputMediaDocument,
    InputMediaPhoto,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram import Message as Sent
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError

from liqbot.chat.message import Attachment, Message
from liqbot.chat.richtext import length
from liqbot.platforms._telegram.dressing import CAPTION, TEXT, clean, dressed, keyboard
from liqbot.platforms._telegram.faults import is_about_file, is_unchanged, wait_of
from liqbot.platforms._telegram.lanes import Lane, Lanes
from liqbot.platforms._telegram.places import Place
from liqbot.platforms._telegram.uploads import Kind, Uploads

Result = TypeVar("Result")
Rest: TypeAlias = dict[str, Any]  # of the words of a method of Telegram

_BARE: Rest = {"link_preview_options": LinkPreviewOptions(is_disabled=True)}
_NOTHING = "—"  # a message says something
_TRIES = 4  # of an answer that surely was not taken
_TEXT, _LETTERS = "t", {"photo": "p", "animation": "a", "document": "d"}
_MEDIA = {
    "photo": InputMediaPhoto,
    "animation": InputMediaAnimation,
    "document": InputMediaDocument,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What goes into one message of Telegram's: a text, or a file with a caption."""

    html: str
    kind: Kind = "photo"
    file: Attachment | None = None
    is_main: bool = True  # has the buttons, and is what is changed later on

    @property
    def letter(self) -> str:
        """What its name begins with."""
        return _TEXT if self.file is None else _LETTERS[self.kind]


def parts(message: Message) -> tuple[Part, ...]:
    """Return what a message is made of; its text goes below its file where there is room."""
    kinds: tuple[tuple[Kind, Attachment | None], ...]
    moves = message.picture is not None and message.picture.is_animation
    picture: Kind = "animation" if moves else "photo"
    kinds = ((picture, message.picture), ("document", message.document))
    files = [(kind, file) for kind, file in kinds if file is not None]
    if not files:
        return (Part(html=dressed(message.text, TEXT) or _NOTHING),)
    text = message.text or ((files[0][1].alt,),)
    fits = length(clean(text)) <= CAPTION
    caption = dressed(text, CAPTION) if fits else ""
    found = [
        Part(html=caption if not i else "", kind=kind, file=file, is_main=fits and not i)
        for i, (kind, file) in enumerate(files)
    ]
    return tuple(found if fits else [*found, Part(html=dressed(text, TEXT))])


class Writer:
    """Writes to chats and changes what was written; raises TelegramError and DeliveryDelayed.

    What it wrote is named by its kind and number: t12, p13, d14, a15.
    """

    def __init__(self, bot: Bot, lanes: Lanes) -> None:
        self._bot, self._lanes = bot, lanes
        self._uploads = Uploads()

    async def write(
        self,
        place: Place,
        message: Message,
        lane: Lane,
        *,
        reply_to: int | None = None,
        below: InlineKeyboardMarkup | None = None,
    ) -> str:
        """Write a message, below it its buttons or what else is given; return what it is named."""
        rest: Rest = {
            "message_thread_id": place.topic,
            "disable_notification": message.silent,
            "reply_parameters": None
            if reply_to is None
            else ReplyParameters(reply_to, allow_sending_without_reply=True),
        }
        below = below or keyboard(message.buttons)
        name = ""
        for each in parts(message):
            part, rest["reply_markup"] = each, below if each.is_main else None
            try:
                sent = await self._send(place, part, lane, rest)
            except BadRequest as error:
                if part.file is None or not is_about_file(error):
                    raise
                if not part.is_main:
                    continue  # the text goes on its own
                part = Part(html=dressed(message.text, TEXT) or _NOTHING)
                sent = await self._send(place, part, lane, rest)
            if part.is_main:
                name = f"{part.letter}{sent.message_id}"
        return name

    async def rewrite(self, place: Place, name: str, message: Message, lane: Lane) -> None:
        """Put a message in the place of one that was written.

        A text stays a text. A file stays the same under another caption, if none comes instead.
        """
        which: Rest = {
            "chat_id": place.chat,
            "message_id": int(name[1:]),
            "reply_markup": keyboard(message.buttons),
        }
        whole = parts(message)
        try:
            if name[0] == _TEXT:
                html = dressed(message.text, TEXT) or _NOTHING
                said: Rest = {"text": html, "parse_mode": ParseMode.HTML, **_BARE}
                call = partial(self._bot.edit_message_text, **which, **said)
                await self._patiently(place, lane, call)
            elif len(whole) == 1 and whole[0].file is not None:
                await self._replace(place, whole[0], whole[0].file, lane, which)
            else:
                caption: Rest = {
                    "caption": dressed(message.text, CAPTION),
                    "parse_mode": ParseMode.HTML,
                }
                call = partial(self._bot.edit_message_caption, **which, **caption)
                await self._patiently(place, lane, call)
        except BadRequest as error:
            if not is_unchanged(error):
                raise

    async def _send(self, place: Place, part: Part, lane: Lane, rest: Rest) -> Sent:
        rest = rest | {"chat_id": place.chat, "parse_mode": ParseMode.HTML}
        file, bot = part.file, self._bot
        if file is None:
            call = partial(bot.send_message, text=part.html, **_BARE, **rest)
            return await self._patiently(place, lane, call)
        methods: dict[Kind, Callable[..., Awaitable[Sent]]] = {
            "photo": bot.send_photo,
            "animation": bot.send_animation,
            "document": bot.send_document,
        }
        method = methods[part.kind]

        def sent(content: bytes | str) -> Awaitable[Sent]:
            said: Rest = {part.kind: content, "filename": file.name, "caption": part.html}
            call = partial(method, **said, **rest)
            return self._patiently(place, lane, call)

        return await self._uploads.send(part.kind, file, sent)

    async def _replace(
        self, place: Place, part: Part, file: Attachment, lane: Lane, rest: Rest
    ) -> None:
        def replaced(content: bytes | str) -> Awaitable[Any]:
            media = _MEDIA[part.kind](content, part.html, ParseMode.HTML, filename=file.name)
            call = partial(self._bot.edit_message_media, media=media, **rest)
            return self._patiently(place, lane, call)

        await self._uploads.send(part.kind, file, replaced)

    async def _patiently(
        self, place: Place, lane: Lane, call: Callable[[], Awaitable[Result]]
    ) -> Result:
        """Call when it is its turn; again, if it is an answer that surely was not taken."""
        tries = _TRIES if lane is Lane.ANSWERS else 1
        while True:
            async with self._lanes.turn(place.chat, lane):
                tries -= 1
                try:
                    return await call()
                except TelegramError as error:
                    seconds = wait_of(error)
                    if seconds is not None:
                        self._lanes.freeze(seconds)
                    if seconds is None or not tries:
                        raise


def stands_in(name: str, message: Message) -> bool:
    """Tell whether a message can take the place of a written one: it is one, of the same kind."""
    return [each.letter for each in parts(message)] == [name[0]]
