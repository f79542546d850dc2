"""From what a request says to a message."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from tests.fakes.discord.limits import of_message
from tests.fakes.discord.messages import EPHEMERAL, LOADING, PLACES, SILENT, Attached, Message
from tests.fakes.discord.people import User
from tests.fakes.discord.pings import ring
from tests.fakes.discord.places import Channel
from tests.fakes.discord.realm import Realm
from tests.fakes.discord.refusal import Refusal
from tests.fakes.faults import Json

_MAY_SET = EPHEMERAL | SILENT | 1 << 2  # and no embeds


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file of a request."""

    number: str  # of files[…]
    name: str
    kind: str
    data: bytes = field(repr=False)


def post(
    realm: Realm,
    channel: Channel,
    body: Json,
    uploads: Sequence[Upload],
    *,
    seen_by: User | None = None,
    interaction: Json | None = None,
) -> Message:
    """Post a message of the bot; `seen_by` is who sees it alone."""
    message = Message(
        id=realm.new_id(),
        channel_id=channel.id,
        author=realm.bot,
        at=realm.now(),
        flags=(body.get("flags") or 0) & _MAY_SET,
        seen_by=seen_by,
        interaction=interaction,
    )
    reference = body.get("message_reference")
    if reference is not None:
        message.reply_to = realm.message_of(channel, int(reference["message_id"]))
    write(realm, message, body, uploads)
    ring(message, channel, body.get("allowed_mentions"), realm.bot)
    enter(realm, channel, message)
    realm.transcript.message(channel.title, "", message)
    return message


def think(realm: Realm, channel: Channel, seen_by: User | None, interaction: Json) -> Message:
    """Post what stands for an answer to come."""
    message = Message(
        id=realm.new_id(),
        channel_id=channel.id,
        author=realm.bot,
        at=realm.now(),
        flags=LOADING | (EPHEMERAL if seen_by else 0),
        seen_by=seen_by,
        interaction=interaction,
    )
    enter(realm, channel, message)
    return message


def edit(
    realm: Realm, channel: Channel, message: Message, body: Json, uploads: Sequence[Upload]
) -> None:
    """Change a message of the bot; what was only thought of becomes an answer."""
    was_loading = message.loading
    message.remember(realm.now())
    try:
        write(realm, message, body, uploads)
    except Refusal:
        before = message.versions.pop()
        message.content, message.embeds, message.files = before.content, before.embeds, before.files
        message.components, message.edited_at = before.components, before.edited_at
        raise
    if was_loading:
        message.flags &= ~LOADING
        message.versions.clear()
        message.edited_at = None
        ring(message, channel, body.get("allowed_mentions"), realm.bot)
    realm.transcript.message(channel.title, "" if was_loading else " edits", message)
    tell(realm, "MESSAGE_UPDATE", channel, message)


def erase(realm: Realm, channel: Channel, message: Message) -> None:
    """Delete a message."""
    message.deleted = True
    channel.messages.remove(message)
    realm.transcript.note(channel.title, message.author.name, "(message deleted)")
    ids = {"id": str(message.id), "channel_id": str(channel.id), **_guild(channel)}
    _tell_if_seen(realm, "MESSAGE_DELETE", channel, message, ids)


def enter(realm: Realm, channel: Channel, message: Message) -> None:
    """Put a message into its channel and tell the bot."""
    channel.messages.append(message)
    realm.messages[message.id] = message
    tell(realm, "MESSAGE_CREATE", channel, message)


def tell(realm: Realm, event: str, channel: Channel, message: Message) -> None:
    """Tell the bot of a message."""
    data = readable(realm, channel, message) | _guild(channel)
    if channel.guild is not None and message.author.id in channel.guild.members:
        member = channel.guild.members[message.author.id].payload()
        data["member"] = {key: each for key, each in member.items() if key != "user"}
    _tell_if_seen(realm, event, channel, message, data)


def readable(realm: Realm, channel: Channel, message: Message) -> Json:
    """Return a MessageResponse without what only a privileged bot reads."""
    told = message.payload()
    mine = message.author is realm.bot or channel.guild is None
    if not mine and realm.bot.mention not in message.content:
        told |= {"content": "", "embeds": [], "attachments": [], "components": []}
    return told


def write(realm: Realm, message: Message, body: Json, uploads: Sequence[Upload]) -> None:
    """Put what a request says into a message; refuse what is not possible."""
    listed = body.get("attachments")
    kept = [each for each in message.files if listed is None or _names(listed, str(each.id))]
    given = {each.name: each.data for each in uploads}
    wrong = [*of_message(body, given, [each.name for each in kept])]
    known = {str(each.id) for each in message.files} | {each.number for each in uploads}
    wrong += [
        f"attachment {each['id']} is neither sent nor there"
        for each in listed or ()
        if str(each["id"]) not in known
    ]
    if wrong:
        too_large = all(each.startswith("file ") for each in wrong)
        raise Refusal(40005 if too_large else 50035, "; ".join(wrong))
    message.files = kept + [_attached(realm, message, each, listed or ()) for each in uploads]
    if "content" in body:
        message.content = body["content"] or ""
    if "embeds" in body:
        message.embeds = [_embed(each, message.files) for each in body["embeds"] or ()]
    for url in broken(message, realm.url):
        realm.violate(f"an edit took away {url.rsplit('/', 1)[-1]}, which the embed still shows")
    if "components" in body:
        message.components = _without_none(deepcopy(body["components"] or []))
    if not (message.content or message.embeds or message.files or message.components):
        raise Refusal(50006, f"{message.author.name} says nothing")


def broken(message: Message, ours: str) -> list[str]:
    """Return the addresses of our files that embeds show and the message has no more."""
    there = {each.url for each in message.files}
    shown = [(each.get(place) or {}).get("url", "") for each in message.embeds for place in PLACES]
    return [url for url in shown if url.startswith(f"{ours}/") and url not in there]


def _attached(realm: Realm, message: Message, upload: Upload, listed: Sequence[Json]) -> Attached:
    said: Json = next((each for each in listed if str(each["id"]) == upload.number), {})
    number = realm.new_id()
    path = f"/attachments/{message.channel_id}/{number}/{said.get('filename') or upload.name}"
    realm.files[path] = Attached(
        id=number,
        name=said.get("filename") or upload.name,
        data=upload.data,
        kind=upload.kind,
        url=realm.url + path,
        description=said.get("description"),
    )
    return realm.files[path]


def _embed(embed: Json, files: Sequence[Attached]) -> Json:
    """Return an embed as it is told: pictures have an address of their own."""
    told: Json = _without_none(deepcopy(embed)) | {"type": "rich"}
    addresses = {f"attachment://{each.name}": each.url for each in files}
    for part in (told[place] for place in PLACES if place in told):
        for key in ("url", "icon_url"):
            if part.get(key) in addresses:
                part[key] = addresses[part[key]]
    return told


def _names(listed: Sequence[Json], number: str) -> bool:
    return any(str(each["id"]) == number for each in listed)


def _without_none(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _without_none(each) for key, each in value.items() if each is not None}
    return [_without_none(each) for each in value] if isinstance(value, list) else value


def _guild(channel: Channel) -> Json:
    return {"guild_id": str(channel.guild.id)} if channel.guild else {}


def _tell_if_seen(realm: Realm, event: str, channel: Channel, message: Message, data: Json) -> None:
    if channel.permissions(realm.bot) and not message.ephemeral:
        realm.tell(event, data, channel.guild.id if channel.guild else None)
