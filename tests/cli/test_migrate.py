"""liqbot migrate."""

from pathlib import Path

import pytest

from liqbot.storage.migration import newest
from tests.cli.conftest import Liqbot


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("LIQBOT_DATABASE_URL", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "xdg"))


def test_it_says_from_where_to_where(liqbot: Liqbot, empty_url: str) -> None:
    first = liqbot("migrate", "--database", empty_url)
    assert (first.code, first.err) == (0, "")
    assert first.out.endswith(f": from nothing to {newest()}\n")
    again = liqbot("migrate", "--database", empty_url)
    assert (again.code, again.out.split(": ", 1)[1]) == (0, f"is at {newest()}, nothing to do\n")


def test_without_settings_it_is_the_file_in_the_state_folder(
    liqbot: Liqbot, tmp_path: Path
) -> None:
    assert liqbot("migrate").code == 0
    assert (tmp_path / "xdg" / "liqbot" / "liqbot.db").exists()


def test_the_settings_name_the_folder_or_the_database(liqbot: Liqbot, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[operations]\nstate_dir = "{tmp_path / "mine"}"\n')
    assert liqbot("migrate", "--config", config).code == 0
    assert (tmp_path / "mine" / "liqbot.db").exists()
    config.write_text(f'[database]\nurl = "sqlite:///{tmp_path / "other.db"}"\n')
    assert liqbot("migrate", "--config", config).code == 0
    assert (tmp_path / "other.db").exists()


def test_the_environment_comes_first(
    liqbot: Liqbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIQBOT_DATABASE_URL", f"sqlite:///{tmp_path / 'env.db'}")
    assert liqbot("migrate").code == 0
    assert (tmp_path / "env.db").exists()


def test_what_cannot_be_reached_is_one_line_without_a_password_and_exit_code_1(
    liqbot: Liqbot,
) -> None:
    failed = liqbot("migrate", "--database", "postgresql://me:s3cret@127.0.0.1:1/liqbot")
    assert (failed.code, failed.out) == (1, "")
    assert failed.err.startswith("postgresql://me@127.0.0.1:1/liqbot: cannot be reached")
    assert failed.err.count("\n") == 1
    assert "s3cret" not in failed.err
