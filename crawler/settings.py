"""Scrapy settings only. Each departure from Scrapy's default has its reason beside it; NEWSWARC_… are our own."""

import os

from crawler import __version__
from crawler.pipelines.steps import steps_pipelines

BOT_NAME = "newswarc"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
SPIDER_LOADER_CLASS = "crawler.spiders.loader.SiteSpiderLoader"  # each site file is a spider

# Who we are

NEWSWARC_CONTACT = os.environ.get("NEWSWARC_CONTACT") or None
"""URL or e-mail address under which a publisher reaches the person who crawls."""

USER_AGENT = f"newswarc/{__version__} (+{NEWSWARC_CONTACT or 'https://github.com/newswarc/newswarc'})"  # an honest name
ROBOTSTXT_USER_AGENT = "newswarc"  # the token that robots.txt files would name
NEWSWARC_OPERATOR = os.environ.get("NEWSWARC_OPERATOR") or None
"""Who crawls, for the WARC files' warcinfo records; without it, the contact."""

# Politeness

ROBOTSTXT_OBEY = True  # publishers' wishes count
DOWNLOAD_DELAY = 0.5  # one page after the other where a site file says nothing else
CONCURRENT_REQUESTS_PER_DOMAIN = 4  # a newspaper's server is not ours to load
DOWNLOADER = "crawler.spiders.politeness.StrictDownloader"  # Scrapy's exceeds that limit where there is no delay
AUTOTHROTTLE_ENABLED = False  # delays come from site files, robots.txt and Retry-After, which are explainable
RETRY_TIMES = 2  # as Scrapy's default; named because the ledger's figures depend on it
RETRY_GIVE_UP_LOG_LEVEL = "INFO"  # the ledger keeps the outcome
NEWSWARC_MAX_CRAWL_DELAY = 60.0
"""Seconds: a longer Crawl-delay is taken as this."""
NEWSWARC_RETRY_BACKOFF = 0.5
"""Seconds before the first retry, doubled for each further one."""
NEWSWARC_MAX_RETRY_AFTER = 120.0
"""Seconds: a host that asks for a longer rest is left for another crawl, after that rest."""
NEWSWARC_RECHECK_AFTER = "1 h, 6 h, 24 h, 3 d, 7 d"
"""When after it came out, or changed last, an article is looked at again (s, min, h, d, w); 0: in each crawl."""

NEWSWARC_DUE_ONLY = False
"""Whether feeds, sitemaps and sections are asked for only when they are due by their own rhythm, as a schedule does."""
NEWSWARC_MAX_BYTES = None
"""Bytes after which a crawl ends; what is pending then is left to the next one."""

# What is captured, and where

NEWSWARC_COLLECTION = os.environ.get("NEWSWARC_COLLECTION") or None
"""Folder of the collection; without it, collections/<site> here or in NEWSWARC_HOME."""
NEWSWARC_DATABASE = os.environ.get("NEWSWARC_DATABASE") or None
"""SQLAlchemy URL of the catalog and the ledger; without it, catalog.sqlite in the collection."""
NEWSWARC_STORE = os.environ.get("NEWSWARC_STORE") or None
"""Address, such as s3://bucket/prefix, to which sealed WARC files are sent."""
NEWSWARC_LEASE = None
"""What a crawl that a worker started may write for as long as it holds, an `archives.lock.Lease`."""
NEWSWARC_WARC_SIZE = 2**30
"""Bytes: a WARC file that has become so large is sealed, and another one begun."""
NEWSWARC_WARC_AGE = 86_400.0
"""Seconds: the same with one that is so old."""
NEWSWARC_JOB = None
"""The name of the run that the crawl is of, for its folder in reports/; without it, the time."""
NEWSWARC_REQUISITES = "all"
"""What is archived of what articles need to look right: "all", "images" or "none"; a site file comes before it."""
NEWSWARC_REQUISITES_MOST = 150
"""How many of them one page may ask for."""
NEWSWARC_REQUISITES_BYTES = 30 * 2**20
"""Bytes that they may have together."""
CAPTURE_REPLAY = None
"""A collection, by name or folder, that answers every request; then nothing is sent, and nothing written to it."""
CAPTURE_REPLAY_DATE = None
"""A day like '2024-06-11', or a moment in UTC: captures that are newer are left aside."""
CAPTURE_REPLAY_MISS = None
"""The status, e.g. 404, with which requests are answered that the collection does not hold; without it they fail."""
NEWSWARC_SITES = os.environ.get("NEWSWARC_SITES") or None
"""Folder of your own site files, which come before the built-in ones."""
NEWSWARC_ALLOW_PRIVATE = False
"""Whether loopback and private addresses may be asked; a site file may allow it for itself."""
NEWSWARC_CONDITIONAL = True
"""Whether the validators of the last capture are sent along, so that unchanged pages cost nothing."""

# Pages that need a browser

