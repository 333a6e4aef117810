"""One job, alone in a process: `python -m benchmarks.jobs JOB ARGUMENTS`; the last line is its answer."""

import json
import sys
from pathlib import Path

from benchmarks.measuring import say, used_by_this_process


def main(job: str, *arguments: str) -> None:
    """Import only what the job needs: a process pays for its own imports."""
    match job, arguments:
        case "write-detail", (name, rows, path):
            from benchmarks.detail_writers import WRITERS  # noqa: PLC0415 - as the docstring says

            WRITERS[name].write(int(rows), Path(path))
            answer = used_by_this_process()
        case "compare-detail", (rows, path):
            from benchmarks.detail_sheet import differing_detail_cells  # noqa: PLC0415 - as above

            answer = {"differing": differing_detail_cells(Path(path), int(rows))}
        case "size-of-books", (name, books):
            from benchmarks.manager_jobs import size_of_books  # noqa: PLC0415 - as above

            answer = size_of_books(name, int(books))
        case "write-books", (name, books, processes, folder):
            from benchmarks.manager_jobs import write_books  # noqa: PLC0415 - as above

            writing = write_books(name, int(books), int(processes), Path(folder))
            answer = {**used_by_this_process(), "writing_seconds": writing}
        case "compare-books", (name, books, folder):
            from benchmarks.manager_jobs import differing_book_cells  # noqa: PLC0415 - as above

            answer = {"differing": differing_book_cells(name, int(books), Path(folder))}
        case "gate", (name, seconds):
            from benchmarks.gate import wait_at  # noqa: PLC0415 - as above

            answer = {**wait_at(name, float(seconds)), **used_by_this_process()}
        case "compare-fetch", (name, pages, folder):
            from benchmarks.fetching import differing_rows  # noqa: PLC0415 - as above

            answer = {"differing": differing_rows(name, int(pages), Path(folder))}
        case "fetch", (name, url, per_second, folder):
            from benchmarks.fetch_clients import CLIENTS  # noqa: PLC0415 - as above

            CLIENTS[name].read(url, int(per_second), Path(folder))
            answer = used_by_this_process()
        case _:
            raise ValueError(f"there is no job {job} with {len(arguments)} arguments")
    say(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
