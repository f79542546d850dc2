"""Secrets: from the environment or a file of one's own, and never shown."""

import copy
from pathlib import Path

import pytest

from liqbot.config.secret import Secret, database_url, secret, variable
from liqbot.config.shape import DatabaseSettings
from liqbot.errors import ConfigError

URL = "postgresql://liqbot:s3cr3t@localhost/liqbot"


def test_a_secret_comes_from_the_environment() -> None:
    environ = {"LIQBOT_TELEGRAM_TOKEN": " 1:abc\n"}
    assert secret("telegram.token", Path("nowhere"), environ).reveal() == "1:abc"


def test_a_secret_comes_from_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("1:abc\n")
    file.chmod(0o600)
    empty = {"LIQBOT_TELEGRAM_TOKEN": ""}
    assert secret("telegram.token", file, empty).reveal() == "1:abc"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644])
def test_a_file_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "token"
    file.write_text("1:abc")
    file.chmod(mode)
    with pytest.raises(ConfigError, match="others can read it; run: chmod 600") as caught:
        secret("telegram.token", file, {})
    assert "1:abc" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b" \n", b"1:abc\n2:def\n", b"\xff"])
def test_a_file_that_holds_no_single_secret_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "token"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(ConfigError, match=r"token_file = .*(nothing else|UTF-8)"):
        secret("telegram.token", file, {})


def test_a_secret_that_is_nowhere_says_where_it_could_be(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"set LIQBOT_TELEGRAM_TOKEN, or telegram\.token_file"):
        secret("telegram.token", None, {})
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        secret("telegram.token", tmp_path / "token", {})


def test_a_secret_does_not_show_itself() -> None:
    hidden = Secret("1:abc")
    for shown in (repr(hidden), str(hidden), f"{hidden}", repr([hidden]), f"{copy.copy(hidden)}"):
        assert "abc" not in shown
        assert "Secret" in shown


def test_a_secret_written_where_its_file_should_be_named_is_not_told() -> None:
    with pytest.raises(ConfigError, match=r"^telegram\.token_file: cannot be read") as caught:
        secret("telegram.token", Path("1:abc"), {})
    assert "abc" not in str(caught.value)


def test_a_variable_is_called_like_its_key() -> None:
    assert variable("database.url") == "LIQBOT_DATABASE_URL"


def test_a_database_is_named_by_the_environment_before_a_file_before_the_settings(
    tmp_path: Path,
) -> None:
    file = tmp_path / "url"
    file.write_text(f"{URL}/file\n")
    file.chmod(0o600)
    named = DatabaseSettings(url_file=file)
    environ = {"LIQBOT_DATABASE_URL": URL}
    plain = DatabaseSettings(url="sqlite:///bot.db")
    for settings, known, url in (
        (named, environ, URL),
        (plain, environ, URL),
        (named, {}, f"{URL}/file"),
        (plain, {"LIQBOT_DATABASE_URL": " "}, "sqlite:///bot.db"),
    ):
        found = database_url(settings, known)
        assert found is not None
        assert found.reveal() == url
        assert "s3cr3t" not in repr(found)


def test_without_a_name_the_database_is_a_file_in_the_state_folder() -> None:
    assert database_url(DatabaseSettings(), {}) is None
