"""liqbot example-config: every setting, its meaning and its default."""

import typer


def example_config() -> None:
    """Print a config.toml with every setting and its default."""
    from liqbot.config.example import example

    typer.echo(example(), nl=False)
