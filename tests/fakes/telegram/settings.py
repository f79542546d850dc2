"""The methods by which a bot learns who and where it is, and says what it can."""

import json
import re

from tests.fakes.faults import Json
from tests.fakes.telegram.markup import units
from tests.fakes.telegram.refusal import Refused, violated
from tests.fakes.telegram.spec import Asked
from tests.fakes.telegram.state import Telegram

COMMANDS, COMMAND, DESCRIPTION = 100, re.compile(r"[a-z0-9_]{1,32}"), 256
_LANGUAGE = re.compile(r"([a-z]{2})?")
_TEXTS = {"name": 64, "description": 512, "short_description": 120}


def get_me(telegram: Telegram, asked: Asked) -> Json:
    del asked
    return telegram.bot.told | {
        "can_join_groups": True,
        "can_read_all_group_messages": telegram.reads_all,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def get_chat(telegram: Telegram, asked: Asked) -> Json:
    chat = telegram.chat(asked.words["chat_id"])
    if not chat.is_private:
        chat.refuse_outsider(telegram.bot)
    return chat.told_fully


def get_chat_member(telegram: Telegram, asked: Asked) -> Json:
    chat = telegram.chat(asked.words["chat_id"])
    chat.refuse_outsider(telegram.bot)
    user = telegram.users.get(asked.words["user_id"])
    if user is None:
        raise Refused(400, "invalid user_id specified")
    if chat.type == "channel" and not chat.member(telegram.bot).is_admin:
        raise Refused(400, "member list is inaccessible")
    return chat.member(user).told(chat)


def get_chat_administrators(telegram: Telegram, asked: Asked) -> Json:
    chat = telegram.chat(asked.words["chat_id"])
    if chat.is_private:
        raise Refused(400, "there are no administrators in the private chat")
    chat.refuse_outsider(telegram.bot)
    admins = [each for each in chat.members.values() if each.is_admin]
    return [each.told(chat) for each in admins if not each.user.is_bot or each.user is telegram.bot]


def get_chat_member_count(telegram: Telegram, asked: Asked) -> Json:
    chat = telegram.chat(asked.words["chat_id"])
    chat.refuse_outsider(telegram.bot)
    there = [each for each in chat.members.values() if each.status not in {"left", "kicked"}]
    return len(there) or 2


def leave_chat(telegram: Telegram, asked: Asked) -> Json:
    chat = telegram.chat(asked.words["chat_id"])
    if chat.is_private:
        raise violated("chat member status can't be changed in private chats")
    chat.refuse_outsider(telegram.bot)
    chat.let_in(telegram.bot, "left")
    telegram.story.happened(chat, f"{telegram.bot.name} leaves")
    return True


def get_file(telegram: Telegram, asked: Asked) -> Json:
    return telegram.files.told(asked.words["file_id"])


def set_my_commands(telegram: Telegram, asked: Asked) -> Json:
    key, commands = _scope(telegram, asked), asked.words["commands"]
    if len(commands) > COMMANDS:
        raise violated(f"BOT_COMMANDS_TOO_MUCH: {len(commands)} of at most {COMMANDS}")
    names = [each["command"] for each in commands]
    if len(names) != len(set(names)):
        raise violated("a command is listed twice")
    for each in commands:
        if not COMMAND.fullmatch(each["command"]):
            raise violated(f"BOT_COMMAND_INVALID: {each['command']!r}")
        if not 1 <= units(each["description"].strip()) <= DESCRIPTION:
            raise violated(f"BOT_COMMAND_DESCRIPTION_INVALID: {each['description']!r}")
    telegram.settings.commands[key] = commands
    return True


def get_my_commands(telegram: Telegram, asked: Asked) -> Json:
    return telegram.settings.commands.get(_scope(telegram, asked), [])


def delete_my_commands(telegram: Telegram, asked: Asked) -> Json:
    telegram.settings.commands.pop(_scope(telegram, asked), None)
    return True


def set_text(telegram: Telegram, asked: Asked) -> Json:
    """Keep the bot's name, description or short description in a language."""
    kind = _kind(asked)
    text = asked.words.get(kind, "").strip()
    if units(text) > _TEXTS[kind]:
        raise violated(f"{kind} is {units(text)} units long, at most {_TEXTS[kind]}")
    telegram.settings.texts[kind, _language(asked)] = text
    return True


def get_text(telegram: Telegram, asked: Asked) -> Json:
    kind, texts = _kind(asked), telegram.settings.texts
    default = telegram.bot.name if kind == "name" else ""
    return {kind: texts.get((kind, _language(asked))) or texts.get((kind, ""), default)}


def set_menu(telegram: Telegram, asked: Asked) -> Json:
    telegram.settings.menu = asked.words.get("menu_button", {"type": "default"})
    return True


def get_menu(telegram: Telegram, asked: Asked) -> Json:
    del asked
    return telegram.settings.menu


def set_rights(telegram: Telegram, asked: Asked) -> Json:
    for_channels = asked.words.get("for_channels", False)
    telegram.settings.rights[for_channels] = asked.words.get("rights")
    return True


def _kind(asked: Asked) -> str:
    """Return description of setMyDescription or getMyDescription."""
    return re.sub(r"(?<=.)([A-Z])", r"_\1", asked.method[5:]).lower()


def _language(asked: Asked) -> str:
    language = asked.words.get("language_code", "")
    if not _LANGUAGE.fullmatch(language):
        raise violated(f"language_code={language!r} is not two letters")
    return str(language)


def _scope(telegram: Telegram, asked: Asked) -> tuple[str, str]:
    """Return what commands are kept by: the scope in letters, and the language."""
    scope = asked.words.get("scope", {"type": "default"})
    if "chat_id" in scope and telegram.chat(scope["chat_id"]).type == "channel":
        raise violated("channels have no commands")
    return json.dumps(scope, sort_keys=True), _language(asked)
