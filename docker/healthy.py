"""Whether the parts named answer through this container's web server: `healthy.py database redis`. For compose's health check."""

import json
import os
import sys
import urllib.error
import urllib.request

host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].lstrip(".")
request = urllib.request.Request("http://127.0.0.1:8000/healthz", headers={"Host": host})
try:
    with urllib.request.urlopen(request, timeout=3) as response:
        answer = json.load(response)
except urllib.error.HTTPError as error:
    answer = json.load(error)
sys.exit(any(answer.get(part) != "ok" for part in sys.argv[1:]))
