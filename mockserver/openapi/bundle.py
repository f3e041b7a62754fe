"""Joins a document that is split over several files.

Another file is put whole under the root key `x-files`, by its path from the document's folder, and references to it are
rewritten: `schemas/pet.yaml#/Pet` becomes `#/x-files/schemas~1pet.yaml/Pet` (RFC 3986 section 5 defines relative
references, OpenAPI 3.1 section 4.6 where they are allowed); `$self` of OpenAPI 3.2 is their base. Only references that
the document reaches are followed. Each file is read once, so files may refer to each other in circles.
"""

from __future__ import annotations

import posixpath
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlsplit

from msgspec import Struct, field

from mockserver.document_cache import OFF, DocumentCache
from mockserver.document_paths import similar_name
from mockserver.errors import InvalidDocument
from mockserver.openapi import remote, security_uris, yaml_json
from mockserver.openapi.bundle_keys import EXAMPLE, EXAMPLE_FILE, FILES
from mockserver.openapi.normalize import declared_schemes
from mockserver.openapi.object_positions import Place, Where, pointer, reference, selections, walk
from mockserver.openapi.pointer import join
from mockserver.openapi.remote import SCHEMES, Address
from mockserver.openapi.security_uris import is_uri
from mockserver.openapi.self_uri import joined, places, self_uri
from mockserver.openapi.size_limits import SizeLimits


class Library(Struct):
    """Reads the files that a document refers to: those below its `folder`; with `outside` any file, and URLs.

    A document that was fetched has an `address` and no folder: it may refer to what is on the same host, and with
    `outside` to other hosts, but never to files of this machine. Without `verify`, any certificate is accepted.
    `cache` keeps what is read of YAML.

    `spent` and `count` are the bytes and files read so far, which `bounds` limits. `opened` are the paths that were
    read so far, including those that could not be read: `--watch` waits for them to appear.
    """

    folder: Path
    outside: bool
    bounds: SizeLimits
    spent: int = 0
    count: int = 0
    opened: list[Path] = field(default_factory=list)
    address: Address | None = None
    verify: bool = True
    cache: DocumentCache = OFF

    def read(self, name: str) -> Any:
        """The content of the file or URL `name`. Raises InvalidDocument if it is missing, broken or not allowed."""
        data = self.fetch(name) if urlsplit(name).scheme in SCHEMES else self.file(name)
        value, _ = yaml_json.parse(data, file=name, bounds=self.bounds, cache=self.cache)
        return value

    def example(self, name: str) -> dict[str, Any]:
        """What an Example Object holds of the file or URL `name`. Raises InvalidDocument.

        JSON and YAML are parsed; of any other file there are the text and the bytes.
        """
        if posixpath.splitext(urlsplit(name).path)[1] in SUFFIXES:
            return {EXAMPLE: self.read(name)}
        data = self.fetch(name) if urlsplit(name).scheme in SCHEMES else self.file(name)
        return {EXAMPLE: data.decode("utf-8", "replace"), EXAMPLE_FILE: b64encode(data).decode()}

    def file(self, name: str) -> bytes:
        """The bytes of the file whose path from the folder is `name`."""
        if self.address is not None:
            raise InvalidDocument("is a file of this machine; a document from elsewhere cannot refer to it", file=name)
        path = self.folder / name
        try:
            inside = path.resolve().is_relative_to(self.folder.resolve())
        except (OSError, ValueError) as fault:  # a circle of links, a NUL in the name
            raise InvalidDocument(f"cannot be read: {fault}", file=name) from None
        # `resolve` follows links, so a link below the folder that points out of it counts as outside.
        if not inside and not self.outside:
            raise InvalidDocument("is outside of the document's folder; read it with --outside", file=name)
        if not path.is_file() and path.exists():  # a FIFO or a device may never end
            raise InvalidDocument(f"is {_kind(path)} and not a file", file=name)
        return self.bytes_of(name, path)

    def bytes_of(self, name: str, path: Path) -> bytes:
        """The bytes of the file at `path`, which messages call `name`."""
        self.opened.append(path)
        try:
            with path.open("rb") as stream:
                # One byte more than allowed is enough to see that the file is too large: the rest stays unread.
                return self.counted(name, stream.read(self.bounds.bytes - self.spent + 1))
        except OSError as fault:
            similar = similar_name(path) if isinstance(fault, FileNotFoundError) else ""
            hint = f"; did you mean {similar}?" if similar else ""
            hint = "; the parts of a path are separated by `/`, not by a backslash" if "\\" in name else hint
            raise InvalidDocument(f"cannot be read: {fault.strerror}{hint}", file=name) from None

    def fetch(self, address: str) -> bytes:
        """The bytes at a URL."""
        own = self.address
        is_own = own is not None and remote.origin(own.url) == remote.origin(address)
        if not is_own and not self.outside:
            raise InvalidDocument("is on another machine; fetch it with --outside", file=remote.shown(address))
        user = own.user if own is not None and is_own else None
        only = "" if self.outside else address
        limit = self.bounds.bytes - self.spent
        data, _ = remote.fetch(Address(address, user), limit, self.bounds, only=only, verify=self.verify)
        return self.counted(remote.shown(address), data)

    def counted(self, name: str, data: bytes) -> bytes:
        """`data` itself. Raises InvalidDocument if all files together are too large or too many."""
        self.spent, self.count = self.spent + len(data), self.count + 1
        if self.spent > self.bounds.bytes:
            raise InvalidDocument(f"the files together are larger than {self.bounds.bytes:,} bytes", file=name)
        if self.count > self.bounds.files:
            raise InvalidDocument(f"the document refers to more than {self.bounds.files:,} files", file=name)
        return data


