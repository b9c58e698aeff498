"""`tenfold serve` in a process of its own."""

import re
import subprocess
import sys
import threading
from contextlib import contextmanager


@contextmanager
def server(*options, **more):
    """`tenfold serve` on a free port; gives its process and its address."""
    command = [sys.executable, "-m", "tenfold", "serve", "--port", "0", *map(str, options)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **more)
    try:
        found = re.search(r"http://\S+", process.stderr.readline())
        assert found is not None
        drain = threading.Thread(target=process.stderr.read, daemon=True)  # a full pipe would stop its log, and it
        drain.start()
        yield process, found.group().rstrip("/")
    finally:
        process.terminate()
        process.wait(timeout=60)
        process.stderr.close()
