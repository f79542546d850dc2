"""All methods that this server speaks."""

from collections.abc import Awaitable, Callable, Mapping

from tests.fakes.faults import Json
from tests.fakes.telegram import editing, sending, settings
from tests.fakes.telegram.spec import Asked
from tests.fakes.telegram.state import Telegram

Method = Callable[[Telegram, Asked], Json | Awaitable[Json]]


def get_updates(telegram: Telegram, asked: Asked) -> Awaitable[Json]:
    return telegram.updates.poll(asked.words)


def set_webhook(telegram: Telegram, asked: Asked) -> Json:
    if asked.words["url"]:
        telegram.updates.set_webhook(asked.words)
    else:
        telegram.updates.drop_webhook(drop=asked.words.get("drop_pending_updates", False))
    return True


def delete_webhook(telegram: Telegram, asked: Asked) -> Json:
    telegram.updates.drop_webhook(drop=asked.words.get("drop_pending_updates", False))
    return True


def get_webhook_info(telegram: Telegram, asked: Asked) -> Json:
    del asked
    return telegram.updates.told


METHODS: Mapping[str, Method] = {
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendAnimation": sending.send_animation,
    "sendDocument": sending.send_document,
    "sendMediaGroup": sending.send_media_group,
    "sendChatAction": sending.send_chat_action,
    "editMessageText": editing.edit_message_text,
    "editMessageCaption": editing.edit_message_caption,
    "editMessageMedia": editing.edit_message_media,
    "editMessageReplyMarkup": editing.edit_message_reply_markup,
    "deleteMessage": editing.delete_message,
    "answerCallbackQuery": editing.answer_callback_query,
    "getMe": settings.get_me,
    "getChat": settings.get_chat,
    "getChatMember": settings.get_chat_member,
    "getChatAdministrators": settings.get_chat_administrators,
    "getChatMemberCount": settings.get_chat_member_count,
    "leaveChat": settings.leave_chat,
    "getFile": settings.get_file,
    "setMyCommands": settings.set_my_commands,
    "getMyCommands": settings.get_my_commands,
    "deleteMyCommands": settings.delete_my_commands,
    "setMyName": settings.set_text,
    "getMyName": settings.get_text,
    "setMyDescription": settings.set_text,
    "getMyDescription": settings.get_text,
    "setMyShortDescription": settings.set_text,
    "getMyShortDescription": settings.get_text,
    "setChatMenuButton": settings.set_menu,
    "getChatMenuButton": settings.get_menu,
    "setMyDefaultAdministratorRights": settings.set_rights,
}
