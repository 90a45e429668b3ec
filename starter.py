"""The command line of upstream systems, billers and operations. What each command does stands in commands/."""

from __future__ import annotations

import sys

from commands.app import main

if __name__ == "__main__":
    sys.exit(main())
