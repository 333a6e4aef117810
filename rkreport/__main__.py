"""`python -m rkreport`, and the console script. Loading the program takes a moment, in which Ctrl-C may come."""

import sys

from rkreport.errors import EXIT_CONFIG, damaged_installation


def main() -> None:
    """The program."""
    try:
        try:
            from rkreport.cli.main import main as program  # noqa: PLC0415 - see above
        except KeyboardInterrupt:
            sys.exit(130)  # nothing has begun, and there is nobody yet to say it
        program()
    except ImportError as error:  # of a library without which nothing can be said in another language
        sys.stderr.writelines(("Error: ", damaged_installation(error), "\n"))
        sys.exit(EXIT_CONFIG)


if __name__ == "__main__":
    main()
