"""onnxruntime-web: fetched from npm once, at one version, and taken only with the bytes that are known."""

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

import platformdirs

from tenfold.errors import TenfoldError, cannot_write

PACKAGE, VERSION = "onnxruntime-web", "1.30.0"

INTEGRITY = "sha512-q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02Vb7QmRMDs1SigqR4CXAfKYQ=="
"""Of the package's archive, as npm's lock files have it: raise both with tests/node/package-lock.json."""

SCRIPT, WASM = "ort.js", "ort-wasm-simd-threaded.wasm"
"""The two files that a page needs. The script looks for the other beside itself, by that name."""

_TAKEN = {"package/dist/ort.wasm.bundle.min.mjs": SCRIPT, f"package/dist/{WASM}": WASM}
"""Where they lie in the archive. The script ends in .js here: not every host knows that .mjs is JavaScript."""

_PATIENCE_S = 600


def runtime() -> Path:
    """The folder in the user's cache with SCRIPT and WASM, fetched where it is not there yet.

    Raises TenfoldError where npm is missing or cannot fetch the package, or its bytes are other ones.
    """
    folder = Path(platformdirs.user_cache_dir("tenfold")) / f"{PACKAGE}-{VERSION}"
    if not folder.is_dir():
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".fetching-", dir=folder.parent) as scratch:
                _take(_fetch(Path(scratch)), Path(scratch, PACKAGE)).rename(folder)
        except OSError as error:
            if not folder.is_dir():  # else another process was quicker
                raise cannot_write("web", error, f"{PACKAGE} cannot be kept in {folder.parent}") from None
    return folder


def _fetch(folder: Path) -> Path:
    """The package's archive, verified."""
    npm = shutil.which("npm")
    if npm is None:
        raise TenfoldError(f"web: npm is needed to fetch {PACKAGE} {VERSION}, once: install Node.js, which brings it")
    wanted = ["--prefer-offline", "--fetch-retries=1", "--loglevel=error", "--pack-destination", str(folder)]
    try:
        done = subprocess.run(
            [npm, "pack", f"{PACKAGE}@{VERSION}", *wanted],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
        )
    except subprocess.TimeoutExpired:
        raise TenfoldError(f"web: npm did not fetch {PACKAGE} {VERSION} within {_PATIENCE_S} s: try again") from None
    archives = list(folder.glob("*.tgz"))
    if done.returncode or len(archives) != 1:
        why = next(
            (line for line in done.stderr.splitlines() if line.startswith("npm error")), f"exit {done.returncode}"
        )
        raise TenfoldError(f"web: npm could not fetch {PACKAGE} {VERSION} ({why}): it is needed once, from the network")
    check_integrity(archives[0])
    return archives[0]


def check_integrity(archive: Path) -> None:
    """Raises TenfoldError where an archive's bytes are not those of INTEGRITY."""
    found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != INTEGRITY:
        raise TenfoldError(f"web: npm's {PACKAGE} {VERSION} is {found}, not {INTEGRITY}: it was not taken")


def _take(archive: Path, folder: Path) -> Path:
    """The two files of an archive, in a new folder."""
    folder.mkdir()
    with tarfile.open(archive) as packed:
        for member, name in _TAKEN.items():
            content = packed.extractfile(member)
            assert content is not None  # its bytes are known
            (folder / name).write_bytes(content.read())
    return folder
