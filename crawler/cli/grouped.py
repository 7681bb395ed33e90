"""Options that belong together reach a command as one value."""

import functools
from collections.abc import Callable
from typing import Any

import click

Command = Callable[..., Any]


def grouped(
    name: str, make: Callable[..., object], *options: Callable[[Command], Command]
) -> Callable[[Command], Command]:
    """Decorator of a command: `make` is called with the values of the options, and gives the argument `name`.

    `--help` shows the options where the decorator stands, in their order.
    """

    def decorated(command: Command) -> Command:
        @functools.wraps(command)
        def called(*args: Any, **given: Any) -> Any:  # noqa: ANN401  # as click gives them
            values = {option: given.pop(option) for option in of_group}
            return command(*args, **given, **{name: make(**values)})

        before = len(parameters(called))
        for option in reversed(options):
            option(called)
        of_group = [str(option.name) for option in parameters(called)[before:]]
        return called

    return decorated


def parameters(command: Command) -> list[click.Parameter]:
    """What decorators have given a function that becomes a command, the last one first."""
    return getattr(command, "__click_params__", [])
