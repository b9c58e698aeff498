"""The peers: each in an environment of its own, made once from a list of pinned versions."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ENVIRONMENTS = HERE.parents[1] / ".peers"


def interpreter(peer: str) -> Path:
    """The Python of a peer's environment, installed from <peer>.txt where it is not there yet."""
    folder = ENVIRONMENTS / peer
    python = folder / "bin" / "python"
    if not (folder / ".ready").is_file():
        print(f"installing the peer {peer} into {folder}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--requirement", str(HERE / f"{peer}.txt")]
        subprocess.run(install, check=True)
        (folder / ".ready").touch()
    return python
