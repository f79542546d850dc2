"""People, the chats they meet in, and who may do what there."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tests.fakes.faults import Json
from tests.fakes.telegram.refusal import Refused

if TYPE_CHECKING:
    from tests.fakes.telegram.messages import Message

ChatType = Literal["private", "group", "supergroup", "channel"]
Status = Literal["creator", "administrator", "member", "left", "kicked"]
GENERAL = 1  # the topic that takes no message_thread_id

_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
_OF_A_CHANNEL = ("can_post_messages", "can_edit_messages")
_OF_A_GROUP = ("can_pin_messages", "can_manage_topics")
_PERMISSIONS = {
    "can_send_messages": "text messages",
    "can_send_photos": "photos",
    "can_send_documents": "documents",
    "can_send_other_messages": "animations",
}


@dataclass
class User:
    """Somebody with an account, or a bot."""

    id: int
    name: str
    username: str | None = None
    language: str | None = "en"
    is_bot: bool = False
    started: bool = False  # the bot may write
    blocked: bool = False  # … until this
    deleted: bool = False

    @property
    def told(self) -> Json:
        """The user as others see it."""
        told = {"id": self.id, "is_bot": self.is_bot, "first_name": self.name}
        named = {"username": self.username, "language_code": self.language}
        return told | {name: each for name, each in named.items() if each and not self.deleted}


@dataclass
class Member:
    """What somebody is in a chat."""

    user: User
    status: Status
    rights: frozenset[str] = frozenset()  # of an administrator
    anonymous: bool = False

    @property
    def is_admin(self) -> bool:
        """Whether it may change the chat."""
        return self.status in {"creator", "administrator"}

    def may(self, right: str) -> bool:
        """Tell whether an administrator has a right."""
        return self.status == "creator" or (self.is_admin and right in self.rights)

    def told(self, chat: "Chat") -> Json:
        """Return the ChatMember."""
        told = {"status": self.status, "user": self.user.told}
        if self.status == "kicked":
            return told | {"until_date": 0}
        if self.status == "creator":
            return told | {"is_anonymous": self.anonymous}
        if self.status != "administrator":
            return told
        every = _RIGHTS + (_OF_A_CHANNEL if chat.type == "channel" else _OF_A_GROUP)
        told |= {"can_be_edited": False, "is_anonymous": self.anonymous}
        return told | {each: each in self.rights for each in every}


@dataclass
class Topic:
    """One thread of a forum."""

    id: int
    name: str
    closed: bool = False


@dataclass
class Chat:
    """Where messages are."""

    id: int
    type: ChatType
    title: str
    username: str | None = None
    user: User | None = None  # of a private chat
    members: dict[int, Member] = field(default_factory=dict)
    forbidden: set[str] = field(default_factory=set)  # permissions that members lack
    topics: dict[int, Topic] | None = None  # of a forum
    messages: "dict[int, Message]" = field(default_factory=dict)
    upgraded_to: int | None = None

    @property
    def is_private(self) -> bool:
        """Whether only one person reads it."""
        return self.type == "private"

    @property
    def told(self) -> Json:
        """The Chat as messages tell it."""
        told: Json = {"id": self.id, "type": self.type}
        told |= {"first_name" if self.is_private else "title": self.title}
        if self.username:
            told["username"] = self.username
        return told | ({"is_forum": True} if self.topics is not None else {})

    @property
    def told_fully(self) -> Json:
        """The ChatFullInfo."""
        gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription")
        told = self.told | {
            "accent_color_id": 2,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys((*gifts, "gifts_from_channels"), False),
        }
        if self.type in {"group", "supergroup"}:
            told["permissions"] = {each: each not in self.forbidden for each in _PERMISSIONS}
        return told

    def member(self, user: User) -> Member:
        """Return what somebody is here."""
        return self.members.get(user.id) or Member(user, "left")

    def let_in(self, user: User, status: Status = "member", rights: set[str] | None = None) -> None:
        """Make somebody something here; an administrator with all rights, if none are named."""
        every = {*_RIGHTS, *(_OF_A_CHANNEL if self.type == "channel" else _OF_A_GROUP)}
        self.members[user.id] = Member(user, status, frozenset(every if rights is None else rights))

    def refuse_outsider(self, bot: User) -> None:
        """Raise Refused where a bot is not, or no longer."""
        if self.upgraded_to is not None:
            moved = {"migrate_to_chat_id": self.upgraded_to}
            raise Refused(400, "group chat was upgraded to a supergroup chat", parameters=moved)
        if self.user is not None:
            if self.user.deleted:
                raise Refused(403, "user is deactivated")
            if self.user.blocked:
                raise Refused(403, "bot was blocked by the user")
            if not self.user.started:
                raise Refused(403, "bot can't initiate conversation with a user")
        elif self.member(bot).status == "kicked":
            raise Refused(403, f"bot was kicked from the {self.type} chat")
        elif self.member(bot).status == "left":
            raise Refused(403, f"bot is not a member of the {self.type} chat")

    def refuse_sender(self, bot: User, permission: str, thread: int | None) -> None:
        """Raise Refused where a bot may not send something."""
        self.refuse_outsider(bot)
        member = self.member(bot)
        if self.type == "channel":
            if not member.may("can_post_messages"):
                raise Refused(400, "need administrator rights in the channel chat")
        elif permission in self.forbidden and not member.is_admin:
            raise Refused(400, f"not enough rights to send {_PERMISSIONS[permission]} to the chat")
        if thread is None:
            return
        topic = (self.topics or {}).get(thread)
        if topic is None:
            raise Refused(400, "message thread not found")
        if topic.closed and not member.may("can_manage_topics"):
            raise Refused(400, "TOPIC_CLOSED")
