"""Where site files are: a user's own folder before the built-in ones."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from crawler.sites.reader import SiteError, read_site
from crawler.sites.site import Site

BUILT_IN = Path(__file__).parent


class BrokenFiles(SiteError):
    """Some files of a folder cannot be used; its text is that of the first fault."""

    def __init__(self, faults: Mapping[str, SiteError], others: Mapping[str, Site]) -> None:
        super().__init__(str(next(iter(faults.values()))))
        self.faults = faults
        """By the name of the site, as far as it can be told: else that of the file."""
        self.others = others
        """Every site but these, for whoever can do without them."""


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
        raise BrokenFiles(faults, {name: site for name, site in sites.items() if name not in faults})
    return sites


def load_sites_for(names: Iterable[str], folder: Path | str | None = None) -> dict[str, Site]:
    """As `load_sites`, but if some files cannot be used, all other sites, as long as these names are among them."""
    try:
        return load_sites(folder)
    except BrokenFiles as broken:
        if not broken.others.keys() >= set(names):
            raise
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


def _files_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.toml"))


def _site_in(path: Path) -> Site:
    try:
        content = path.read_bytes()
    except OSError as exc:
        raise SiteError(f"{path}: cannot be read ({exc.strerror}); mend its permissions") from exc
    return read_site(content, str(path))
