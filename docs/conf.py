"""How the documentation is built: ``sphinx-build -W docs docs/_build``."""

import sys
from importlib.metadata import version as version_of
from pathlib import Path

import sockservice.answers
import sockservice.interfaces

sys.path.insert(0, str(Path(__file__).parent))

project = "sockservice"
author = "The sockservice developers"
copyright = author
version = release = version_of(project)

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "interface_directive"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = project
html_static_path = ["_static"]

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

# The two name each other in annotations only, which autodoc evaluates.
sockservice.answers.ISession = sockservice.interfaces.ISession  # type: ignore[attr-defined]
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "show-inheritance": True}
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
