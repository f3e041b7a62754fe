"""The names of query parameters that divide a list into pages, by `plain` name (`page[size]` is `pagesize`)."""

from __future__ import annotations

SURE_LIMITS = frozenset((
    "limit", "perpage", "pagesize", "pagelimit", "maxresults", "maxitems", "pagelen", "resultsperpage", "itemsperpage",
    "perpagecount", "maxrecords", "recordsperpage", "maxpagesize", "pagelength", "rowsperpage", "entriesperpage",
    "maxentries", "resultlimit", "resultslimit", "itemlimit", "itemslimit", "numperpage", "nbperpage", "perpagelimit",
    "maxresultsperpage", "maxperpage", "pagemaxsize", "limitperpage", "maxreturn",
))  # fmt: skip
"""Names that mean the size of a page and nothing else."""

LIMITS_BESIDE = frozenset((
    "size", "count", "max", "take", "top", "rows", "numresults", "pagecount", "first", "num", "batchsize", "fetch",
    "fetchsize", "numitems", "numberofitems", "rowcount", "maxcount", "numrecords", "chunksize",
    "items", "n", "nb", "length", "results", "records", "entries",
))  # fmt: skip
"""Names that may also count or order something else. Beside a position they mean the size of a page."""

LIMITS = SURE_LIMITS | LIMITS_BESIDE

SURE_PAGES = frozenset(
    (
        "page",
        "pagenumber",
        "pageno",
        "pagenum",
        "pageindex",
        "currentpage",
        "pagenumberpage",
        "pagenr",
        "currpage",
    )
)
PAGES = SURE_PAGES | {"p", "pg"}
"""Names of the number of a page."""

SURE_OFFSETS = frozenset(
    (
        "offset",
        "skip",
        "pageoffset",
        "resultoffset",
        "recordoffset",
        "rowoffset",
        "itemoffset",
        "skipcount",
    )
)
OFFSETS_BESIDE = frozenset(
    (
        "start",
        "startindex",
        "startat",
        "from",
        "index",
        "startrow",
        "startoffset",
        "firstresult",
        "startposition",
        "startrecord",
        "startfrom",
    )
)
"""Names that may also count from 1, as SCIM's `startIndex` does (RFC 7644)."""

OFFSETS = SURE_OFFSETS | OFFSETS_BESIDE
"""Names of the number of items to skip."""

ITEM_CURSORS = frozenset(
    (
        "after",
        "startingafter",
        "startafter",
        "afterid",
        "pageafter",
        "marker",
        "sinceid",
    )
)
"""Names of a cursor that is most often the id of an item; the page begins after it."""

TOKENS = frozenset((
    "pageinfo", "cursor", "pagetoken", "nexttoken", "nextpagetoken", "continuationtoken", "continuation",
    "nextcursor", "pagecursor",
    "skiptoken",
    "startcursor", "aftercursor", "paginationtoken", "bookmark", "scrollid", "starttoken", "startkey",
    "exclusivestartkey", "pagingtoken", "pagingcursor", "cursortoken", "nextpagecursor", "pagestate", "startingtoken",
    "continuationkey", "continuetoken", "continue", "nextmarker", "lastevaluatedkey", "pagekey", "listcursor",
))  # fmt: skip
"""Names of a cursor that a reply gives."""

CURSORS = ITEM_CURSORS | TOKENS | {"token", "nextpage", "page", "next"}
"""Names of a cursor. Some may be something else, such as an access token."""

BACKWARD = frozenset(("before", "endingbefore", "pagebefore", "beforeid", "previouscursor", "beforecursor"))
"""Names of a cursor before which the page ends."""
