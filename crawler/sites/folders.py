"""Where site files are: a user's own folder before the built-in ones."""

from pathlib import Path

from crawler.sites.reader import SiteError, read_site
from crawler.sites.site import Site

BUILT_IN = Path(__file__).parent


def load_sites(folder: Path | str | None = None) -> dict[str, Site]:
    """Every site by name: those of the user's folder, then the built-in ones that it does not replace."""
    sites = {site.name: site for site in _sites_in(BUILT_IN)}
    if folder:
        sites |= _own_sites(Path(folder))
    return dict(sorted(sites.items()))


def load_site(name: str, folder: Path | str | None = None) -> Site:
    """The site of that name; SiteError, if there is none."""
    sites = load_sites(folder)
    if name not in sites:
        raise SiteError(f"{name}: no site has this name; there are {', '.join(sites)}; add {name}.toml to your folder")
    return sites[name]


def _own_sites(folder: Path) -> dict[str, Site]:
    if not folder.is_dir():
        raise SiteError(f"{folder}: no folder of site files; make it, or mend NEWSWARC_SITES")
    sites: dict[str, Site] = {}
    for site in _sites_in(folder):
        if site.name in sites:
            raise SiteError(f"{folder}: two files describe the site {site.name}; rename one")
        sites[site.name] = site
    return sites


def _sites_in(folder: Path) -> list[Site]:
    return [_site_in(path) for path in sorted(folder.glob("*.toml"))]


def _site_in(path: Path) -> Site:
    try:
        content = path.read_bytes()
    except OSError as exc:
        raise SiteError(f"{path}: cannot be read ({exc.strerror}); mend its permissions") from exc
    return read_site(content, str(path))
