"""People who use the bot: commands, buttons, menus, forms and plain words."""

import asyncio
from collections.abc import Sequence

from tests.fakes.discord.interaction import (
    COMMAND,
    COMPLETION,
    COMPONENT,
    FORM,
    Choice,
    Interaction,
)
from tests.fakes.discord.messages import BUTTON, LINK, STRING_SELECT, Message
from tests.fakes.discord.offering import Offer, offered
from tests.fakes.discord.people import User
from tests.fakes.discord.places import DIRECT, Channel, context_of
from tests.fakes.discord.posting import enter
from tests.fakes.discord.realm import Realm
from tests.fakes.faults import Json
from tests.waiting import PATIENCE_S

_UPLOADS = 10 * 1024 * 1024


class Audience:
    """Each waits for the first answer, or raises NotAnswered as users would see it."""

    realm: Realm
    ack_s: float
    answer_s = PATIENCE_S

    async def slash(
        self, user: User, channel: Channel, command: str, /, *, answers: int = 1, **options: Json
    ) -> Interaction:
        """Use a slash command ("alerts add" is a subcommand), with what the client would let in."""
        offer = offered(self.realm, user, channel, command)
        data = offer.filled(options, self.realm)
        said = "".join(f" {name}:{_said(each)}" for name, each in options.items())
        it = self._begin(COMMAND, f"/{command}{said}", user, channel, data)
        await it.until_answered(answers, ack_s=self.ack_s, answer_s=self.answer_s)
        return it

    async def autocomplete(
        self,
        user: User,
        channel: Channel,
        command: str,
        /,
        focused: str,
        value: str,
        **options: Json,
    ) -> list[Choice]:
        """Type a part of an option and return what is offered."""
        offer: Offer = offered(self.realm, user, channel, command)
        data = offer.typed(options, self.realm, focused, value)
        what = f"/{command} {focused}:{value}…"
        it = self._begin(COMPLETION, what, user, channel, data)
        await it.until_answered(ack_s=self.ack_s, answer_s=self.answer_s)
        said = ", ".join(each.name for each in it.choices)
        self.realm.transcript.note(channel.title, "liqbot", f"offers {said or 'nothing'}")
        return it.choices

    async def press(
        self, user: User, message: Message, word: str, *, answers: int = 1
    ) -> Interaction:
        """Press a button by its label or custom_id; with no `answers` wait for no change."""
        button = message.find(word, BUTTON)
        if button["style"] == LINK:
            raise LookupError(f"{word!r} only opens {button['url']}")
        what = f"[{button.get('label') or word}]"
        it = self._use(user, message, button, what)
        await it.until_answered(answers, ack_s=self.ack_s, answer_s=self.answer_s)
        return it

    async def choose(
        self, user: User, message: Message, custom_id: str, values: Sequence[str]
    ) -> Interaction:
        """Choose from a menu by the values of what is chosen."""
        menu = message.find(custom_id, STRING_SELECT)
        unknown = set(values) - {each["value"] for each in menu["options"]}
        if unknown:
            raise LookupError(f"{custom_id} does not offer {sorted(unknown)}")
        what = f"[{menu.get('placeholder') or custom_id}: {', '.join(values)}]"
        it = self._use(user, message, menu, what, values=list(values))
        await it.until_answered(ack_s=self.ack_s, answer_s=self.answer_s)
        return it

    async def submit(self, opened: Interaction, **values: str) -> Interaction:
        """Fill in the form that an interaction opened, by the custom_ids of its fields."""
        if opened.form is None:
            raise LookupError(f"{opened.what} opened no form")
        fields = [_field(each) for each in opened.form["components"]]
        unknown = values.keys() - {each["custom_id"] for each in fields}
        if unknown:
            raise LookupError(f"the form has no field {sorted(unknown)}")
        rows = [
            {"type": 1, "components": [{"type": 4, "custom_id": name, "value": value}]}
            for name, value in values.items()
        ]
        data = {"custom_id": opened.form["custom_id"], "components": rows}
        what = f"“{opened.form['title']}” {' · '.join(values.values())}"
        it = self._begin(FORM, what, opened.user, opened.channel, data, pressed=opened.pressed)
        await it.until_answered(ack_s=self.ack_s, answer_s=self.answer_s)
        return it

    def forge(
        self, kind: int, user: User, channel: Channel, data: Json, on: Message | None = None
    ) -> Interaction:
        """Tell the bot of what no client may send; return at once."""
        return self._begin(kind, f"forges {kind}", user, channel, data, pressed=on)

    def say(self, user: User, channel: Channel, content: str) -> Message:
        """Write something in a channel."""
        realm = self.realm
        message = Message(
            id=realm.new_id(), channel_id=channel.id, author=user, at=realm.now(), content=content
        )
        realm.transcript.note(channel.title, user.name, content)
        enter(realm, channel, message)
        return message

    def seen(self, user: User, channel: Channel) -> list[Message]:
        """Return the messages of a channel that somebody sees."""
        if not channel.permissions(user):
            return []
        return [each for each in channel.messages if each.seen_by in {None, user}]

    def _use(
        self, user: User, message: Message, component: Json, what: str, **more: Json
    ) -> Interaction:
        channel = self.realm.channels[message.channel_id]
        if message.deleted or message not in self.seen(user, channel):
            raise LookupError(f"{user.name} does not see that message in {channel.title}")
        if component.get("disabled"):
            raise LookupError(f"{what} is disabled")
        data = {"custom_id": component["custom_id"], "component_type": component["type"], "id": 1}
        return self._begin(COMPONENT, what, user, channel, data | more, pressed=message)

    def _begin(
        self,
        kind: int,
        what: str,
        user: User,
        channel: Channel,
        data: Json,
        *,
        pressed: Message | None = None,
    ) -> Interaction:
        """Tell the bot of an interaction."""
        realm, guild = self.realm, channel.guild
        inside = guild is not None and realm.bot.id in guild.members
        it = Interaction(
            id=realm.new_id(),
            token=f"token-{realm.new_id()}-{'x' * 40}",
            kind=kind,
            what=what,
            user=user,
            channel=channel,
            guild_wide=inside or channel.kind == DIRECT,
            at=realm.now(),
            began=asyncio.get_running_loop().time(),
            pressed=pressed,
        )
        realm.interactions[it.token] = it
        if kind != COMPLETION:
            realm.transcript.note(channel.title, user.name, what)
        else:
            realm.transcript.note(channel.title, user.name, f"types {what}")
        realm.tell("INTERACTION_CREATE", payload(realm, it, data), guild.id if guild else None)
        return it


