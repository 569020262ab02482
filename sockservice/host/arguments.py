"""Reading arguments into ``twisted.python.usage.Options`` with messages that name the option and the likely word."""

from __future__ import annotations

import getopt
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from twisted.python import reflect
from twisted.python.usage import Options, UsageError

from sockservice.errors import ConfigurationError, did_you_mean

Elsewhere: TypeAlias = Callable[[str], str | None]
"""Given an option as written that does not exist here, what to say where it is somebody else's."""


def parse_arguments(
    options: Options,
    arguments: Sequence[str],
    who: str,
    parse: Callable[[list[str]], None] | None = None,
    elsewhere: Elsewhere | None = None,
) -> None:
    """Parse ``arguments`` into ``options``.

    Args:
        options: what to fill; its ``postOptions`` runs at the end.
        arguments: the words as the shell gives them.
        who: whose options they are, for messages: ``sockservice``, or a service's name.
        parse: what does the parsing, where it is not ``options.parseOptions``.
        elsewhere: as for :func:`check_arguments`.

    Raises:
        ConfigurationError: as :func:`check_arguments`; or the options' own checks refuse.
        SystemExit: ``--help`` or ``--version`` was asked for and has been printed.
    """
    pairs = check_arguments(options, arguments, who, elsewhere)
    if ("--version", "") in pairs and type(options).opt_version is Options.opt_version:
        print_versions()
        raise SystemExit(0)
    try:
        (parse or options.parseOptions)(list(arguments))
    except UsageError as error:
        raise ConfigurationError(f"{who}: {error}") from error


def check_arguments(
    options: Options, arguments: Sequence[str], who: str, elsewhere: Elsewhere | None = None
) -> list[tuple[str, str]]:
    """Check the options among ``arguments`` each by itself, since ``usage`` does not say whose value it refuses.

    Args:
        options: what they are to be options of; is not filled.
        arguments: the words as the shell gives them.
        who: whose options they are, for messages.
        elsewhere: asked about an option that does not exist, before the nearest is named.

    Returns:
        The options, each as it is spelled in full, and its value.

    Raises:
        ConfigurationError: an option does not exist, lacks its value or has a wrong one; or there is an argument
            where none is taken.
    """
    try:
        pairs, rest = getopt.getopt(list(arguments), options.shortOpt, options.longOpt)
    except getopt.GetoptError as error:
        raise ConfigurationError(_what_getopt_means(error, options, who, elsewhere)) from error
    parameters: list[Sequence[Any]] = []
    reflect.accumulateClassList(type(options), "optParameters", parameters)  # type: ignore[no-untyped-call]
    coercions = {spec[0]: spec[4] for spec in parameters if len(spec) > 4 and spec[4] is not None}
    for written, value in pairs:
        name = options.synonyms.get(written.lstrip("-"), "")
        if name in coercions:
            try:
                coercions[name](value)
            except (ValueError, ConfigurationError) as error:
                raise ConfigurationError(f"{who} {written}: {error}") from error
    takes_none = type(options).parseArgs is Options.parseArgs and not getattr(options, "subCommands", None)
    if rest and takes_none and not {("--help", ""), ("--version", "")} & set(pairs):
        raise ConfigurationError(f"{who} takes no argument {rest[0]!r}")
    return pairs


def print_versions() -> None:
    """What ``--version`` prints, the host's and every service's."""
    from importlib.metadata import version

    print(f"sockservice {version('sockservice')} on Twisted {version('twisted')}")  # noqa: T201


def option_names(options: Options) -> dict[str, bool]:
    """The long names of ``options``, each with whether it takes a value; ``help`` and ``version`` left out."""
    names = {name.rstrip("="): name.endswith("=") for name in options.longOpt}
    return {name: takes for name, takes in names.items() if name not in ("help", "version")}


def has_option(options: Options, written: str) -> bool:
    """Whether ``written``, an option with its dashes, is one of ``options``, long or short."""
    return options.synonyms.get(written.lstrip("-")) in option_names(options)


def _what_getopt_means(error: getopt.GetoptError, options: Options, who: str, elsewhere: Elsewhere | None) -> str:
    known = [f"--{name}" for name in option_names(options)]
    long = f"--{error.opt}" in error.msg
    option = f"--{error.opt}" if long else f"-{error.opt}"
    if "not recognized" in error.msg:
        if elsewhere is not None and (told := elsewhere(option)) is not None:
            return told
        return f"{who} has no option {option}{did_you_mean(option, known)}"
    if "requires argument" in error.msg:
        return f"{who}: the option {option} needs a value after it"
    if "not a unique prefix" in error.msg:
        fits = [name for name in known if name.startswith(option)]
        return f"{who}: {option} may mean {' or '.join(sorted(fits))}; write it out"
    return f"{who}: {error.msg}"
