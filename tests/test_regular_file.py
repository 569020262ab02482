"""What is opened as a file, and what is refused instead of waited for."""

from __future__ import annotations

import os
import socket

import pytest

from sockservice.regular_file import open_regular


def test_a_regular_file_is_read_also_behind_a_link(tmp_path):
    (tmp_path / "file").write_bytes(b"content")
    (tmp_path / "link").symlink_to("file")
    with open_regular(tmp_path / "link") as file:
        assert file.read() == b"content"


def test_a_fifo_a_socket_and_a_device_are_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        for path in (tmp_path / "fifo", tmp_path / "socket", "/dev/zero"):
            before = os.listdir("/proc/self/fd")
            with pytest.raises(OSError, match="it is a FIFO, a socket or a device; a regular file is wanted"):
                open_regular(path)
            assert os.listdir("/proc/self/fd") == before


def test_a_folder_is_refused_as_that(tmp_path):
    with pytest.raises(IsADirectoryError):
        open_regular(tmp_path)
