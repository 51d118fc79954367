"""Runs a command and prints what it and everything it started took, as JSON: CPU seconds, wall seconds, and the peak
resident MiB of the largest process. What the command prints goes to standard error."""

import json
import os
import subprocess
import sys
import time

started = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=sys.stderr)
_, status, usage = os.wait4(process.pid, 0)
wall = time.perf_counter() - started
print(json.dumps({"cpu": usage.ru_utime + usage.ru_stime, "wall": wall, "rss": usage.ru_maxrss / 1024}))
sys.exit(os.waitstatus_to_exitcode(status))
