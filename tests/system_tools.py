"""Programs of the system that some tests run: found, or the test is skipped by name and fails in CI."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess

import pytest


def system_tool(name: str, package: str) -> str:
    """Where a program is; `package` is the Debian package that has it."""
    found = shutil.which(name)
    if found is None:
        message = f"needs {name} of the Debian package {package}: `make setup-system`"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    return found


def prometheus() -> str:
    """The Prometheus server."""
    return system_tool("prometheus", "prometheus")


def promtool() -> str:
    """The checker of Prometheus's files."""
    return system_tool("promtool", "prometheus")


def alertmanager() -> str:
    """The Alertmanager server, as Debian calls it."""
    return system_tool("prometheus-alertmanager", "prometheus-alertmanager")


def amtool() -> str:
    """The checker of Alertmanager's file."""
    return system_tool("amtool", "prometheus-alertmanager")


def connect(port: int) -> None:
    """Open a connection to a port of this machine and close it; ConnectionRefusedError if nobody listens."""
    socket.create_connection(("127.0.0.1", port), timeout=5).close()


def said(*words: str) -> str:
    """What a program prints; the test fails with it where the program ends with another code than 0."""
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