def _kind(path: Path) -> str:
    """What a path that is no regular file leads to."""
    kinds = {"a directory": path.is_dir, "a FIFO": path.is_fifo, "a socket": path.is_socket}
    return next((kind for kind, holds in kinds.items() if holds()), "a device")


def bundle(raw: dict[str, Any], own: str, file: str, library: Library) -> tuple[InvalidDocument, ...]:
    """Add to `raw`, in place, the files it refers to; return an error for each reference that cannot be resolved.

    Such a reference stays as it is. `own` is the file name of `raw`; `file` is what messages call the document.
    """
    if not _leads_out(raw):
        return ()
    bundler = _Bundler(raw, own, file, library)
    bundler.learn(own, raw)
    bundler.schemes = frozenset(declared_schemes(raw))
    for place in walk(raw):
        bundler.rewrite(place)
    return tuple(bundler.faults)


def _leads_out(raw: dict[str, Any]) -> bool:
    """May any text here be a reference to another file?

    Faster than `walk`, since it does not ask which kind of object it looks at. Most documents are one file and need no
    more than this.
    """
    level: list[Any] = [raw]
    while level:
        if any(type(node) is dict and not REFERRING.isdisjoint(node) and _looks_foreign(node) for node in level):
            return True
        level = [
            child
            for node in level
            for child in (node.values() if type(node) is dict else node)
            if type(child) is dict or type(child) is list
        ]
    return False


REFERRING = frozenset(("$ref", "operationRef", "externalValue", "mapping", "defaultMapping", "security"))
"""The keys that may hold a reference."""


def _looks_foreign(node: dict[str, Any]) -> bool:
    for key in ("$ref", "operationRef"):
        target = node.get(key)
        if type(target) is str and target[:1] != "#":
            return True
    if type(node.get("externalValue")) is str:
        return True
    if "security" in node and any(name[:1] != "#" and is_uri(name) for _, name in security_uris.names(node)):
        return True
    if "mapping" not in node and "defaultMapping" not in node:
        return False
    return any(_is_reference(holder[key]) and holder[key][:1] != "#" for holder, key in selections(node))


