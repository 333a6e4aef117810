"""`python -m rkreport`, and the console script. Loading the program takes a moment, in which Ctrl-C may come."""

import sys


def main() -> None:
    """The program."""
    try:
        from rkreport.cli.main import main as program  # noqa: PLC0415 - see above
    except KeyboardInterrupt:
        sys.exit(130)  # nothing has begun, and there is nobody yet to say it
    program()


if __name__ == "__main__":
    main()
