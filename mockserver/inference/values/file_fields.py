"""The properties of an item that describe a file: its name, size, media type and digest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mockserver.inference.names import plain
from mockserver.openapi.schemas import Schemas

NAMES: dict[str, Sequence[str]] = {
    "name": ("filename", "originalfilename", "originalname", "name"),
    "size": (
        "size",
        "bytes",
        "filesize",
        "contentlength",
        "length",
        "sizebytes",
        "sizeinbytes",
        "bytesize",
        "filesizebytes",
        "filesizeinbytes",
        "bytecount",
    ),
    "media-type": ("contenttype", "mimetype", "mediatype", "mime", "filetype"),
    "md5": ("md5", "md5hash", "md5sum", "md5checksum", "contentmd5", "hashmd5"),
    "sha1": ("sha1", "sha1hash", "sha1sum", "sha1checksum", "hashsha1"),
    "sha256": ("sha256", "sha256hash", "sha256sum", "sha256checksum", "hashsha256", "sha2"),
}
"""What describes a file → the plain names of properties that do, the likeliest first."""

DIGESTS = ("checksum", "hash", "digest", "filehash")
"""Plain names of properties that hold a digest and do not say which one."""


def file_fields(schemas: Schemas, properties: Mapping[str, str]) -> dict[str, str]:
    """The keys of a `content` statement, for those properties of an item that describe a file."""
    known = {plain(name): name for name in reversed(list(properties))}
    found: dict[str, str] = {}
    for key, names in NAMES.items():
        name = next((known[one] for one in names if one in known and _holds(schemas, properties[known[one]], key)), "")
        if name:
            found[key] = name
    unclear = next((known[one] for one in DIGESTS if one in known), "")
    kind = _digest(schemas, properties[unclear]) if unclear else ""
    if kind and kind not in found:
        found[kind] = unclear
    digests = [properties[name] for key, name in found.items() if key in ("md5", "sha1", "sha256")]
    if any(_is_base64(schemas, at) for at in digests):
        found["written"] = "base64"
    return found


def _holds(schemas: Schemas, pointer: str, key: str) -> bool:
    types = schemas.types(pointer) - {"null"}
    if key == "size":
        return not types or bool(types & {"integer", "number", "string"})
    return (not types or types == {"string"}) and schemas.keyword(pointer, "enum") is None


def _digest(schemas: Schemas, pointer: str) -> str:
    """Which digest a property holds: as its description says, or as its length does; empty if it is no text."""
    if schemas.types(pointer) - {"null"} != {"string"}:
        return ""
    said = plain(str(schemas.keyword(pointer, "description") or ""))
    examples = schemas.keyword(pointer, "examples") or [""]
    length = schemas.keyword(pointer, "maxLength") or len(str(examples[0] if isinstance(examples, list) else ""))
    by_name = next((kind for kind in ("md5", "sha256", "sha1") if kind in said), "")
    return by_name or {32: "md5", 40: "sha1"}.get(length, "sha256")


def _is_base64(schemas: Schemas, pointer: str) -> bool:
    said = str(schemas.keyword(pointer, "description") or "").lower()
    return schemas.keyword(pointer, "contentEncoding") == "base64" or "base64" in said or "base-64" in said
