"""The names of properties around the items of a reply, by `plain` name, and what they say."""

from __future__ import annotations

NUMBERS = {
    "total": "total", "totalcount": "total", "totalitems": "total", "totalresults": "total", "totalrecords": "total",
    "totalelements": "total", "totalsize": "total", "recordstotal": "total", "totalentries": "total", "nbhits": "total",
    "count": "total", "size": "limit", "limit": "limit", "perpage": "limit", "pagesize": "limit", "pagelen": "limit",
    "itemsperpage": "limit", "maxresults": "limit", "offset": "offset", "skip": "offset", "start": "offset",
    "startindex": "offset", "startat": "offset", "page": "page", "pagenumber": "page", "currentpage": "page",
    "number": "page", "pages": "pages", "totalpages": "pages", "pagecount": "pages", "lastpage": "last_page",
    "numberofelements": "count", "itemcount": "count", "resultcount": "count", "numresults": "count",
    "odatacount": "total", "rowcount": "total", "totalrows": "total", "nbresults": "total", "resultscount": "total",
}  # fmt: skip
FLAGS = {
    "hasmore": "more",
    "hasnext": "more",
    "hasnextpage": "more",
    "more": "more",
    "hasmoreitems": "more",
    "incomplete": "more",
    "istruncated": "more",
    "last": "last",
    "islast": "last",
    "islastpage": "last",
    "first": "first",
    "isfirst": "first",
    "isfirstpage": "first",
    "empty": "empty",
    "isempty": "empty",
    "hasprevious": "earlier",
    "haspreviouspage": "earlier",
    "hasprev": "earlier",
    "hasprevpage": "earlier",
}
KINDS, LISTS = frozenset(("type", "kind", "object")), ("searchset", "list", "collection")
"""Names of properties that say what a reply is, and the values that say that it is a list (`searchset` of FHIR)."""

EDGES = {"firstid": "first_id", "lastid": "last_id"}
POSITIONS = frozenset(
    (
        "next",
        "nextcursor",
        "nextpagetoken",
        "nexttoken",
        "nextpage",
        "cursor",
        "continuationtoken",
        "nextmarker",
        "continuation",
        "marker",
        "nextoffset",
        "endcursor",
        "nextid",
    )
)
"""Names of properties that say something about a page, by `plain` name."""

LINKS = {
    "next": "next_url", "nexturl": "next_url", "nextlink": "next_url", "nextpageurl": "next_url",
    "nextpage": "next_url", "nexthref": "next_url", "odatanextlink": "next_url",
    "previous": "previous_url", "prev": "previous_url",
    "previousurl": "previous_url", "prevurl": "previous_url", "previouslink": "previous_url",
    "prevlink": "previous_url", "previouspageurl": "previous_url", "prevpageurl": "previous_url",
    "previouspage": "previous_url", "prevpage": "previous_url", "first": "first_url", "firsturl": "first_url",
    "firstlink": "first_url", "firstpageurl": "first_url", "last": "last_url", "lasturl": "last_url",
    "lastlink": "last_url", "lastpageurl": "last_url",
}  # fmt: skip
"""Names of properties with the address of another page, by `plain` name; not all of them say that it is one."""

BOUNDS = frozenset(("from", "to"))
"""Names of the numbers of the first and the last item of a page, where both are there."""

LIST_PATH, OF_PAGES = "path", frozenset(("perpage", "currentpage"))
"""The name of the address of a list without its query, beside those that say how it is paged (Laravel)."""

OWN_PATH, OF_LISTS = "url", frozenset(("object", "data", "hasmore"))
"""The name of the path of a list, beside those that say that it is one (Stripe)."""

ADDRESSES = ("uri", "uri-reference", "url", "iri", "iri-reference")
"""Formats of addresses."""

HYDRA = "hydra:"
"""How API Platform begins the names of what is around the items of a list (JSON-LD with Hydra)."""

OWN_LINK = "self"
"""The name of the address of this page among links."""

RELATIONS = ("self", "first", "prev", "next", "last")
"""The names of addresses among links whose names the schema leaves open (HAL; the relations of RFC 8288)."""

LINK_HOLDERS = frozenset(("links",))
"""Names of objects whose texts are addresses, whatever they are called."""

COUNTED = frozenset(
    {"count", "total", "number", "of", "items", "records", "rows", "created", "inserted", "added", "updated"}
    | {"modified", "changed", "deleted", "removed", "affected", "processed", "succeeded", "success", "successful"}
)
"""Words of properties that say how many items a request was about."""

CHANGED = frozenset(("deleted", "removed", "affected", "updated", "modified", "changed", "rows"))
"""Those of them that only a number of changed items has."""

SUCCESSES = frozenset(("success", "succeeded", "successful", "issuccess", "issuccessful", "ok"))
"""Names of a flag that says that the request succeeded."""

OUTCOMES = frozenset(
    ("code", "message", "msg", "status", "statuscode", "retcode", "ret", "errcode", "errno", "errmsg", "resultcode")
)
"""Names of properties beside what a reply shows that say how the request ended: `{code: 0, message: ok, data}`."""

NESTED = frozenset((
    "meta", "metadata", "pagination", "paging", "pageinfo", "page", "resultinfo", "responsemetadata", "links", "view",
    "pageable",
))  # fmt: skip
"""Names of objects beside the items that contain such properties."""
