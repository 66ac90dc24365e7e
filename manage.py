#!/usr/bin/env python
"""Django's command-line door; without DATABASE_URL and REDIS_URL it starts or joins the embedded servers."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partyportal.settings")
    from partyportal.embedded import EmbeddedFault

    if sys.argv[1:2] == ["embedded"]:  # before Django: reading the settings would start the servers that `stop` is to end
        from partyportal.embedded.__main__ import main as by_hand

        sys.exit(by_hand(sys.argv[2:]))

    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except EmbeddedFault as fault:
        print(fault, file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
