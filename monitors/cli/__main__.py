"""`python -m monitors.cli` is the command `wirewatch`."""

from monitors.cli import main

if __name__ == "__main__":
    main()
