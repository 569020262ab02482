"""The option ``--journal-file``, which every service that has a journal takes."""

from __future__ import annotations

from sockservice.interfaces import IHost
from sockservice.responder import JournalLines


def journal_lines(host: IHost) -> JournalLines | None:
    """What writes the file of the journal; None where no file is asked for.

    Args:
        host: the surroundings of the plugin.

    Raises:
        ConfigurationError: the file cannot be written.
    """
    name: str | None = host.options["journal-file"]
    if name is None:
        return None
    # Few ask for one.
    from sockservice.plugins._journal_file import JournalFile

    file = JournalFile(host.path(name), host.in_thread)
    host.on_reload(file.reopen)
    return JournalLines(file, host.reactor)