NEWSWARC_RENDER = False
"""Whether pages are opened in Chromium, and what they hold once their scripts have run is read; the site file's say."""
NEWSWARC_RENDER_TIMEOUT = 60.0
"""Seconds after which a page that still asks for something is taken as it is."""
NEWSWARC_RENDER_REQUESTS = 300
"""That one page may make; further ones fail in it."""
NEWSWARC_RENDER_SCROLL = 0
"""Screens that a page is scrolled down, for what loads only on sight."""
NEWSWARC_RENDER_SCREENSHOT = False
"""Whether a picture of each page is archived."""
NEWSWARC_RENDER_POSTS = False
"""Whether scripts may ask by POST, as some do for a page's text; it may change something at the server."""
NEWSWARC_BROWSER = os.environ.get("NEWSWARC_BROWSER") or None
"""Chromium's program; without it, the one that is found on PATH."""

DOWNLOAD_HANDLERS = {
    "http": "crawler.capture.handler.CaptureHandler",  # keeps the exact bytes of request and response
    "https": "crawler.capture.handler.CaptureHandler",
    "ftp": None,  # nothing but HTTP is captured
    "s3": None,
    "file": None,  # a redirect or a link must not read local files
    "data": None,
}
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip, br",  # deflate and zstd are replayed wrongly by pywb and ReplayWeb.page
}
TWISTED_DNS_RESOLVER = "crawler.capture.resolver.Resolver"  # Scrapy's default knows IPv4 alone
DOWNLOAD_TIMEOUT = 60  # three minutes for one page hold a slot for too long
DOWNLOAD_MAXSIZE = 32 * 2**20  # no news page is larger; Scrapy's 1 GB would be held in memory
DOWNLOAD_WARNSIZE = 0  # the limit above is warning enough
HTTPCACHE_ENABLED = False  # the archive is the cache, and conditional GET asks it
COOKIES_ENABLED = False  # every page is captured as a first visit sees it
METAREFRESH_ENABLED = False  # a page that refreshes itself is still the page; only HTTP redirects are followed
URLLENGTH_LIMIT = 2083  # as Scrapy's default; discovery refuses longer URLs with the same figure
DEPTH_LIMIT = 0  # paging and sitemap depth are limited by the site file
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"  # news comes newest first, and is asked for in that order
SCHEDULER_DISK_QUEUE = "scrapy.squeues.PickleFifoDiskQueue"  # the same for JOBDIR
SCHEDULER = "crawler.spiders.resuming.FreshQueue"  # what a resumed job asks for is in the ledger, which loses nothing
DUPEFILTER_CLASS = "crawler.spiders.resuming.SeenInThisRun"  # likewise

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # scope is judged where the ledger can say so
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,  # ours waits, and lets hosts rest
    "crawler.capture.rendering.Rendering": 540,  # of pages that have come in the end, after redirects and retries
    "crawler.spiders.politeness.PoliteRetry": 550,  # in its place
    "crawler.capture.refusals.Refusals": 50,  # outside of what refuses: each refusal is a line of the crawl log
    "crawler.capture.blocked.Blocked": 640,  # also what a redirect leads to
    "crawler.capture.conditional.ConditionalGet": 650,  # below compression and redirects, which see the rebuilt page
    "crawler.capture.addresses.AddressGuard": 760,  # after the proxy: with one, only literal addresses are judged
}
EXTENSIONS = {
    "scrapy.extensions.telnet.TelnetConsole": None,  # an open port that nobody asked for
    "scrapy.extensions.remote_control.RemoteControl": None,  # likewise
    "crawler.spiders.builtin_newsroom.BuiltInNewsroom": 100,  # listens before anything is asked
    "crawler.spiders.politeness.CrawlDelay": 200,
    "crawler.spiders.politeness.PromptClose": 210,
    "crawler.spiders.budget.ByteBudget": 220,
    "crawler.spiders.ledger.Ledger": 300,
    "crawler.capture.crawl_log.RunLog": 310,  # after the ledger, whose states the run's reports tell
    "crawler.capture.collection.CrawlCollection": 900,  # closes last, when everything is written
}

# What comes out

ITEM_PIPELINES = {
    "crawler.pipelines.pages.ParsePipeline": 100,
    **{path: 200 + place for place, path in enumerate(steps_pipelines())},  # in the order of STEPS
    "crawler.pipelines.requisites.RequisitesPipeline": 600,
    "crawler.pipelines.pages.ArticlePipeline": 700,
    "crawler.pipelines.story.StoryPipeline": 800,
    "crawler.pipelines.catalog.CatalogPipeline": 900,
}
FEED_EXPORT_ENCODING = "utf-8"  # text as it is, not escaped
FEED_STORAGES = {
    "": "crawler.export.feed.WholeItems",  # no item is torn, and a full disk ends the crawl
    "file": "crawler.export.feed.WholeItems",
}
FEED_EXPORTERS = {"jsonlines": "crawler.export.feed.ToldLines"}  # Scrapy's own fails on an item in the log alone
CONCURRENT_ITEMS = 1  # Scrapy starts that many tasks for each response, and extraction is synchronous
DEFAULT_DROPITEM_LOG_LEVEL = "INFO"  # a page that is no article is an everyday thing
LOG_FORMATTER = "crawler.spiders.logs.BriefLogFormatter"  # Scrapy's own writes whole articles into the log
WARN_ON_GENERATOR_RETURN_VALUE = False  # our callbacks are type-checked; the check costs a parse of their source
