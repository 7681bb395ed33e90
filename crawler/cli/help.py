"""What `--help` of a group of commands says of each."""

import click

_WHOLE = 1_000
"""Characters; no first sentence has so many."""


class Group(click.Group):
    """Tells the whole first sentence of each command's help, over several lines where it is long."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """As click calls it."""
        commands = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        with formatter.section("Commands"):
            formatter.write_dl(
                [
                    (name, command.get_short_help_str(_WHOLE))
                    for name, command in commands.items()
                    if command and not command.hidden
                ]
            )
