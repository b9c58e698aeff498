"""What tenfold is installed with: a list of licences, a CycloneDX bill of materials, and known holes.

Run by `make audit`, in the environment that `make setup` made, as `audit.py PIP-AUDIT`. Writes audit/licences.md and
audit/sbom.cdx.json from constraints.txt; asks pip-audit, where a network is, for known vulnerabilities of just these
versions. Exit code 1 where a licence is not one that tenfold may come with, or a version has a known hole.
"""

import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).parents[1]
CONSTRAINTS = ROOT / "constraints.txt"
OUT = ROOT / "audit"

GOOD = re.compile(
    r"\b(MIT(-0|-CMU)?|BSD|0BSD|Apache|PSF|Python Software Foundation|ISC|ISCL|Unlicense|Public Domain|CC0|HPND|Zlib"
    r"|FreeType|MPL|Mozilla Public|LGPL|Lesser General Public|Universal Permissive)\b",
    re.IGNORECASE,
)
"""Permissive, or copyleft of its own files only, which are used here as they come."""


ABSENT = "not installed on this machine"


def main() -> int:
    """Write both files and say what is wrong. Returns the exit code."""
    OUT.mkdir(exist_ok=True)
    packages = [(name, version, licence_of(name)) for name, version in pinned(CONSTRAINTS.read_text("utf-8"))]
    rows = "".join(f"| {name} | {version} | {licence} |\n" for name, version, licence in packages)
    (OUT / "licences.md").write_text(f"| package | version | licence |\n|---|---|---|\n{rows}", "utf-8")
    (OUT / "sbom.cdx.json").write_text(json.dumps(bill(packages), indent=1) + "\n", "utf-8")
    print(f"{len(packages)} packages: {OUT.name}/licences.md and {OUT.name}/sbom.cdx.json")
    doubtful = [f"{name}: {licence}" for name, _, licence in packages if not GOOD.search(licence) and licence != ABSENT]
    for line in doubtful:
        print(f"licence to be looked at: {line}", file=sys.stderr)
    return 1 if any([doubtful, holes(sys.argv[1])]) else 0


def pinned(text: str) -> list[tuple[str, str]]:
    """Names and versions of a file of constraints."""
    return re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.MULTILINE)


def licence_of(name: str) -> str:
    """A package's licence, as its own metadata say it; 'not installed' where it is not here."""
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ABSENT
    classifiers = [one.rpartition(" :: ")[2] for one in told.get_all("Classifier", []) if one.startswith("License ::")]
    said = told.get("License-Expression") or ", ".join(classifiers) or told.get("License") or named_in_file(name)
    return " ".join(said.split())[:100]


def named_in_file(name: str) -> str:
    """The line of a package's own licence file that names it: some say it nowhere else."""
    files = [file for file in metadata.files(name) or [] if file.name.upper().startswith("LICEN")]
    lines = [line.strip() for file in files for line in file.read_text().splitlines()]
    return next(filter(GOOD.search, lines), "not said")


def bill(packages: list[tuple[str, str, str]]) -> dict[str, object]:
    """A bill of materials, CycloneDX 1.6."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "tenfold", "version": metadata.version("tenfold")}},
        "components": [
            {
                "type": "library",
                "name": name,
                "version": version,
                "purl": f"pkg:pypi/{quote(name.lower().replace('_', '-'))}@{quote(version)}",
                "licenses": [{"license": {"name": licence}}],
            }
            for name, version, licence in packages
        ],
    }


def holes(pip_audit: str) -> bool:
    """Whether a pinned version has a known vulnerability; said to be unknown where nobody can be asked."""
    command = [pip_audit, "--requirement", str(CONSTRAINTS), "--no-deps", "--disable-pip", "--format", "json"]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
        packages = json.loads(asked.stdout)["dependencies"]
    except (OSError, ValueError) as error:
        print(f"known holes were not looked up, pip-audit is silent ({error}): is there a network?", file=sys.stderr)
        return False
    unknown = [one["name"] for one in packages if "skip_reason" in one]
    found = [f"{one['name']} {one['version']}: {hole['id']}" for one in packages for hole in one.get("vulns", ())]
    for line in found:
        print(f"known hole: {line}", file=sys.stderr)
    known = len(packages) - len(unknown)
    print(f"known holes: {len(found)} in {known} packages; of {len(unknown)} nothing could be learned")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
