"""liqbot fit."""

import json
import re
from pathlib import Path

from liqbot.heatmap.model import Model
from tests.cli.conftest import Liqbot


def test_a_fitted_model_is_one_that_can_be_drawn_with(
    liqbot: Liqbot, told: Path, tmp_path: Path
) -> None:
    out = tmp_path / "model.toml"
    fitted = liqbot("fit", "--recording", told, "--market", "BTC", "--out", out)
    assert fitted.code == 0
    assert re.fullmatch(
        rf"{re.escape(str(out))}: model BTC 2026-01-0\S+ \S+, from \d+ hours, skill -?\d\.\d\d\n",
        fitted.out,
    )
    model = Model.from_toml(out.read_text("utf-8"))
    assert model.venues == ("bybit",)
    drawn = liqbot("levels", "BTC", "--recording", told, "--model", out, "--json", "-")
    assert json.loads(drawn.out)["model"]["version"] == model.version


def test_nothing_later_than_the_moment_is_fitted(
    liqbot: Liqbot, told: Path, tmp_path: Path
) -> None:
    out = tmp_path / "model.toml"
    command = ["fit", "--recording", told, "--market", "BTC", "--out", out]
    assert liqbot(*command, "--until", "2026-01-07").code == 0
    fitted_to_ms = Model.from_toml(out.read_text("utf-8")).fitted_to_ms
    assert fitted_to_ms is not None
    assert fitted_to_ms <= 1_767_744_000_000


def test_it_starts_from_the_model_given(liqbot: Liqbot, told: Path, tmp_path: Path) -> None:
    prior, out = tmp_path / "prior.toml", tmp_path / "model.toml"
    prior.write_text(
        Model(
            tiers=(10.0, 50.0),
            long_weights=(0.01, 0.002),
            short_weights=(0.01, 0.002),
            half_life_h=(180.0, 30.0),
        ).to_toml()
    )
    command = ["fit", "--recording", told, "--market", "BTC", "--out", out, "--model", prior]
    assert liqbot(*command).code == 0
    assert Model.from_toml(out.read_text("utf-8")).tiers == (10.0, 50.0)


def test_too_little_to_learn_from_is_told_and_leaves_no_file(
    liqbot: Liqbot, recording: Path, tmp_path: Path
) -> None:
    out = tmp_path / "model.toml"
    failed = liqbot("fit", "--recording", recording, "--market", "BTC", "--out", out)
    assert (failed.code, failed.out) == (2, "")
    assert failed.err.startswith("A fit needs at least")
    assert not out.exists()


def test_forced_orders_alone_are_too_little(
    liqbot: Liqbot, only_orders: Path, tmp_path: Path
) -> None:
    out = tmp_path / "model.toml"
    failed = liqbot("fit", "--recording", only_orders, "--market", "BTC", "--out", out)
    assert failed.code == 2
    assert failed.err.startswith("A fit needs at least")
