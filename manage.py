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

    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db.utils import DatabaseError, OperationalError

    try:
        execute_from_command_line(sys.argv)
    except (EmbeddedFault, ImproperlyConfigured) as fault:
        print(fault, file=sys.stderr)
        sys.exit(2)
    except OperationalError as fault:  # away, wrong password, full disk: whoever runs the place needs the sentence, not our stack
        print(f"数据库没有应答，这一步没有做完：{fault}".strip(), file=sys.stderr)
        sys.exit(2)
    except DatabaseError as fault:
        from partyportal.core.outages import Outage, outage_of

        if outage_of(fault) is not Outage.BEHIND:
            raise
        print("数据库还没有建表，或者比程序旧，这一步没有做。请先运行 manage.py migrate。", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
