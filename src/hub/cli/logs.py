"""Where commands write their log: one JSON object a line on standard error, so that output stays output."""

import sys

import structlog


def log_to_stderr() -> None:
    """Log every event with its level and time (UTC) to standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