def _is_reference(target: Any) -> bool:
    """Is this value of a discriminator's mapping a reference, and not the name of a schema?"""
    return type(target) is str and ("/" in target or "#" in target or target.endswith((".json", ".yaml", ".yml")))


class _Bundler(Struct):
    root: dict[str, Any]
    own: str
    file: str
    library: Library
    uris: dict[str, str] = field(default_factory=dict)
    """The URIs that the files give themselves, by their names."""
    names: dict[str, str] = field(default_factory=dict)
    """The names of the files by their URIs, and by themselves."""
    ids: dict[str, str] = field(default_factory=dict)
    """The pointers in the root of the schemas with an `$id`, by that URI."""
    own_ids: dict[str, str] = field(default_factory=dict)
    """The `$id`s of schemas by the pointers of these."""
    schemes: frozenset[str] = frozenset()
    """The names of the security schemes that the document declares: a requirement with one of them is no URI."""
    unreadable: dict[str, InvalidDocument] = field(default_factory=dict)
    faults: list[InvalidDocument] = field(default_factory=list)

    def rewrite(self, place: Place) -> None:
        if place.kind == "example" and type(place.node.get("externalValue")) is str and "value" not in place.node:
            self._bring_example(place)
        for holder, key in _references(place):
            try:
                holder[key] = self.local(holder[key], self.file_of(place.where), place)
            except InvalidDocument as fault:
                message = f"the reference '{holder[key]}' cannot be resolved: {fault}"
                self.faults.append(InvalidDocument(message, file=self.file, pointer=place.pointer))
        if place.kind in ("document", "operation") and "security" in place.node:
            base = self.file_of(place.where)
            security_uris.rewrite(place.node, self.schemes, lambda name: self.local(name, base))

    def _bring_example(self, place: Place) -> None:
        """Put the value of an example that is in a file of its own beside its address (OpenAPI 3.1 section 4.8.19)."""
        base = self.file_of(place.where)
        *likelier, last = places(base, self.uris[base], place.node["externalValue"])
        try:
            for name in likelier:
                with suppress(InvalidDocument):
                    place.node.update(self.library.example(name))
                    return
            place.node.update(self.library.example(last))
        except InvalidDocument as fault:
            message = f"the example cannot be read: {fault}"
            pointer = join(place.pointer, "externalValue")
            self.faults.append(InvalidDocument(message, file=self.file, pointer=pointer))

    def file_of(self, where: Where) -> str:
        """The name of the file that an object came from: what is below `/x-files/<name>` came from `<name>`."""
        keys: list[str | int] = []
        while where is not None:
            where, key = where
            keys.append(key)
        return str(keys[-2]) if len(keys) > 1 and keys[-1] == FILES else self.own

    def local(self, ref: str, base: str, place: Place | None = None) -> str:
        """The reference `ref` of the file `base`, rewritten to point into the joined document.

        At a `place` in a schema with an `$id`, that is what the reference starts from.
        """
        address, _, fragment = ref.partition("#")
        named = self._named_schema(base, address, place) if address and self.ids else None
        if named is not None and fragment[:1] in ("", "/"):
            is_own = not named.startswith(f"/{FILES}/")
            # A pointer in a schema with an `$id` would start there; `schema_ids` resolves what is in the same file.
            return ref if is_own and self._around(place) else reference(named) + fragment
        name = self.named(base, address) if address else base
        if name == self.own:
            return "#" + fragment
        here = join("", FILES, name)
        if fragment and fragment[:1] != "/":
            return reference(here + self.anchored(name, fragment))
        return reference(here) + (fragment if fragment != "/" else "")

    def _named_schema(self, base: str, address: str, place: Place | None) -> str | None:
        """The pointer of the schema whose `$id` the address means; None if no schema has it."""
        uri = self.uris[base]
        for each in self._around(place):
            uri = joined(uri, urldefrag(self.own_ids[each]).url)
        return self.ids.get(joined(uri, address))

    def _around(self, place: Place | None) -> list[str]:
        """The pointers of the schemas with an `$id` that a place is in, outermost first."""
        steps = {pointer(step) for step in _steps(place.where)} if place is not None and self.own_ids else set()
        return sorted(self.own_ids.keys() & steps, key=len)

    def learn(self, name: str, read: Any) -> None:
        """Keep the URI of a file, and those of its schemas: references may use them."""
        self.uris[name] = uri = self_uri(read, name)
        self.names[name] = name
        self.names.setdefault(uri, name)
        here = "" if name == self.own else join("", FILES, name)
        for at, id in _ids(read):
            self.ids.setdefault(joined(uri, urldefrag(id).url), here + at)
            self.own_ids[here + at] = id

    def named(self, base: str, address: str) -> str:
        """The name of the file that `address` means in the file `base`, which is read now if it is not yet.

        Raises InvalidDocument if it cannot be read; for a file with `$self`, at none of its places.
        """
        found = list(places(base, self.uris[base], address))
        if self.uris[base] != base and not posixpath.splitext(address)[1]:  # a URI has no suffix, but its copy has one
            found = [*(place + each for place in found for each in _suffixes(place)), found[-1]]
        for name in found:
            if name in self.names:
                return self.names[name]
        for name in found[:-1]:
            with suppress(InvalidDocument):
                self.bring(name)
                return name
        self.bring(found[-1])
        return found[-1]

    def anchored(self, name: str, anchor: str) -> str:
        """The pointer in the file `name` of the schema with that `$anchor` (JSON Schema 2020-12 Core section 8.2.2)."""
        waiting: list[tuple[str, Any]] = [("", self.root[FILES][name])]
        while waiting:
            place, node = waiting.pop()
            if type(node) is dict and anchor in (node.get("$anchor"), node.get("$dynamicAnchor")):
                return place
            entries = node.items() if type(node) is dict else enumerate(node) if type(node) is list else ()
            waiting += [(join(place, key), value) for key, value in entries]
        raise InvalidDocument(f"a JSON pointer begins with a slash, as in `#/{anchor}` (RFC 6901)", file=name)

    def bring(self, name: str) -> None:
        """Read a file into the root, once. A file that cannot be read raises the same error each time."""
        if name in self.root.get(FILES, ()):
            return
        if name not in self.unreadable:
            try:
                read = self.library.read(name)
                self.root.setdefault(FILES, {})[name] = read
                self.learn(name, read)
            except InvalidDocument as fault:
                self.unreadable[name] = fault
        if name in self.unreadable:
            raise self.unreadable[name]


