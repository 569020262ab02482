"""Files that people write: YAML read into typed values, and every mistake told with its place.

:func:`read_document` is the one way in. The shape of a file is a ``msgspec.Struct`` (``forbid_unknown_fields``
makes unknown words mistakes), so the same classes validate the file, give its JSON Schema and are what the
program works with. A Struct may carry ``reserved: ClassVar[frozenset[str]]``: words of the format that are not
supported yet, which are refused as that and not as typing errors. The words are keys, values of a ``Literal``,
``a list`` where the whole map may once be one, or ``{{`` where a template may once give a number. It may carry
``misplaced: ClassVar[Mapping[str, str]]`` too: words that stand elsewhere, each with where. What a text with a pattern
is called in messages is the ``title`` of its ``Meta``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import attrs
import msgspec
from msgspec import inspect

from sockservice import yaml
from sockservice.errors import ConfigurationError, Place, did_you_mean
from sockservice.regular_file import open_regular
from sockservice.shape_mistakes import Found, shape_mistakes
from sockservice.yaml import TORN as TORN
from sockservice.yaml import Keys as Keys
from sockservice.yaml import SpelledInteger as SpelledInteger

S = TypeVar("S")
T = TypeVar("T")

LONGEST: Final = 500
"""Characters of the longest message: what is wrong stands at its beginning, what is right at its end."""

LIMIT: Final = 64 * 1024 * 1024
"""Bytes of the largest file that is read: ten times what 100,000 stubs take."""


@attrs.frozen
class Document(Generic[T]):
    """A file that was read.

    Attributes:
        path: the file, as it was named.
        text: what it held then.
        value: what that means.
        mistakes: what keeps it from having its shape, in the order of the file; the value is then as YAML has it.
        within: the way to what the text says, where the value has more around it than the text.
    """

    path: Path
    text: str = attrs.field(repr=False)
    value: T
    mistakes: tuple[ConfigurationError, ...] = ()
    within: Keys = ()

    def place(self, *keys: str | int, key: bool = False) -> Place:
        """Where a value stands; the text is read once more for it, the first time.

        Args:
            keys: the way to it from the top, for example ``"stubs", 0, "when", "sql"``. Where the last of
                them do not exist, the nearest value that does is meant.
            key: the place of its key, instead of its value.
        """
        marks = self._marks
        keys = self._written(keys)
        while keys and keys not in marks.values:
            keys = keys[:-1]
        found = marks.keys.get(keys) if key else None
        return Place(self.path, *(found or marks.values.get(keys) or (1, 1)))

    def mistake(self, message: str, *keys: str | int, key: bool = False) -> ConfigurationError:
        """The error to raise about the value at ``keys``; the arguments are those of :meth:`place`.

        A message that quotes a very long text of the file loses its middle.
        """
        return ConfigurationError(_cut(message), self.place(*keys, key=key))

    def part(self, shape: type[S], *keys: str | int) -> S | None:
        """A part of a document that has mistakes, if that part has none.

        Args:
            shape: what it is to be.
            keys: the way to it from the top.
        """
        value: Any = self.value
        try:
            for key in keys:
                value = value[key]
            return msgspec.convert(value, shape)
        except (LookupError, TypeError, msgspec.ValidationError):
            return None

    def torn(self, *keys: str | int) -> str | None:
        """The first part of a text without quotes, if a comma in it may have made its rest the key at ``keys``."""
        return self._marks.torn.get(self._written(keys))

    def _written(self, keys: Keys) -> Keys:
        """The way to a value in the text, out of that in :attr:`value`."""
        return keys[len(self.within) :] if keys[: len(self.within)] == self.within else ()

    @functools.cached_property
    def _marks(self) -> yaml.Marks:
        marks = yaml.Marks()
        yaml.compose(self.text, marks)
        return marks


def read_document(path: Path | str, shape: type[T], *, limit: int = LIMIT) -> Document[T]:
    """Read a YAML file into a typed value.

    Args:
        path: the file.
        shape: a ``msgspec.Struct``, or another type that msgspec knows.
        limit: bytes of the largest file to read.

    Returns:
        The document; its ``value`` is of the type ``shape``.

    Raises:
        ConfigurationError: it cannot be read, is not YAML, or does not have the shape. All mistakes against the
            shape are found together (``mistakes``), each with its place.
    """
    document: Document[T] = survey_document(path, shape, limit=limit)
    if document.mistakes:
        raise ConfigurationError.together(document.mistakes)
    return document


def survey_document(path: Path | str, shape: type[T], *, limit: int = LIMIT) -> Document[Any]:
    """Read a YAML file as :func:`read_document` does, for who has more to check than its shape.

    The arguments are those of :func:`read_document`.

    Returns:
        The document. Where it lacks the shape, ``mistakes`` says so, and :meth:`Document.part` gives what is sound.

    Raises:
        ConfigurationError: it cannot be read, or is not YAML.
    """
    path = Path(path)
    return survey_text(read_text(path, limit), path, shape)


def survey_text(
    text: str, path: Path, shape: type[T], frame: Callable[[Any], tuple[Any, Keys]] = lambda plain: (plain, ())
) -> Document[Any]:
    """Read YAML text as :func:`survey_document` reads a file.

    Args:
        text: the text.
        path: what messages call it.
        shape: what it is to be.
        frame: puts around what the text says what it leaves out; gives that, and the way in it to what was said.

    Raises:
        ConfigurationError: it is not YAML.
    """
    try:
        plain = yaml.compose(text)
    except yaml.Mistake as mistake:
        raise ConfigurationError(_cut(str(mistake)), Place(path, mistake.line, mistake.column)) from None
    plain, within = frame(plain)
    document = Document(path, text, plain, within=within)
    if plain is None and not isinstance(inspect.type_info(shape), (inspect.AnyType, inspect.NoneType)):
        return attrs.evolve(document, mistakes=(document.mistake("the file is empty"),))
    try:
        return attrs.evolve(document, value=msgspec.convert(plain, shape))
    except msgspec.ValidationError as error:
        found = list(shape_mistakes(plain, inspect.type_info(shape), ())) or [((), False, str(error))]
        mistakes = [document.mistake(message, *keys, key=key) for keys, key, message in _mended(document, found)]
        return attrs.evolve(document, mistakes=tuple(sorted(mistakes, key=position)))


def _mended(document: Document[Any], found: list[Found]) -> Iterator[Found]:
    """The mistakes, where those of the pieces of one torn text are one, at the first piece."""
    told: set[Keys] = set()
    for keys, key, message in found:
        before = document.torn(*keys)
        if before is None or not (key or before.count("(") > before.count(")")):
            yield keys, key, message
        elif keys[:-1] not in told:
            told.add(keys[:-1])
            yield keys, True, yaml.TORN


def value_mistakes(value: Any, shape: Any) -> list[str]:
    """What keeps a value that stands in no file from having a shape, in the words that a file's mistakes have.

    Args:
        value: as YAML has it.
        shape: a type that msgspec knows; it must be hashable.
    """
    return [message for _, _, message in shape_mistakes(value, _type_info(shape), ())]


_type_info: Final = functools.lru_cache(maxsize=16)(inspect.type_info)
"""What msgspec knows of a type; for a large one it takes long to find out."""


def position(mistake: ConfigurationError) -> tuple[int, int]:
    """Line and column of a mistake, to sort those of one file by."""
    return (mistake.place.line, mistake.place.column) if mistake.place else (0, 0)


def _cut(message: str) -> str:
    end = LONGEST // 3
    return message if len(message) <= LONGEST else f"{message[: LONGEST - end - 1]}…{message[-end:]}"


def read_text(path: Path, limit: int = LIMIT) -> str:
    """Read a file of text, in UTF-8.

    Args:
        path: the file.
        limit: bytes of the largest file to read.

    Raises:
        ConfigurationError: it cannot be read; with a place only where it is not UTF-8.
    """
    try:
        with open_regular(path) as file:
            data = file.read(limit + 1)
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: there is no such file{_nearest_file(path)}") from None
    except IsADirectoryError:
        raise ConfigurationError(f"{path}: is a folder; a file is wanted here") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigurationError(f"{str(path)!r}: cannot be read: {reason}") from error
    if len(data) > limit:
        raise ConfigurationError(f"{path}: larger than {limit:,} bytes; split it into several files")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        before = data[data.rfind(b"\n", 0, error.start) + 1 : error.start]
        place = Place(path, line, len(before.decode("utf-8", "replace")) + 1)
        raise ConfigurationError(f"not UTF-8 (byte 0x{data[error.start]:02x}); save the file as UTF-8", place) from None


def _nearest_file(path: Path) -> str:
    try:
        # A link that leads nowhere is there, and is not what was meant.
        names = [entry.name for entry in path.parent.iterdir() if entry.name != path.name]
    except OSError:
        return ""
    guess = did_you_mean(path.name, names)
    return guess if guess.startswith("; did") else ""
