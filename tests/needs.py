"""What the suite needs from the system: Chromium and the Inter typeface. Install them where that is possible, else say what to do."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
INTER = ("/usr/share/fonts/opentype/inter", "/usr/share/fonts/truetype/inter", "/usr/share/fonts/inter")


def chromium() -> str | None:
    """The browser that the tests drive: `PROMESA_CHROMIUM`, or where systems put it."""
    named = os.environ.get("PROMESA_CHROMIUM")
    if named:
        return named
    return next((path for path in CHROMIUM if Path(path).exists()), None)


def missing() -> list[str]:
    """The Debian packages that are not there."""
    absent = [] if chromium() else ["chromium"]
    if not any(Path(folder).exists() for folder in INTER):
        absent.append("fonts-inter")
    return absent


def main() -> int:
    absent = missing()
    if not absent:
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        print(f"Installing {' and '.join(absent)}.", file=sys.stderr)
        for words in (["update"], ["install", "--yes", "--no-install-recommends", *absent]):
            subprocess.run(["apt-get", "-qq", *words], env=environment, check=False, stdout=subprocess.DEVNULL)
        absent = missing()
    if absent == ["fonts-inter"]:
        print("The typeface Inter is not installed (fonts-inter): pages are tested with the system's.", file=sys.stderr)
        return 0
    if absent:
        print(f"The browser tests need {' and '.join(absent)}: apt-get install {' '.join(absent)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
