"""The folder of a run in the making: claimed by one process, believed by nobody until it is finished.

Training writes into `runs/fast-3.unfinished`; when everything is in it, one rename makes it `runs/fast-3`. A
killed run leaves the unfinished folder, which `--resume` takes up; one killed before its first epoch was kept
leaves nothing to go on from, and its folder goes to whoever comes next.
"""

import errno
import os
import re
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Self

from tenfold import system
from tenfold.errors import HeldError, TenfoldError, cannot_write
from tenfold.files import write_atomically
from tenfold.recipes import without_report
from tenfold.run.contents import UNFINISHED, Run

_LOCK = ".lock"


class RunFolder:
    """An unfinished run's folder, locked by this process until it is finished, discarded or left."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            if not system.locked(self._lock):
                raise HeldError(f"{path}: another process is training this run")
            if not (path / _LOCK).exists():
                # Whoever held the lock finished the run while this process waited at its door.
                raise HeldError(f"{path}: another process has just finished this run")
        except BaseException:
            self.release()
            raise

    @classmethod
    def claim(cls, out: Path, name: str, recipe: str, resume: bool) -> Self:
        """A folder out/<name>-<n>.unfinished for the recipe (its resolved TOML).

        resume takes up an unfinished folder of the very same recipe where there is one. Raises TenfoldError where
        the folder cannot be made.
        """
        try:
            out.mkdir(parents=True, exist_ok=True)
            if resume:
                left = unfinished_run(out, name, recipe) or next(iter(_unfinished(out, name, recipe)), None)
                if left is not None:
                    folder = cls(left)
                    write_atomically(left / "recipe.toml", recipe)
                    return folder
            folder = cls._free(out, name)
            try:
                write_atomically(folder.path / "recipe.toml", recipe)
            except OSError:
                folder.discard()
                raise
        except OSError as error:
            raise cannot_write(out, error, "cannot write runs there", elsewhere="choose another --out") from None
        return folder

    @classmethod
    def _free(cls, out: Path, name: str) -> Self:
        """The first out/<name>-<n>.unfinished that nobody holds and that holds no epoch, made where it is not there."""
        number = 0
        while True:
            number += 1
            final = out / f"{name}-{number}"
            path = final.with_name(final.name + UNFINISHED)
            if final.exists() or _checkpoint(path).is_file():
                continue
            with suppress(FileExistsError):
                path.mkdir()
            try:
                folder = cls(path)
            except (TenfoldError, FileNotFoundError, NotADirectoryError):
                continue  # another process was quicker, or it is no folder
            if folder.resumable:
                folder.release()  # held, trained and left between the two looks
            elif final.exists():
                folder.discard()  # made anew where another process has just finished that very run
            else:
                return folder

    @property
    def checkpoint(self) -> Path:
        """Where the loop keeps what a resumed run needs."""
        return _checkpoint(self.path)

    @property
    def resumable(self) -> bool:
        """Whether there is an epoch to go on from."""
        return self.checkpoint.is_file()

    def finish(self) -> Run:
        """Make the folder a run that readers believe, and let go of it; as `settle`."""
        return Run.open(self.settle())

    def settle(self) -> Path:
        """Give the folder its lasting name, and let go of it. Returns its path.

        First the rename, then the sweeping: whatever fails, the trained run is still there. Where its number was
        taken meanwhile it gets the next free one. Where an open file blocks the rename (Windows), the lock is released
        just before: a process that claims the folder in that moment makes the rename fail.
        """
        self._release_if_open_files_block()
        name, _, number = self.path.name.removesuffix(UNFINISHED).rpartition("-")
        count = int(number)
        while True:
            final = self.path.with_name(f"{name}-{count}")
            try:
                self.path.rename(final)
                break
            except OSError as error:
                if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                    raise
                count += 1
        self.path = final
        shutil.rmtree(self.checkpoint.parent, ignore_errors=True)
        for stray in (*final.glob(".*.partial"), final / _LOCK):
            stray.unlink(missing_ok=True)
        self.release()
        return final

    def discard(self) -> None:
        """Remove the folder and what is in it: nothing there is worth resuming."""
        self._release_if_open_files_block()
        shutil.rmtree(self.path, ignore_errors=True)
        self.release()

    def release(self) -> None:
        """Let go of the folder and leave it as it is."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _release_if_open_files_block(self) -> None:
        if not system.OPEN_FILES_MOVE:
            self.release()


def unfinished_run(out: Path, name: str, recipe: str) -> Path | None:
    """The latest folder that `--resume` would go on with: of the very same recipe, trained an epoch, held by nobody."""
    for path in _unfinished(out, name, recipe):
        with suppress(TenfoldError, OSError):
            RunFolder(path).release()
            if _checkpoint(path).is_file():
                return path
    return None


def abandoned(out: Path) -> list[Path]:
    """The unfinished folders in out that no process holds, by name."""
    found = []
    for path in sorted(out.glob(f"*{UNFINISHED}")):
        with suppress(TenfoldError, OSError):
            RunFolder(path).release()
            found.append(path)
    return found


def _unfinished(out: Path, name: str, recipe: str) -> list[Path]:
    """The unfinished folders in out of a recipe, by its name and its resolved TOML, the latest first."""
    pattern = re.compile(re.escape(name) + r"-\d+" + re.escape(UNFINISHED))
    found = [path for path in out.glob("*/recipe.toml") if pattern.fullmatch(path.parent.name)]
    wanted = without_report(recipe)
    same = [path.parent for path in found if without_report(path.read_text(encoding="utf-8")) == wanted]
    return sorted(same, key=lambda path: path.stat().st_mtime, reverse=True)


def _checkpoint(folder: Path) -> Path:
    return folder / "checkpoint" / "last.safetensors"
