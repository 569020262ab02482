"""The built-in services, one short file each, and the Twisted plugin package that others add theirs to.

Any folder ``sockservice/plugins`` on ``sys.path`` that has no ``__init__.py`` belongs to this package too: drop a
module there, or install one, and ``twistd sockservice --list`` shows it.
"""

from twisted.plugin import pluginPackagePaths

__path__.extend(pluginPackagePaths(__name__))  # type: ignore[no-untyped-call]
__all__: list[str] = []
