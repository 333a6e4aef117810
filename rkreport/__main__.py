"""`python -m rkreport`, and the console script. Loading the program takes a moment, in which Ctrl-C may come.

A library that cannot be loaded, then or later, is told here: what tells everything else may need that very library.
"""

import sys


def main() -> None:
    """The program."""
    try:
        try:
            from rkreport.cli.main import main as program  # noqa: PLC0415 - see above
        except KeyboardInterrupt:
            sys.exit(130)  # nothing has begun, and there is nobody yet to say it
        program()
    except ImportError as error:
        on_windows = sys.platform == "win32"
        runtime = " If that does not help, install the Microsoft Visual C++ Redistributable." if on_windows else ""
        text = f"rkreport's installation is damaged ({error}). Install it again as the README says.{runtime}\n"
        sys.stderr.write(text)
        sys.exit(2)


if __name__ == "__main__":
    main()
