"""`python -m inception` is the command line."""

from inception.cli import main

if __name__ == "__main__":
    main()
