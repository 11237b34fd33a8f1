"""The address of a webhook -> the same, or why it cannot be used. It repeats none: they may hold secrets."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


class NotifyProblem(ValueError):
    """An address that cannot be used; the message follows the option's name and never repeats the address."""


def checked_address(address: str) -> str:
    """An https address, or one of this machine. Raises NotifyProblem."""
    parts = urlsplit(address)
    if parts.scheme == "https" and parts.hostname:
        return address
    if parts.scheme == "http" and parts.hostname in LOOPBACK:
        return address
    raise NotifyProblem("needs an https address")