SUFFIXES = (".yaml", ".yml", ".json")
"""The suffixes of files that hold a document."""


def _steps(where: Where) -> Iterator[Where]:
    while where is not None:
        yield where
        where = where[0]


def _suffixes(place: str) -> tuple[str, ...]:
    """What may follow the name of a copy; a URI is taken as it is."""
    return ("",) if urlsplit(place).scheme in SCHEMES else ("", *SUFFIXES)


def _ids(read: Any) -> Iterator[tuple[str, str]]:
    """The pointers in a file of the schemas that name themselves by `$id`, each with that name."""
    waiting: list[tuple[str, Any]] = [("", read)]
    while waiting:
        at, node = waiting.pop()
        if type(node) is dict and type(node.get("$id")) is str:
            yield at, node["$id"]
        entries = node.items() if type(node) is dict else enumerate(node) if type(node) is list else ()
        waiting += [(join(at, key), value) for key, value in entries if type(value) in (dict, list)]


def _references(place: Place) -> Iterator[tuple[dict[str, Any], str]]:
    """The references in `place` itself, each as the object and the key that hold it."""
    node = place.node
    if type(node.get("$ref")) is str:
        yield node, "$ref"
    if place.kind == "link" and type(node.get("operationRef")) is str:
        yield node, "operationRef"
    if place.kind == "schema":
        yield from (
            (holder, key) for holder, key in selections(node.get("discriminator")) if _is_reference(holder[key])
        )
