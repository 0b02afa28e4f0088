"""Log lines: JSON on standard error, ids only, no personal data."""

import secrets
import sys
import traceback

import structlog

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.JSONRenderer(),
    ],
    logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
)
log = structlog.get_logger()


def fault(error: BaseException, where: str) -> str:
    """Log a fault by its type and the lines it passed; never its message, which may quote what was typed.

    Returns the mark by which it is found in the log again, eight hexadecimal digits.
    """
    fault_id = secrets.token_hex(4)
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    log.error("fault", kind=type(error).__name__, where=where, places=places, fault_id=fault_id)
    return fault_id
