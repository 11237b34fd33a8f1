"""Lines of an access log -> the same without tokens, where an operator switches such a log on.

A badge's token, a link's token and what a provider sends back stand in addresses; a log is read by more people, and
kept for longer, than any of them counts.
"""

from __future__ import annotations

import logging
import re
from typing import Final

LOGGER: Final = "uvicorn.access"
_SECRET: Final = re.compile(r"(?<=[?&])(token|embed_token|code|state)=[^&\s\"]*", re.IGNORECASE)


class WithoutTokens(logging.Filter):
    """Cuts the values of parameters that prove something."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the line; it is always told."""
        if isinstance(record.args, tuple):
            record.args = tuple(_SECRET.sub(r"\1=...", one) if isinstance(one, str) else one for one in record.args)
        return True


def keep_tokens_out_of_logs() -> None:
    """Do that to the server's own log of requests; once for a process, however often it is asked."""
    logger = logging.getLogger(LOGGER)
    if not any(isinstance(one, WithoutTokens) for one in logger.filters):
        logger.addFilter(WithoutTokens())
