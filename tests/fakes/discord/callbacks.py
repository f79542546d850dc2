"""Answers to interactions, first and later ones."""

from collections.abc import Mapping
from datetime import timedelta

from tests.fakes.discord.asking import Answer, Ask
from tests.fakes.discord.interaction import (
    ACKNOWLEDGED_BY,
    COMPLETES,
    EDITS,
    OPENS_FORM,
    SAYS,
    THINKS,
    TOKEN_LIVES,
    WILL_EDIT,
    Choice,
    Interaction,
)
from tests.fakes.discord.limits import of_choices
from tests.fakes.discord.messages import EPHEMERAL, Message
from tests.fakes.discord.people import User
from tests.fakes.discord.permissions import holds
from tests.fakes.discord.posting import edit, erase, post, think
from tests.fakes.discord.refusal import Refusal
from tests.fakes.faults import Json

_ACKNOWLEDGE_WITHIN = timedelta(seconds=3)
_FOLLOWUPS = 5  # of who is not in the guild


def callback(ask: Ask) -> Json | None:
    """Acknowledge an interaction, once and within three seconds."""
    it = ask.realm.interactions.get(ask.words["interaction_token"])
    if it is None or it.id != ask.number("interaction_id"):
        raise Refusal(10062, "no interaction has this id and token")
    if it.acknowledged is not None:
        raise Refusal(40060, f"{it.what} was acknowledged twice")
    if ask.realm.now() - it.at > _ACKNOWLEDGE_WITHIN:
        raise Refusal(10062, f"{it.what} was acknowledged after more than three seconds")
    kind, data = ask.body["type"], ask.body.get("data") or {}
    if kind not in ACKNOWLEDGED_BY[it.kind]:
        raise Refusal(50035, f"{it.what} of kind {it.kind} is not answered by type {kind}")
    if kind in {WILL_EDIT, EDITS} and it.pressed is None:
        raise Refusal(50035, f"{it.what} came from no message that could be edited")
    _act(ask, it, kind, data)
    it.acknowledge(kind)
    return it.response() if ask.wants("with_response") else None


def _act(ask: Ask, it: Interaction, kind: int, data: Json) -> None:
    if kind == SAYS:
        it.original = _say(ask, it, data)
    elif kind == THINKS:
        alone = _alone(it, data, ask)
        it.original = think(ask.realm, it.channel, alone, it.metadata())
    elif kind == EDITS and it.pressed is not None:
        edit(ask.realm, it.channel, it.pressed, data, ask.uploads)
        it.edited = True
    elif kind == COMPLETES:
        it.choices = _choices(data)
    elif kind == OPENS_FORM:
        it.form = data
        ask.realm.transcript.note(it.channel.title, "liqbot", f"asks for “{data['title']}”")


def follow_up(ask: Ask) -> Json | None:
    """Say more; what the bot was thinking of first becomes its answer."""
    it = _live(ask)
    if it.original is not None and it.original.loading and not it.original.deleted:
        message = it.original
        edit(ask.realm, it.channel, message, ask.body, ask.uploads)
    else:
        if not it.guild_wide and len(it.followups) >= _FOLLOWUPS:
            raise Refusal(40094, f"{it.what} has {_FOLLOWUPS} follow-ups")
        message = _say(ask, it, ask.body)
        it.followups.append(message)
    it.stir()
    return message.payload() if ask.wants("wait") else None


def read(ask: Ask) -> Json:
    """Return an answer."""
    return _message(ask, _live(ask)).payload()


def change(ask: Ask) -> Json:
    """Edit an answer."""
    it = _live(ask)
    message = _message(ask, it)
    edit(ask.realm, it.channel, message, ask.body, ask.uploads)
    it.edited = it.edited or message is it.pressed
    it.stir()
    return message.payload()


def delete(ask: Ask) -> None:
    """Take an answer back."""
    it = _live(ask)
    message = _message(ask, it)
    erase(ask.realm, it.channel, message)
    it.stir()


def _live(ask: Ask) -> Interaction:
    """Return the acknowledged interaction of a token that is still good."""
    it = ask.realm.interactions.get(ask.words["webhook_token"])
    if it is None or ask.number("webhook_id") != ask.realm.application_id:
        raise Refusal(10015, "no interaction has this token")
    if it.acknowledged is None:
        raise Refusal(10015, f"{it.what} was not acknowledged before it was answered")
    if ask.realm.now() - it.at > TOKEN_LIVES:
        raise Refusal(50027, f"the token of {it.what} is older than {TOKEN_LIVES}")
    if it.channel.id not in ask.realm.channels:
        raise Refusal(10003)
    return it


def _message(ask: Ask, it: Interaction) -> Message:
    which = ask.words.get("message_id")
    first = it.original or it.pressed
    known = [first, *it.followups] if first else it.followups
    found = first if which is None else next((m for m in known if str(m.id) == which), None)
    if found is None or found.deleted:
        raise Refusal(10008)
    return found


def _say(ask: Ask, it: Interaction, body: Json) -> Message:
    alone = _alone(it, body, ask)
    if alone is not None:
        body = body | {"flags": (body.get("flags") or 0) | EPHEMERAL}
    return post(ask.realm, it.channel, body, ask.uploads, seen_by=alone, interaction=it.metadata())


def _alone(it: Interaction, body: Json, ask: Ask) -> User | None:
    """Return who sees an answer alone: by wish, or as the guild does not let strangers speak."""
    wish = (body.get("flags") or 0) & EPHEMERAL
    silenced = not it.guild_wide and not holds(it.channel.permissions(it.user), "use_external_apps")
    return it.user if wish or silenced else None


def _choices(data: Json) -> list[Choice]:
    choices = data.get("choices") or []
    wrong = [*of_choices(choices)]
    if wrong:
        raise Refusal(50035, "; ".join(wrong))
    return [Choice(each["name"], each["value"]) for each in choices]


_ANSWER = "/webhooks/{webhook_id}/{webhook_token}"
CALLBACKS: Mapping[str, Answer] = {
    "POST /interactions/{interaction_id}/{interaction_token}/callback": callback,
    f"POST {_ANSWER}": follow_up,
    f"GET {_ANSWER}/messages/@original": read,
    f"GET {_ANSWER}/messages/{{message_id}}": read,
    f"PATCH {_ANSWER}/messages/@original": change,
    f"PATCH {_ANSWER}/messages/{{message_id}}": change,
    f"DELETE {_ANSWER}/messages/@original": delete,
    f"DELETE {_ANSWER}/messages/{{message_id}}": delete,
}
