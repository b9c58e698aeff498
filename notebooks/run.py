"""Run tour.ipynb from a clean kernel, and keep its outputs: python notebooks/run.py [--check]

With --check the file stays as it is. Ends with an error where a cell does.
"""

import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

TOUR = Path(__file__).with_name("tour.ipynb")
LIMIT_SECONDS = 300
"""For one cell, on a busy machine."""


def main() -> None:
    """Run every cell in its order; stderr, where progress goes, is not kept."""
    notebook = nbformat.read(TOUR, as_version=4)
    start = time.perf_counter()
    NotebookClient(notebook, timeout=LIMIT_SECONDS, resources={"metadata": {"path": str(TOUR.parent)}}).execute()
    print(f"{sum(cell.cell_type == 'code' for cell in notebook.cells)} cells in {time.perf_counter() - start:.0f} s")
    for cell in notebook.cells:
        cell.metadata.clear()  # when each ran, which would differ each time
        if cell.cell_type == "code":
            cell.outputs = [one for one in cell.outputs if one.get("name") != "stderr"]
    if "--check" not in sys.argv[1:]:
        notebook.metadata["language_info"] = {"name": "python"}
        nbformat.write(notebook, TOUR)


if __name__ == "__main__":
    main()
