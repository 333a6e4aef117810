"""`python -m rkreport`, and the console script."""

from rkreport.cli.main import main

if __name__ == "__main__":
    main()