def payload(realm: Realm, it: Interaction, data: Json) -> Json:
    """Return what INTERACTION_CREATE tells."""
    guild = it.channel.guild
    told = {
        "id": str(it.id),
        "application_id": str(realm.application_id),
        "type": it.kind,
        "token": it.token,
        "version": 1,
        "data": data,
        "channel_id": str(it.channel.id),
        "channel": it.channel.payload() | {"permissions": str(it.channel.permissions(it.user))},
        "locale": "en-US",
        "entitlements": [],
        "authorizing_integration_owners": it.owners(),
        "attachment_size_limit": _UPLOADS,
        "app_permissions": str(realm.permissions_here(it.channel)) if it.guild_wide else "0",
        "context": context_of(it.channel),
    }
    if it.pressed is not None:
        told["message"] = it.pressed.payload()
    if guild is None:
        return told | {"user": it.user.payload()}
    member = guild.members[it.user.id].payload()
    member["permissions"] = str(it.channel.permissions(it.user))
    told |= {"guild_id": str(guild.id), "guild_locale": "en-US", "member": member}
    return told | {"guild": {"id": str(guild.id), "locale": "en-US", "features": []}}


def _field(component: Json) -> Json:
    return component["components"][0] if "components" in component else component["component"]


def _said(value: Json) -> str:
    return f"@{value.name}" if isinstance(value, User) else str(getattr(value, "name", value))
