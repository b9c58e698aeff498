"""The first hour's section of docs/benchmarks.md."""

from typing import Any

Goal = tuple[str, bool]

_MOST = 4
"""Packages of the core that are named; the others count together."""


def goal_reading(result: dict[str, Any]) -> Goal:
    """From the clone to a picture of one's own."""
    seconds = result["seconds_to_reading"]
    return f"from the clone to the first picture read {seconds:.0f} s (goal 120)", seconds <= 120


def goal_model(result: dict[str, Any]) -> Goal:
    """From the clone to a model trained on MNIST."""
    seconds = result["seconds_to_model"]
    return f"from the clone to a model trained on MNIST {seconds:.0f} s (goal 180)", seconds <= 180


def goal_size(result: dict[str, Any]) -> Goal:
    """The wheel, and what the core takes on the disk."""
    wheel, core = result["wheel_bytes"], sum(result["core_bytes"].values())
    text = f"the wheel has {wheel / 1e6:.2f} MB (goal 1.5), the core installed {core / 1e6:.0f} MB (goal 150)"
    return text, wheel <= 1.5e6 and core <= 150e6


def section(result: dict[str, Any]) -> str:
    """What a newcomer waits for, and what the core's disk space is spent on."""
    paths = ", ".join(f"the {person} {seconds / 60:.1f} min" for person, seconds in result["seconds_of_path"].items())
    return (
        "\n## The first hour\n\n"
        "Fresh clones in an empty folder with an empty home, packages from pip's cache (load "
        f"{result['load_before']:.1f} when it began). README's way to read without training, until a picture is read: "
        f"{result['seconds_to_reading']:.0f} s. `make demo`, until its model is trained, scored and has read five "
        f"pictures: {result['seconds_to_model']:.0f} s. Then every command of [getting started](getting-started.md), "
        f"as it stands there, ended with exit code 0: {paths}.\n\n"
        f"The core takes {sum(result['core_bytes'].values()) / 1e6:.0f} MB: {_packages(result['core_bytes'])}. "
        "[Why OpenCV stays](decisions.md#opencv-is-in-the-core).\n"
    )


def _packages(sizes: dict[str, int]) -> str:
    """The largest packages, each with its .libs."""
    of: dict[str, int] = {}
    for name, size in sizes.items():
        package = name.split(".")[0].partition("-")[0].lower()
        package = {"opencv_python_headless": "cv2", "pil": "pillow"}.get(package, package)
        of[package] = of.get(package, 0) + size
    largest = sorted(of, key=of.__getitem__, reverse=True)
    named = [f"{package} {of[package] / 1e6:.0f}" for package in largest[:_MOST]]
    rest = sum(of[package] for package in largest[_MOST:])
    return ", ".join([*named, f"all others {rest / 1e6:.0f}"])
