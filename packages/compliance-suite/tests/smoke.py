"""The wheel with the core only: pytest knows the plugin's option."""

import subprocess
import sys

done = subprocess.run([sys.executable, "-m", "pytest", "--help"], capture_output=True, text=True)
assert done.returncode == 0, done.stderr
assert "--lect-url" in done.stdout
print("compliance: ok")
