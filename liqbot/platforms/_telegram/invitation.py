"""What the operator has to know of a bot: where it may go, and how it is invited."""

from telegram import User, WebhookInfo

# Groups need no rights: commands reach every member bot. Posting to a channel needs that one.
_CHANNEL_RIGHTS = "post_messages"


def lines(me: User, hook: WebhookInfo, webhook_url: str) -> tuple[str, ...]:
    """Return what was found out, and the links that invite the bot with the least rights."""
    link = f"https://t.me/{me.username}"
    may = "may" if me.can_join_groups else "may not"
    mend = "" if me.can_join_groups else "; /setjoingroups at @BotFather lets it"
    found = [
        f"@{me.username}, {may} join groups{mend}",
        f"open a chat: {link}?start=hello",
        f"add to a group: {link}?startgroup=hello",
        f"add to a channel: {link}?startchannel&admin={_CHANNEL_RIGHTS}",
    ]
    if me.can_read_all_group_messages:
        found.append("hears all that is said in groups; /setprivacy at @BotFather ends that")
    return (*found, *_of_hook(hook, webhook_url))


def _of_hook(hook: WebhookInfo, wanted: str) -> list[str]:
    """Say what stands in the way of updates."""
    if hook.url and hook.url != wanted:
        after = f"{wanted} replaces it" if wanted else "polling ends that"
        return [f"updates go to another address now; {after} at the next start"]
    if hook.url and hook.last_error_message:
        return [f"the webhook failed last: {hook.last_error_message}"]
    return []
