"""What is published holds all that the packages need at run time, and nothing else."""

import shutil
import subprocess
import sys
import zipfile
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("archives", "crawler")


def test_the_wheel_holds_every_file_of_the_packages(tmp_path):
    """Built in an environment of its own, for which setuptools has to be had from an index."""
    sources = tmp_path / "sources"
    for package in PACKAGES:
        shutil.copytree(ROOT / package, sources / package, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, sources)
    (sources / "crawler" / "extraction" / "compiled" / f"stray{EXTENSION_SUFFIXES[0]}").touch()
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, sources]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    if "No matching distribution found for setuptools" in done.stdout + done.stderr:
        pytest.skip("the wheel cannot be built: no package index gives setuptools; connect to one")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (wheel,) = tmp_path.glob("newswarc-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    compiled = {name for name in held if name.endswith(EXTENSION_SUFFIXES[0])}
    loops = {path.stem for path in sources.rglob("*.pyx")}
    assert {Path(name).name.partition(".")[0] for name in compiled} == loops or not shutil.which("c++")
    wanted = {
        path.relative_to(sources).as_posix()
        for package in PACKAGES
        for path in (sources / package).rglob("*")
        if path.is_file() and path.suffix != ".so"
    }
    assert sorted((held - compiled) ^ wanted) == []
