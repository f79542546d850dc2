"""The methods that put something into a chat."""

from tests.fakes.faults import Json
from tests.fakes.telegram.chats import Chat
from tests.fakes.telegram.files import Kept
from tests.fakes.telegram.markup import Written, written
from tests.fakes.telegram.messages import Message, refuse_keyboard
from tests.fakes.telegram.refusal import Refused, violated
from tests.fakes.telegram.spec import Asked
from tests.fakes.telegram.state import Action, Telegram

TEXT, CAPTION = 4096, 1024  # UTF-16 units
_ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}
_PERMISSIONS = {
    "photo": "can_send_photos",
    "animation": "can_send_other_messages",
    "document": "can_send_documents",
}
_ALBUMS = {"photo", "document"}


def said(words: Json) -> Written:
    """Return the text of a message; raise Refused for none, and for too much."""
    found = written(words["text"], words.get("parse_mode"), words.get("entities"), TEXT)
    if not found.text:
        raise violated("message text is empty")
    return found


def captioned(words: Json) -> Written:
    """Return what stands below a file; raise Refused for too much."""
    caption, entities = words.get("caption", ""), words.get("caption_entities")
    return written(caption, words.get("parse_mode"), entities, CAPTION)


def send_message(telegram: Telegram, asked: Asked) -> Json:
    chat = admitted(telegram, asked, "can_send_messages")
    return _send(telegram, chat, asked, said(asked.words)).told


def send_photo(telegram: Telegram, asked: Asked) -> Json:
    return _send_file(telegram, asked, "photo")


def send_animation(telegram: Telegram, asked: Asked) -> Json:
    return _send_file(telegram, asked, "animation")


def send_document(telegram: Telegram, asked: Asked) -> Json:
    return _send_file(telegram, asked, "document")


def send_media_group(telegram: Telegram, asked: Asked) -> Json:
    media = asked.words["media"]
    kinds = {each["type"] for each in media}
    if not 2 <= len(media) <= 10 or len(kinds) != 1 or not kinds <= _ALBUMS:
        raise violated("an album is 2 to 10 photos, or as many documents")
    kind = kinds.pop()
    chat = admitted(telegram, asked, _PERMISSIONS[kind])
    album = str(telegram.next_id(chat))
    files = [telegram.files.keep(kind, asked.file(each["media"])) for each in media]
    sent = [
        _send(telegram, chat, asked, captioned(each), file, album=album)
        for each, file in zip(media, files, strict=True)
    ]
    return [each.told for each in sent]


def send_chat_action(telegram: Telegram, asked: Asked) -> Json:
    chat, thread = telegram.chat(asked.words["chat_id"]), asked.words.get("message_thread_id")
    if asked.words["action"] not in _ACTIONS:
        raise violated(f"wrong parameter action: {asked.words['action']!r}")
    if chat.type == "channel":
        raise violated("channels show no chat actions")
    chat.refuse_sender(telegram.bot, "can_send_messages", thread)
    telegram.actions.append(Action(chat, asked.words["action"], thread))
    return True


def admitted(telegram: Telegram, asked: Asked, permission: str) -> Chat:
    """Return the chat that is to get something; raise Refused where it may not, or not yet."""
    chat = telegram.chat(asked.words["chat_id"])
    chat.refuse_sender(telegram.bot, permission, asked.words.get("message_thread_id"))
    telegram.limits.admit(chat.id, private=chat.is_private)
    refuse_keyboard(asked.words.get("reply_markup"))
    return chat


def _send_file(telegram: Telegram, asked: Asked, kind: str) -> Json:
    chat = admitted(telegram, asked, _PERMISSIONS[kind])
    caption = captioned(asked.words)
    kept = telegram.files.keep(kind, asked.file(asked.words[kind]))
    return _send(telegram, chat, asked, caption, kept).told


def _send(
    telegram: Telegram,
    chat: Chat,
    asked: Asked,
    words: Written,
    file: Kept | None = None,
    *,
    album: str | None = None,
) -> Message:
    return telegram.post(
        Message(
            chat,
            telegram.next_id(chat),
            int(telegram.now()),
            telegram.bot,
            words,
            file,
            markup=asked.words.get("reply_markup"),
            silent=asked.words.get("disable_notification", False),
            protected=asked.words.get("protect_content", False),
            thread=asked.words.get("message_thread_id"),
            reply_to=_replied(chat, asked.words.get("reply_parameters")),
            preview=asked.words.get("link_preview_options"),
            album=album,
        )
    )


def _replied(chat: Chat, reply: Json) -> Message | None:
    """Return the message that one is an answer to; raise Refused where it is gone."""
    if reply is None:
        return None
    message = chat.messages.get(reply["message_id"])
    if message is not None and not message.deleted:
        return message
    if reply.get("allow_sending_without_reply"):
        return None
    raise Refused(400, "message to be replied not found")
