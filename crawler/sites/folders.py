"""Where site files are: a user's own folder before the built-in ones."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from crawler.sites.reader import SiteError, read_site
from crawler.sites.site import Site

BUILT_IN = Path(__file__).parent


class BrokenFiles(SiteError):
    """Some files of a folder cannot be used; its text is that of the first fault."""

    def __init__(
        self, faults: Mapping[str, SiteError], others: Mapping[str, Site], text: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(str(next(iter(faults.values()))))
        self.faults = faults
        """By the name of the site, as far as it can be told: else that of the file."""
        self.others = others
        """Every site but these, for whoever can do without them."""
        self._text = text or {}

    def keep_from(self, targets: Iterable[str]) -> SiteError | None:
        """What keeps a site from being used that is meant by its name or an address of it; None, if nothing does.

        A name may be that of a site whose broken file has it, an address of one whose broken file names its host.
        """
        return next(filter(None, map(self._fault_of, targets)), None)

    def _fault_of(self, target: str) -> SiteError | None:
        if target in self.faults or target in self.others:
            return self.faults.get(target)
        is_of = _names_host_of if "://" in target else _has_name
        return next((self.faults[name] for name, text in self._text.items() if is_of(text, target)), None)


def load_sites(folder: Path | str | None = None) -> dict[str, Site]:
    """Every site by name: those of the user's folder, then the built-in ones that it does not replace.

    BrokenFiles, if some files of the folder cannot be used; SiteError, if there is no folder.
    """
    built_in = {site.name: site for site in map(_site_in, _files_in(BUILT_IN))}
    if not folder:
        return built_in
    own, faults = _own_sites(Path(folder))
    sites = dict(sorted({**built_in, **own}.items()))
    if faults:
        others = {name: site for name, site in sites.items() if name not in faults}
        raise BrokenFiles(faults, others, {name: _text_of(Path(folder, f"{name}.toml")) for name in faults})
    return sites


def load_sites_for(targets: Iterable[str], folder: Path | str | None = None) -> dict[str, Site]:
    """As `load_sites`, but if some files cannot be used, all other sites, as long as none of these is meant.

    Targets are names of sites, and addresses.
    """
    try:
        return load_sites(folder)
    except BrokenFiles as broken:
        if fault := broken.keep_from(targets):
            raise fault from broken
        return dict(broken.others)


def load_site(name: str, folder: Path | str | None = None) -> Site:
    """The site of that name; SiteError, if there is none."""
    sites = load_sites(folder)
    if name not in sites:
        raise SiteError(f"{name}: no site has this name; there are {', '.join(sites)}; add {name}.toml to your folder")
    return sites[name]


def _own_sites(folder: Path) -> tuple[dict[str, Site], dict[str, SiteError]]:
    """The sites by name, and what is wrong with files. Of two for one site nobody knows which one is meant."""
    if not folder.is_dir():
        raise SiteError(f"{folder}: no folder of site files; make it, or mend NEWSWARC_SITES")
    sites: dict[str, Site] = {}
    faults: dict[str, SiteError] = {}
    for path in _files_in(folder):
        try:
            site = _site_in(path)
        except SiteError as fault:
            faults[path.stem] = fault
            continue
        if site.name in sites:
            faults[site.name] = SiteError(f"{folder}: two files describe the site {site.name}; rename one")
        sites[site.name] = site
    return sites, faults


def _text_of(path: Path) -> str:
    """What can be read of a file; '' if nothing can."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _has_name(text: str, name: str) -> bool:
    """Whether a site file's text says that this is the name of its site."""
    return re.search(rf"""(?m)^\s*name\s*=\s*["']{re.escape(name)}["']""", text) is not None


def _names_host_of(text: str, url: str) -> bool:
    """Whether a site file's text names the host of a URL, or a domain that it is in."""
    labels = (urlsplit(url).hostname or "").split(".")
    domains = (".".join(labels[start:]) for start in range(max(len(labels) - 1, 1)))
    return any(re.search(rf"(?<![\w.-]){re.escape(domain)}(?![\w.-])", text) for domain in domains)


def _files_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.toml"))


def _site_in(path: Path) -> Site:
    try:
        content = path.read_bytes()
    except OSError as exc:
        raise SiteError(f"{path}: cannot be read ({exc.strerror}); make it a readable file, or move it") from exc
    return read_site(content, str(path))
