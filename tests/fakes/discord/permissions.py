"""What members may do, as bits."""

PERMISSIONS = {
    "administrator": 3,
    "manage_channels": 4,
    "manage_guild": 5,
    "view_channel": 10,
    "send_messages": 11,
    "manage_messages": 13,
    "embed_links": 14,
    "attach_files": 15,
    "read_message_history": 16,
    "mention_everyone": 17,
    "use_external_emojis": 18,
    "manage_webhooks": 29,
    "use_application_commands": 31,
    "create_public_threads": 35,
    "send_messages_in_threads": 38,
    "use_external_apps": 50,
}
EVERYTHING = (1 << 53) - 1
ORDINARY = (
    "view_channel",
    "send_messages",
    "embed_links",
    "attach_files",
    "read_message_history",
    "use_application_commands",
    "send_messages_in_threads",
    "use_external_apps",
)


def bits(*names: str) -> int:
    """Return some permissions as one number; KeyError for a name that is not known."""
    return sum(1 << PERMISSIONS[name] for name in set(names))


def holds(permissions: int, *names: str) -> bool:
    """Tell whether all of some permissions are among others."""
    return permissions & bits(*names) == bits(*names)
