"""The state folder: made for one owner, kept by one bot."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from liqbot.errors import ConfigError
from liqbot.operations.state import StateFolder, default_path, is_writable, keep_compiled

HOLDER = """
import sys
from pathlib import Path
from liqbot.operations.state import StateFolder
with StateFolder.open(Path(sys.argv[1])).lock():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    folder = StateFolder.open(tmp_path / "a" / "b")
    for path in (folder.path, folder.pictures, folder.compiled):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert folder.database.parent == folder.path
    assert not folder.database.exists()


def test_a_folder_that_is_there_is_taken_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    (tmp_path / "liqbot.db").write_text("rows")
    folder = StateFolder.open(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o750
    assert folder.database.read_text() == "rows"
    assert StateFolder.open(tmp_path) == folder


def test_without_a_name_it_is_where_the_user_keeps_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert StateFolder.open(None).path == tmp_path / "liqbot" == default_path()


def test_a_relative_folder_stays_where_it_was_when_the_process_moves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert StateFolder.open(Path("state")).path == tmp_path / "state"


@pytest.mark.parametrize("below", ["", "deeper"])
def test_what_cannot_be_a_folder_names_the_key(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"^operations\.state_dir = .*: cannot be written: "):
        StateFolder.open(tmp_path / "file" / below)


def test_two_bots_do_not_share_a_folder(tmp_path: Path) -> None:
    folder = StateFolder.open(tmp_path)
    with folder.lock():
        with pytest.raises(ConfigError, match=rf"another liqbot has it, process {os.getpid()};"):
            with_lock(folder)
        assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"
    with_lock(folder)


def test_a_bot_that_was_killed_leaves_no_lock(tmp_path: Path) -> None:
    folder = StateFolder.open(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(ConfigError, match=f"process {holder.pid};"):
            with_lock(folder)
        holder.send_signal(signal.SIGKILL)
    with_lock(folder)
    assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"


def test_numba_keeps_its_code_beside_ours_where_it_can() -> None:
    environ: dict[str, str] = {}
    keep_compiled(environ)
    assert environ == {}


def test_a_read_only_package_has_its_code_compiled_into_the_state_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = tmp_path / "nowhere"
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    config = tmp_path / "config.toml"
    for text, where in (
        (f'[operations]\nstate_dir = "{tmp_path}/mine"', tmp_path / "mine"),
        ("[operations]\nstate_dir = 3", tmp_path / "liqbot"),
        ("operations = 3", tmp_path / "liqbot"),
        ("[operations", tmp_path / "liqbot"),
    ):
        config.write_text(text)
        environ: dict[str, str] = {}
        keep_compiled(environ, config, nowhere)
        assert environ == {"NUMBA_CACHE_DIR": str(where / "numba")}
        assert stat.S_IMODE(where.stat().st_mode) == 0o700
    environ = {}
    keep_compiled(environ, None, nowhere)
    assert environ == {"NUMBA_CACHE_DIR": str(tmp_path / "liqbot" / "numba")}


def test_a_state_folder_that_cannot_be_made_is_told_of_later(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    config = tmp_path / "config.toml"
    config.write_text(f'[operations]\nstate_dir = "{tmp_path}/file"')
    environ: dict[str, str] = {}
    keep_compiled(environ, config, tmp_path / "nowhere")
    assert environ == {"NUMBA_CACHE_DIR": str(tmp_path / "file" / "numba")}


def test_what_the_operator_said_of_numba_stands(tmp_path: Path) -> None:
    environ = {"NUMBA_CACHE_DIR": "mine"}
    keep_compiled(environ, None, tmp_path / "nowhere")
    assert environ == {"NUMBA_CACHE_DIR": "mine"}


def test_where_a_file_can_be_made_is_writable(tmp_path: Path) -> None:
    assert is_writable(tmp_path)
    assert not is_writable(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


def test_looking_after_numba_does_not_import_it() -> None:
    asked = "import sys; from liqbot.operations import state; print('numba' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"


def with_lock(folder: StateFolder) -> None:
    with folder.lock():
        pass
