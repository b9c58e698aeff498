"""The folder of a run in the making: claimed by one process, believed by nobody until it is finished.

Training writes into `runs/fast-3.unfinished`; when everything is in it, one rename makes it `runs/fast-3`. A
killed run leaves the unfinished folder, which `--resume` takes up.
"""

import fcntl
import os
import shutil
from pathlib import Path
from typing import Self

from tenfold.errors import TenfoldError
from tenfold.run import UNFINISHED, Run, write_atomically

_LOCK = ".lock"


class RunFolder:
    """An unfinished run's folder, locked by this process until it is finished, discarded or left."""

    def __init__(self, path: Path, resumed: bool) -> None:
        self.path = path
        self.resumed = resumed
        self._lock = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            # The kernel drops the lock when the process dies, however it dies.
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise TenfoldError(f"{path}: another process is training this run") from None

    @classmethod
    def claim(cls, out: Path, name: str, recipe: str, resume: bool) -> Self:
        """A folder out/<name>-<n>.unfinished for the recipe (its resolved TOML).

        resume takes up an unfinished folder of the very same recipe where there is one. Raises TenfoldError where
        the folder cannot be made.
        """
        try:
            out.mkdir(parents=True, exist_ok=True)
            if resume:
                for path in sorted(out.glob(f"{name}-*{UNFINISHED}"), key=lambda path: -path.stat().st_mtime):
                    kept = path / "recipe.toml"
                    if kept.is_file() and kept.read_text(encoding="utf-8") == recipe:
                        return cls(path, resumed=True)
            path = _new_folder(out, name)
            folder = cls(path, resumed=False)
            write_atomically(path / "recipe.toml", recipe)
        except OSError as error:
            raise TenfoldError(f"{out}: cannot write runs there ({error.strerror}): choose another --out") from None
        return folder

    @property
    def checkpoint(self) -> Path:
        """Where the loop keeps what a resumed run needs."""
        return self.path / "checkpoint" / "last.safetensors"

    @property
    def resumable(self) -> bool:
        """Whether there is an epoch to go on from."""
        return self.checkpoint.is_file()

    def finish(self) -> Run:
        """Make the folder a run that readers believe, and let go of it."""
        shutil.rmtree(self.checkpoint.parent, ignore_errors=True)
        (self.path / _LOCK).unlink()
        final = self.path.with_name(self.path.name.removesuffix(UNFINISHED))
        self.path.rename(final)
        self.release()
        return Run.open(final)

    def discard(self) -> None:
        """Remove the folder and what is in it: nothing there is worth resuming."""
        shutil.rmtree(self.path, ignore_errors=True)
        self.release()

    def release(self) -> None:
        """Let go of the folder and leave it as it is."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def _new_folder(out: Path, name: str) -> Path:
    """The first free out/<name>-<n>.unfinished, made; n counts from 1 over finished and unfinished runs."""
    number = 1
    while True:
        final = out / f"{name}-{number}"
        if not final.exists():
            try:
                path = final.with_name(final.name + UNFINISHED)
                path.mkdir()
                return path
            except FileExistsError:
                pass
        number += 1
