"""The methods that change what was sent, and answer what was pressed."""

from tests.fakes.faults import Json
from tests.fakes.telegram.markup import units
from tests.fakes.telegram.messages import Message, refuse_keyboard
from tests.fakes.telegram.refusal import Refused, violated
from tests.fakes.telegram.sending import captioned, said
from tests.fakes.telegram.spec import Asked
from tests.fakes.telegram.state import Telegram

_NOTICE = 200  # UTF-16 units
_DELETABLE_S = 48 * 3600


def edit_message_text(telegram: Telegram, asked: Asked) -> Json:
    message = _editable(telegram, asked)
    if message.file is not None:
        raise violated("there is no text in the message to edit")
    if "text" not in asked.words:
        raise violated("message text is empty")
    before = message.shown
    words = said(asked.words)
    message.said, message.preview = words, asked.words.get("link_preview_options")
    return _edited(telegram, message, asked, before)


def edit_message_caption(telegram: Telegram, asked: Asked) -> Json:
    message = _editable(telegram, asked)
    if message.file is None:
        raise violated("there is no caption in the message to edit")
    before = message.shown
    message.said = captioned(asked.words)
    return _edited(telegram, message, asked, before)


def edit_message_media(telegram: Telegram, asked: Asked) -> Json:
    message = _editable(telegram, asked)
    media = asked.words["media"]
    if media["type"] not in {"photo", "animation", "document"}:
        raise violated(f"this server keeps no {media['type']}")
    words = captioned(media)
    file = telegram.files.keep(media["type"], asked.file(media["media"]))
    before = message.shown
    message.said, message.file, message.preview = words, file, None
    return _edited(telegram, message, asked, before)


def edit_message_reply_markup(telegram: Telegram, asked: Asked) -> Json:
    message = _editable(telegram, asked)
    return _edited(telegram, message, asked, message.shown)


def delete_message(telegram: Telegram, asked: Asked) -> Json:
    chat = telegram.chat(asked.words["chat_id"])
    chat.refuse_outsider(telegram.bot)
    message = chat.messages.get(asked.words["message_id"])
    if message is None or message.deleted:
        raise Refused(400, "message to delete not found")
    member = chat.member(telegram.bot)
    if not (chat.is_private or message.author is telegram.bot or member.may("can_delete_messages")):
        raise violated("message can't be deleted: it is somebody else's")
    if message.date < telegram.now() - _DELETABLE_S and not member.may("can_delete_messages"):
        raise Refused(400, "message can't be deleted for everyone")
    message.deleted = True
    telegram.story.deleted(message)
    return True


def answer_callback_query(telegram: Telegram, asked: Asked) -> Json:
    query = telegram.queries.get(asked.words["callback_query_id"])
    text = asked.words.get("text", "")
    if query is None:
        raise violated("query ID is invalid")
    if units(text) > _NOTICE:
        raise violated(f"MESSAGE_TOO_LONG: {units(text)} units of at most {_NOTICE}")
    if query.answered or telegram.now() - query.at > telegram.query_life_s:
        raise Refused(400, "query is too old and response timeout expired or query ID is invalid")
    query.answered, query.text = True, text
    query.show_alert = asked.words.get("show_alert", False)
    query.url = asked.words.get("url")
    telegram.story.answered(query)
    return True


def _editable(telegram: Telegram, asked: Asked) -> Message:
    """Return the message to edit; raise Refused for none, and for one of somebody else."""
    words = asked.words
    if "inline_message_id" in words or not {"chat_id", "message_id"} <= set(words):
        raise violated("message identifier is not specified: chat_id and message_id")
    refuse_keyboard(words.get("reply_markup"))
    chat = telegram.chat(words["chat_id"])
    chat.refuse_outsider(telegram.bot)
    message = chat.messages.get(words["message_id"])
    if message is None or message.deleted:
        raise Refused(400, "message to edit not found")
    if message.author is not telegram.bot:
        raise violated("message can't be edited: it is somebody else's")
    return message


def _edited(telegram: Telegram, message: Message, asked: Asked, before: Json) -> Json:
    """Finish an edit; without a keyboard in it, the old one goes. Raise Refused for no change."""
    message.markup = asked.words.get("reply_markup")
    if message.shown == before:
        raise Refused(
            400,
            "message is not modified: specified new message content and reply markup are "
            "exactly the same as a current content and reply markup of the message",
        )
    message.edits += 1
    message.edit_date = int(telegram.now())
    telegram.story.edited(message)
    return message.told
