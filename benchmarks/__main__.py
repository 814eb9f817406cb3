"""`python -m benchmarks` is `hub bench`."""

import sys

from hub.cli import main

if __name__ == "__main__":
    main(["bench", *sys.argv[1:]], prog_name="hub")
