"""Which database the settings mean."""

from pathlib import Path

import pytest

from liqbot.cli.database import address, missing_file
from liqbot.config.secret import Secret
from liqbot.config.shape import Config, DatabaseSettings, OperationsSettings


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIQBOT_DATABASE_URL", raising=False)


def test_it_is_the_file_in_the_state_folder_and_none_is_made(tmp_path: Path) -> None:
    config = Config(operations=OperationsSettings(state_dir=tmp_path / "state"))
    assert address(config).reveal() == f"sqlite:///{tmp_path / 'state' / 'liqbot.db'}"
    assert not (tmp_path / "state").exists()


def test_settings_and_then_the_environment_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    config = Config(database=DatabaseSettings(url="postgresql://127.0.0.1/liqbot"))
    assert address(config).reveal() == "postgresql://127.0.0.1/liqbot"
    monkeypatch.setenv("LIQBOT_DATABASE_URL", "sqlite:///mine.db")
    assert address(config).reveal() == "sqlite:///mine.db"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    file = tmp_path / "liqbot.db"
    assert missing_file(Secret(f"sqlite:///{file}")) == file
    file.touch()
    assert missing_file(Secret(f"sqlite:///{file}")) is None
    assert missing_file(Secret("postgresql://127.0.0.1/liqbot")) is None
