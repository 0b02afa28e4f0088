"""Reads a workbook in a process of its own: the workbook comes on standard input, its sheets go out pickled.

A few kilobytes can ask for terabytes (one cell in the last row of the last column); then this process ends, not the
one that asked. Run by path, so that it loads nothing else of the app.
"""

import io
import pickle
import resource
import sys

import python_calamine

MAX_MEMORY_BYTES = 3 * 1024**3
MAX_PROCESSOR_SECONDS = 240


def main() -> None:
    """Write (title, rows) of each sheet to standard output, one pickle a sheet."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_PROCESSOR_SECONDS, MAX_PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    for title in book.sheet_names:
        rows = book.get_sheet_by_name(title).to_python(skip_empty_area=False)
        pickle.dump((title, rows), sys.stdout.buffer)


if __name__ == "__main__":
    main()
