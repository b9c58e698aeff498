"""The run room: the folder that training leaves behind, and everything after it starts from.

`Run` reads a finished one and needs only the core. `folder` makes one, `find` looks for those that a folder holds.
"""

from tenfold.run.contents import UNFINISHED, Run, note_environment

__all__ = ["UNFINISHED", "Run", "note_environment"]
