"""How long another process has worked: what it takes however busy the machine is, unlike the time on the wall."""

from __future__ import annotations

import os
from pathlib import Path


def processor_time(process: int) -> float:
    """The seconds that a process and all its threads have had of the processors, in hundredths."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
