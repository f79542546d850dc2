from datetime import UTC, datetime

from telegram import User, WebhookInfo

from liqbot.platforms._telegram.invitation import lines

ME = User(1, "liqbot", is_bot=True, username="liqbot", can_join_groups=True)


def a_hook(url: str = "", failure: str | None = None) -> WebhookInfo:
    at = datetime(2026, 1, 7, tzinfo=UTC) if failure else None
    return WebhookInfo(url, False, 0, last_error_date=at, last_error_message=failure)


def test_the_links_invite_with_the_least_rights() -> None:
    assert lines(ME, a_hook(), "") == (
        "@liqbot, may join groups",
        "open a chat: https://t.me/liqbot?start=hello",
        "add to a group: https://t.me/liqbot?startgroup=hello",
        "add to a channel: https://t.me/liqbot?startchannel&admin=post_messages",
    )


def test_what_stands_in_the_way_is_told_with_how_it_is_mended() -> None:
    me = User(
        1,
        "liqbot",
        is_bot=True,
        username="liqbot",
        can_join_groups=False,
        can_read_all_group_messages=True,
    )
    found = lines(me, a_hook(), "")
    assert found[0] == "@liqbot, may not join groups; /setjoingroups at @BotFather lets it"
    assert found[-1].startswith("hears all that is said in groups")


def test_a_webhook_that_takes_the_updates_elsewhere_is_told() -> None:
    elsewhere = a_hook("https://old.example/x")
    assert lines(ME, elsewhere, "")[-1] == (
        "updates go to another address now; polling ends that at the next start"
    )
    wanted = "https://new.example/x"
    assert f"{wanted} replaces it" in lines(ME, elsewhere, wanted)[-1]


def test_a_webhook_that_fails_is_told() -> None:
    url = "https://bot.example/x"
    failing = a_hook(url, "Connection refused")
    assert lines(ME, failing, url)[-1] == "the webhook failed last: Connection refused"
    assert len(lines(ME, a_hook(url), url)) == 4
