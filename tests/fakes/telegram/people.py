"""What people do: talk, press, block, found groups, change who may do what."""

from collections.abc import Mapping
from hashlib import sha256

from tests.fakes.faults import Json
from tests.fakes.telegram.chats import Chat, ChatType, Member, Status, Topic, User
from tests.fakes.telegram.markup import typed
from tests.fakes.telegram.messages import Message, Query
from tests.fakes.telegram.state import Telegram

_FIRST_GROUP, _FIRST_SUPERGROUP = -4_100_000_001, -1_001_900_000_001
_FIRST_TOPIC = 2


class People(Telegram):
    """Everybody but the bot."""

    # who and where

    def user(self, id_: int, name: str, *, started: bool = False, **also: str | None) -> Chat:
        """Return the private chat of somebody new; the bot may write first only if `started`.

        `also` are `username` and `language`. The person is `chat.user`.
        """
        user = User(id_, name, also.get("username"), also.get("language", "en"), started=started)
        self.users[id_] = user
        self.chats[id_] = Chat(id_, "private", name, user.username, user)
        return self.chats[id_]

    def group(self, title: str, *members: Chat, id_: int | None = None) -> Chat:
        """Return a new basic group; the first member founded it, and the bot is none yet."""
        return self._founded("group", title, members, id_)

    def supergroup(
        self, title: str, *members: Chat, id_: int | None = None, topics: tuple[str, ...] = ()
    ) -> Chat:
        """Return a new supergroup, a forum if it has topics."""
        chat = self._founded("supergroup", title, members, id_)
        if topics:
            chat.topics = {}
            for each in topics:
                self.topic(chat, each)
        return chat

    def channel(
        self, title: str, owner: Chat, *, username: str | None = None, id_: int | None = None
    ) -> Chat:
        """Return a new channel."""
        chat = self._founded("channel", title, (owner,), id_)
        chat.username = username
        return chat

    def topic(self, chat: Chat, name: str) -> Topic:
        """Return a new topic of a forum."""
        assert chat.topics is not None, f"{chat.title} is no forum"
        topic = Topic(len(chat.topics) + _FIRST_TOPIC, name)
        chat.topics[topic.id] = topic
        return topic

    # who may do what

    def add_bot(self, chat: Chat, status: Status = "member", *rights: str) -> None:
        """Make the bot a member or administrator, with all rights if none are named."""
        self.become(chat, self.bot, status, *rights)
        if chat.type != "channel":
            self._say(chat, self._owner(chat), "", more={"new_chat_members": [self.bot.told]})

    def become(
        self,
        chat: Chat,
        who: Chat | User,
        status: Status,
        *rights: str,
        anonymous: bool = False,
    ) -> None:
        """Make somebody something: promote, demote, kick, let in; tell the bot as Telegram does."""
        user = _person(who)
        before = chat.member(user)
        chat.let_in(user, status, set(rights) or None)
        chat.members[user.id].anonymous = anonymous
        self._tell_member(chat, before, chat.member(user))
        self.story.happened(chat, f"{user.name} becomes {status}")

    def kick_bot(self, chat: Chat) -> None:
        """Throw the bot out for good."""
        self.become(chat, self.bot, "kicked")

    def block(self, chat: Chat) -> None:
        """Let somebody block the bot."""
        self._block(chat, blocked=True)

    def unblock(self, chat: Chat) -> None:
        """Let somebody hear the bot again."""
        self._block(chat, blocked=False)

    def leave_telegram(self, chat: Chat) -> None:
        """Let somebody delete their account."""
        _person(chat).deleted = True
        self.story.happened(chat, f"{chat.title} deletes the account")

    def close(self, chat: Chat, topic: Topic) -> None:
        """Let nobody but administrators write in a topic."""
        topic.closed = True
        self._say(chat, self._owner(chat), "", thread=topic.id, more={"forum_topic_closed": {}})

    def upgrade(self, group: Chat) -> Chat:
        """Return the supergroup that a basic group becomes; both are told of the other."""
        members = [self.chats[each] for each in group.members if each in self.chats]
        chat = self.supergroup(group.title, *members)
        chat.members = dict(group.members)
        group.upgraded_to = chat.id
        owner = self._owner(group)
        self._say(group, owner, "", more={"migrate_to_chat_id": chat.id})
        self._say(chat, owner, "", more={"migrate_from_chat_id": group.id})
        return chat

    # what is said

    def say(
        self,
        chat: Chat,
        who: Chat | User | None = None,
        text: str = "",
        *,
        thread: Topic | None = None,
        reply_to: Message | None = None,
    ) -> Message:
        """Let somebody write; without `who`, the one whose private chat it is.

        The first word in a private chat starts the bot. In groups the bot hears what its privacy
        mode lets through.
        """
        user = _person(who or chat)
        user.started = user.started or chat.is_private
        return self._say(chat, user, text, thread=thread.id if thread else None, reply_to=reply_to)

    def forward(self, chat: Chat, who: Chat | User, message: Message) -> Message:
        """Let somebody forward a message."""
        origin = {"type": "user", "date": message.date, "sender_user": message.author.told}
        return self._say(chat, _person(who), message.said.text, more={"forward_origin": origin})

    def post_in_channel(self, chat: Chat, who: Chat | User, text: str) -> Message:
        """Let an administrator post in a channel."""
        return self._say(chat, _person(who), text)

    def change(self, message: Message, text: str) -> None:
        """Let somebody edit what they wrote."""
        message.said = typed(text)
        message.edit_date, message.edits = int(self.now()), message.edits + 1
        self.story.edited(message)
        self._tell_message(message, "edited_")

    def press(self, message: Message, name: str, who: Chat | User | None = None) -> Query:
        """Let somebody press the button with a label or data; the bot has to answer."""
        button = message.button(name)
        assert button.data is not None, f"{button} asks the bot nothing"
        return self.forge(message, button.data, who)

    def forge(self, message: Message, data: str, who: Chat | User | None = None) -> Query:
        """Let somebody send data that may be on no button, as changed clients can."""
        user, chat = _person(who or message.chat), message.chat
        self._since[chat.id] = len(chat.messages)
        id_ = str(5_000_000_000 + len(self.queries))
        told = {
            "id": id_,
            "from": user.told,
            "message": message.told,
            "chat_instance": str(int(sha256(f"{chat.id}".encode()).hexdigest()[:15], 16)),
            "data": data,
        }
        if message.deleted:
            told["message"] = {"chat": chat.told, "message_id": message.id, "date": 0}
        query = Query(id_, user, message, data, self.now(), told)
        self.queries[id_] = query
        self.story.pressed(query)
        self.tell("callback_query", told)
        return query

    def remove(self, message: Message) -> None:
        """Let somebody delete a message; nobody tells the bot."""
        message.deleted = True

    def _founded(
        self, type_: ChatType, title: str, members: tuple[Chat, ...], id_: int | None
    ) -> Chat:
        first = _FIRST_GROUP if type_ == "group" else _FIRST_SUPERGROUP
        chat = Chat(id_ or first - len(self.chats), type_, title)
        self.chats[chat.id] = chat
        for i, each in enumerate(members):
            chat.let_in(_person(each), "member" if i else "creator")
        return chat

    def _block(self, chat: Chat, *, blocked: bool) -> None:
        user = _person(chat)
        before = Member(self.bot, "kicked" if user.blocked else "member")
        user.blocked = blocked
        self._tell_member(chat, before, Member(self.bot, "kicked" if blocked else "member"), user)
        self.story.happened(chat, f"{user.name} {'blocks' if blocked else 'unblocks'} the bot")

    def _tell_member(
        self, chat: Chat, before: Member, after: Member, by: User | None = None
    ) -> None:
        told = {
            "chat": chat.told,
            "from": (by or self._owner(chat)).told,
            "date": int(self.now()),
            "old_chat_member": before.told(chat),
            "new_chat_member": after.told(chat),
        }
        self.tell("my_chat_member" if after.user is self.bot else "chat_member", told)

    def _owner(self, chat: Chat) -> User:
        return next(each.user for each in chat.members.values() if each.status == "creator")

    def _say(
        self,
        chat: Chat,
        user: User,
        text: str,
        *,
        thread: int | None = None,
        reply_to: Message | None = None,
        more: Mapping[str, Json] | None = None,
    ) -> Message:
        message = Message(
            chat,
            self.next_id(chat),
            int(self.now()),
            user,
            typed(text),
            thread=thread,
            reply_to=reply_to,
            more=dict(more or {}),
        )
        self.post(message)
        self._since[chat.id] = message.id
        self._tell_message(message)
        return message

    def _tell_message(self, message: Message, edited: str = "") -> None:
        if self._hears(message):
            kind = "channel_post" if message.chat.type == "channel" else "message"
            self.tell(edited + kind, message.told)

    def _hears(self, message: Message) -> bool:
        """Tell whether the bot is told of a message: its place there, and its privacy mode."""
        chat = message.chat
        if chat.is_private:
            return not (message.author.blocked or message.author.deleted)
        member = chat.member(self.bot)
        if member.status in {"left", "kicked"}:
            return False
        if chat.type == "channel" or member.is_admin or self.reads_all or message.is_service:
            return True
        answered = message.reply_to is not None and message.reply_to.author is self.bot
        called = [each.partition("@")[2] for each in message.said.marked("bot_command")]
        mine = any(name.lower() in {"", str(self.bot.username).lower()} for name in called)
        return answered or mine or f"@{self.bot.username}" in message.said.text


def _person(who: Chat | User) -> User:
    if isinstance(who, User):
        return who
    assert who.user is not None, f"{who.title} is nobody"
    return who.user
