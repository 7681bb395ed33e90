"""The rules of the house: imports go one way, private names stay where they are, what people use is documented."""

import ast
import importlib
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOP_LEVEL = {
    ".ci", ".gitignore", "CHANGELOG.md", "LICENSE", "Makefile", "README.md", "archives", "constraints.txt", "crawler",
    "docs", "pyproject.toml", "scrapy.cfg", "setup.py", "tests",
}  # fmt: skip

# Bottom floor first; a module may import from its own floor and from those below.
ARCHIVE_FLOORS = (
    ("errors", "counted", "digests", "tracking"),
    ("seen",),
    (
        "surt",
        "request_query",
        "http",
        "spool",
        "layout",
        "notices",
        "in_place",
        "ranges",
        "store",
        "lock",
        "writing",
        "provisional",
        "record_ids",
        "torn",
    ),
    ("exchange", "cdxj", "output"),
    ("warc", "crawl_log"),
    ("dedup", "run_report"),
    ("schema", "database", "migrations", "removals", "revisions", "moves", "capture_rows", "pending", "transfer"),
    ("search", "catalog"),
    ("folders", "history", "handover", "repair", "runs", "item_lines", "moving"),
    ("stored",),
    ("warcs", "segments"),
    ("reindex",),
    ("takedown", "collection"),
    ("verify", "recover", "replay", "warc_export"),
    ("wacz",),
)
CRAWLER_FLOORS = (
    ("items",),
    ("extraction", "discovery", "changes"),
    ("revisits", "sites", "newsroom"),
    ("frontier", "capture"),
    ("spiders", "pipelines", "export"),
    ("settings",),
    ("jobs",),
    ("reading_room",),
    ("cli",),
    ("__main__",),
)
KNOWS_ARCHIVES = {"capture", "frontier", "jobs", "export", "reading_room", "cli"}
COMMON = {"archives.tracking", "archives.seen"}
"""The ground under both packages: when two addresses are the same, and when two stories are. It is pure."""
EXTRACTION_MAY_IMPORT = {
    "archives.tracking",
    "lxml",
    "parsel",
    "cssselect",
    "w3lib",
    "tldextract",
    "babel.core",
    "slugify",
    "crawler.items",
    "crawler.extraction",
}

IMPURE = {"logging", "socket", "time", "random", "os", "urllib.request", "http", "asyncio", "threading"}
"""Parts of the standard library that know more than they are given."""

BORROWERS = {
    "crawler/capture/wire.py": (
        "tees the bytes of Scrapy's HTTP/1.1 client, which stands on Twisted's own parser",
        {"_LenientHTTP11ClientProtocol", "_newclient", "_HTTP11ClientFactory", "_quiescentCallback"},
    ),
    "crawler/spiders/politeness.py": (
        "Scrapy has no public way to hold back one host, or to see that the engine is closing",
        {"_slot", "_get_slot", "_process_queue", "_retry"},
    ),
    "crawler/spiders/loader.py": ("a loader of Scrapy's keeps its spiders there", {"_spiders"}),
    "crawler/jobs/run.py": ("several crawls one after the other, then the reactor is stopped", {"_stop_reactor"}),
}
"""Files that use private names of Scrapy and Twisted: why, and which."""
ONLY_LOOK_PRIVATE = {"_Element", "_asdict", "_replace"}
"""The type of lxml's elements, and methods of named tuples."""


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Absolute names of what a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively; use the absolute name"
            yield node.module or ""


def room(path: Path) -> str:
    """Top-level module or sub-package of its package that a file belongs to."""
    inside = path.relative_to(ROOT).parts[1]
    return inside.removesuffix(".py")


def upward_imports(package: str, floors: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    floor_of = {name: number for number, names in enumerate(floors) for name in names}
    for path in modules(package):
        here = room(path)
        if here == "__init__":
            continue
        if here not in floor_of:
            yield f"{path.relative_to(ROOT)}: on no floor; put it on one in tests/test_architecture.py"
            continue
        for name in imports(path):
            head, _, rest = name.partition(".")
            there = rest.split(".")[0]
            if head == package and there and floor_of.get(there, 0) > floor_of[here]:
                yield f"{path.relative_to(ROOT)} imports {name}, which stands above it"


def test_archives_know_nothing_of_the_crawler():
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules("archives")
        for name in imports(path)
        if name.split(".")[0] in {"crawler", "scrapy", "twisted", "parsel"}
    ]
    assert wrong == []


def test_archives_import_downward():
    assert list(upward_imports("archives", ARCHIVE_FLOORS)) == []


def test_crawler_imports_downward():
    assert list(upward_imports("crawler", CRAWLER_FLOORS)) == []


