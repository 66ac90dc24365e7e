"""Acts done by several people in the same moment: real threads, real transactions."""

import threading

from django.db import connection


def at_once(*acts) -> list:
    """Run the acts in threads of their own connections, let go together; what each returned or raised."""
    gate, told = threading.Barrier(len(acts)), [None] * len(acts)

    def run(at, act):
        try:
            gate.wait(60)
            told[at] = act()
        except Exception as fault:
            told[at] = fault
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return told
