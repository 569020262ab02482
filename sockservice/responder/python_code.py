"""The author's own Python, which stub files name as ``module:function``.

The module is looked for in the stub file's folder first, then among the installed ones. A module of the folder is run
once for as long as its file does not change, however many stubs name it, and never gets into the way of an installed
module of the same name.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from sockservice.errors import did_you_mean

_REFERENCE: Final = re.compile(r"(?P<module>[^\W\d]\w*(?:\.[^\W\d]\w*)*):(?P<function>[^\W\d]\w*(?:\.[^\W\d]\w*)*)")

_Stamp = tuple[int, int]
_modules: Final[dict[Path, tuple[_Stamp, ModuleType]]] = {}
"""The modules of folders that were run: each with the time and the size of its file then."""


def load(reference: str, folder: Path) -> Callable[..., Any]:
    """A function of the author's.

    Args:
        reference: ``module:function``, for example ``stubs.prices:answer``.
        folder: the stub file's folder, which is looked into first: ``stubs/prices.py`` or ``stubs/prices/__init__.py``.

    Raises:
        ValueError: there is no such thing, or the module cannot be run; the message says why.
    """
    read = _REFERENCE.fullmatch(reference)
    if read is None:
        raise ValueError(f"{reference!r} does not name a function: write module:function, as in stubs.prices:answer")
    module = _module(read["module"], files_of(reference, folder), folder)
    found: Any = module
    for name in read["function"].split("."):
        known = [word for word in dir(found) if not word.startswith("_")]
        try:
            found = getattr(found, name)
        except AttributeError:
            raise ValueError(f"{read['module']} has no {name!r}{did_you_mean(name, known)}") from None
    if not callable(found):
        raise ValueError(f"{reference} is not a function")
    function: Callable[..., Any] = found
    return function


def files_of(reference: str, folder: Path) -> tuple[Path, ...]:
    """The files of the folder that a reference may mean, the likelier first; none where it is no reference.

    Args:
        reference: as for :func:`load`.
        folder: the stub file's.
    """
    read = _REFERENCE.fullmatch(reference)
    if read is None:
        return ()
    path = folder.joinpath(*read["module"].split("."))
    return path.with_name(path.name + ".py"), path / "__init__.py"


def _module(name: str, files: tuple[Path, ...], folder: Path) -> ModuleType:
    for file in files:
        if file.is_file():
            return _module_of(file.resolve(), folder.resolve())
    try:
        with _explained(name):
            return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            raise ValueError(f"there is no module {name!r} in {folder}, nor is one installed") from None
        raise ValueError(f"{name} cannot be imported: {error}") from error


def _module_of(file: Path, folder: Path) -> ModuleType:
    try:
        status = file.stat()
        stamp = status.st_mtime_ns, status.st_size
        if file in _modules and _modules[file][0] == stamp:
            return _modules[file][1]
        source = file.read_bytes()
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {error.strerror}") from error
    # Under a name of its own, so that two folders may each have a `prices.py`.
    module = ModuleType(f"sockservice stub code {file}")
    module.__file__ = str(file)
    sys.modules[module.__name__] = module
    try:
        with _explained(str(file)), _beside(folder):
            exec(compile(source, file, "exec", dont_inherit=True), vars(module))  # noqa: S102 - the author asks for it
    except ModuleNotFoundError as error:
        raise ValueError(f"{file} cannot be imported: {error}") from error
    _modules[file] = stamp, module
    return module


@contextmanager
def _beside(folder: Path) -> Iterator[None]:
    """Modules may import those beside them while they are run."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """What a module raises while it is run, as one line; that another one is not found is told by the caller."""
    try:
        yield
    except ModuleNotFoundError:
        raise
    except SyntaxError as error:
        raise ValueError(f"{error.filename or name}:{error.lineno or 1}: {error.msg}") from error
    except (Exception, SystemExit) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise ValueError(f"{name} cannot be imported: {reason}") from error