def test_only_the_doors_know_the_archive():
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules("crawler")
        for name in imports(path)
        if name.split(".")[0] == "archives" and name not in COMMON and room(path) not in KNOWS_ARCHIVES
    ]
    assert wrong == []


def impure_imports(paths: Iterable[Path], allowed: set[str]) -> list[str]:
    """What files import besides `allowed` and the pure part of the standard library."""
    pure = set(sys.stdlib_module_names) - IMPURE
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in paths
        for name in imports(path)
        if name in IMPURE or (name.split(".")[0] not in pure | allowed and ".".join(name.split(".")[:2]) not in allowed)
    ]


def test_extraction_is_pure():
    """No Scrapy, archives, clock, network, settings or logging: the same bytes give the same article for ever."""
    assert impure_imports(modules("crawler/extraction"), EXTRACTION_MAY_IMPORT) == []


def test_common_ground_is_pure():
    """What extraction stands on must be as pure as extraction itself."""
    paths = [ROOT / f"{name.replace('.', '/')}.py" for name in COMMON]
    assert impure_imports(paths, COMMON | {"archives.digests"}) == []


def borrowed(path: Path) -> Iterator[str]:
    """Private names that a file uses, as imports or as attributes, and does not define itself."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    own = {name for node in nodes for name in defined(node)}
    for node in nodes:
        match node:
            case ast.Attribute(attr=name):
                used = {name} - own
            case ast.ImportFrom(module=module, names=names):
                used = {*str(module).split("."), *(alias.name for alias in names)}
            case ast.Import(names=names):
                used = {part for alias in names for part in alias.name.split(".")}
            case _:
                continue
        yield from (name for name in used if name.startswith("_") and not name.endswith("__"))


def defined(node: ast.AST) -> Iterator[str]:
    """Functions, classes, variables and attributes of `self` that come into being here."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.AugAssign():
            return  # changes what is there
        case ast.Assign(targets=targets):
            yield from (name for target in targets for part in ast.walk(target) for name in stored(part))
        case ast.AnnAssign(target=target):
            yield from stored(target)


def stored(part: ast.AST) -> Iterator[str]:
    match part:
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
            yield name


@pytest.mark.parametrize("package", ["archives", "crawler"])
def test_private_names_of_others_stay_in_the_files_that_have_to_use_them(package):
    found = {str(path.relative_to(ROOT)): {*borrowed(path)} - ONLY_LOOK_PRIVATE for path in modules(package)}
    allowed = {file: names for file, (_, names) in BORROWERS.items() if file.startswith(package)}
    assert {file: names for file, names in found.items() if names} == allowed


def test_versions_whose_private_names_are_used_are_bounded():
    """A name that nobody promised may be gone in the next version."""
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    for library in ("scrapy", "twisted"):
        assert [line for line in lines if re.match(rf'    "{library}>=[\d.]+,<[\d.]+"', line)], library


def commands() -> list[str]:
    from crawler.cli import COMMANDS

    return list(COMMANDS)


@pytest.mark.parametrize("name", commands())
def test_every_command_is_documented(name):
    """Each command has help with an example, and the README names it."""
    command = getattr(importlib.import_module(f"crawler.cli.{name}"), name)
    assert "Example" in command.help
    assert f"newswarc {name}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_environment_variable_is_documented():
    asked = re.compile(r'(?:environ(?:ment)?(?:\.get\(|\[)|envvar=)"(NEWSWARC_\w+)"')
    sources = (path for package in ("archives", "crawler") for path in (ROOT / package).rglob("*.py"))
    found = {name for path in sources for name in asked.findall(path.read_text(encoding="utf-8"))}
    reference = (ROOT / "docs/reference.md").read_text(encoding="utf-8")
    table = reference.partition("## Environment variables")[2].partition("\n## ")[0]
    first_columns = "".join(line.split("|")[1] for line in table.splitlines() if line.startswith("| `"))
    assert found == set(re.findall(r"`(NEWSWARC_\w+)`", first_columns))


def test_top_level_holds_what_belongs_there():
    import subprocess

    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    if not any(tracked):
        pytest.skip("not a git checkout")
    assert {name.split("/")[0] for name in tracked if name} == TOP_LEVEL


def test_every_dependency_has_its_reason():
    """Each requirement in pyproject.toml stands on a line of its own with a comment that says what it is for."""
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    start, end = lines.index("dependencies = ["), lines.index("[project.scripts]")
    requirements = [line for line in lines[start:end] if line.strip().startswith('"')]
    assert requirements
    assert [line for line in requirements if "#" not in line] == []
