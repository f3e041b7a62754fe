"""The shared log on a Redis or Valkey server: for many machines.

The entries of a partition are a stream; their ids are the revisions. A round asks once for the revisions of a
namespace. Its first append takes a lock, so that others wait and do no work that is thrown away; all that it appended
is sent at its end.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from mockserver.errors import LogDamaged, LogError, LogLost, LogUnavailable
from mockserver.state.shared_log import EntriesCutError, LogSnapshot, Partition
from mockserver.stores.frame import framed, framed_pieces, unframed_entries, unframed_snapshot
from mockserver.stores.redis_scripts import APPEND, DROP, LOCK, SAVE
from mockserver.stores.redis_server import RedisServer

LEASE_MS = 1_000
"""How long others wait for a process that ended in the middle of a round, in milliseconds."""

LONGEST_WAIT = 5.0
"""How many seconds a round waits for the locks of others."""

LONGEST_NAP = 0.1
"""How many seconds a process that waits for a lock sleeps, when nothing wakes it."""

PAGE = 1_000
"""How many entries are read at once."""

UPLOAD_SECONDS = 600
"""After this time the server forgets a snapshot that was not completed."""

DROPPED_SECONDS = 7 * 24 * 3600
"""After this time the server forgets that there was a namespace that was dropped."""


class Revisions(NamedTuple):
    """The numbers of a partition; see redis_scripts.py."""

    head: int = 0
    base: int = 0
    saved: int = 0
    content: bytes = b""


NONE = Revisions()
NOTHING: tuple[int, list[bytes]] = (0, [])


class RedisLog:
    """The SharedLog at an address. Each process needs its own.

    Raises LogUnavailable or LogMismatch for a server that cannot be used.
    """

    is_of_one_thread = False

    def __init__(self, address: str, life: bytes = b"") -> None:
        self._address, self._server = address, RedisServer(address, life)
        self.place = self._server.place
        self._owner = secrets.token_hex(8)
        self._known: dict[str, dict[str, Revisions]] = {}
        self._asked: set[str] = set()
        self._appended: dict[Partition, tuple[int, list[bytes]]] = {}
        self._listed: set[str] = set()
        self._fault: LogError | None = None

    @property
    def life(self) -> bytes:
        """By what a server is noticed that lost everything; for `open_log` in other processes."""
        return self._server.life

    def identify(self, identity: bytes, instead_of: bytes | None = None) -> bytes:
        """As SharedLog says."""
        about = self._server.about
        self._server.call("HSETNX", about, "identity", identity)
        found = bytes(self._server.call("HGET", about, "identity"))
        if found == instead_of:
            self._server.call("HSET", about, "identity", identity)
            return identity
        return found

    def begin(self) -> None:
        """As SharedLog says. The question is asked with the first new entries of each namespace."""
        self._asked.clear()
        self._appended.clear()
        self._fault = None

    def new_entries(self, partition: Partition, after: int) -> list[bytes]:
        """As SharedLog says."""
        now, own = self._revisions(partition), self._appended.get(partition, NOTHING)[1]
        last = now.head + len(own)
        if after == last:
            return []
        if after > last:
            self._check_loss(partition, after)
        if after < now.base or after > last:
            raise EntriesCutError
        return self._entries(partition, after, now.head) + own[max(0, after - now.head) :]

    def _check_loss(self, partition: Partition, after: int) -> None:
        """Raise LogLost for a partition that has fewer entries than it had; not for one that was dropped long ago."""
        self._server.check()
        if partition.service in self._known[partition.namespace]:
            raise LogLost(
                f"{self.place} has less than it had: entry {after} of {'/'.join(filter(None, partition))} is gone."
                " Bring the data back, or restart mockserver to go on with what is left."
            )

    def hold(self, partition: Partition) -> None:
        """As SharedLog says."""
        if self._fault is not None:
            raise self._fault
        if partition not in self._appended:
            self._begin_appending(partition)

    def append(self, partition: Partition, expected: int, entry: bytes) -> bool:
        """As SharedLog says. The entry is sent by `end`."""
        if self._fault is not None:
            raise self._fault
        own = self._appended.get(partition) or self._begin_appending(partition)
        if own[0] + len(own[1]) != expected:
            return False
        own[1].append(entry)
        return True

    def end(self) -> None:
        """As SharedLog says."""
        if self._fault is not None:
            raise self._fault
        if self._appended:
            self._send()

    def heads(self) -> dict[Partition, int]:
        """As SharedLog says."""
        names = self._server.call("SMEMBERS", self._names, again=True)
        return {
            Partition(name, service): now.head
            for name in sorted(each.decode() for each in names)
            for service, now in self._ask(name).items()
            if _has_content(now)
        }

    def save(self, partition: Partition, revision: int, pieces: Iterable[bytes]) -> None:
        """As SharedLog says."""
        self._list(partition.namespace)
        key = f"{self._key(partition, 'snapshot')}:{revision}:{secrets.token_hex(4)}"
        for piece in framed_pieces(pieces):
            self._server.call("RPUSH", key, piece)
            self._server.call("EXPIRE", key, UPLOAD_SECONDS)
        keys = [self._heads(partition.namespace), self._key(partition, "log"), key]
        self._server.run(SAVE, keys, partition.service, revision, again=True)
        self._asked.discard(partition.namespace)

    def load(self, partition: Partition) -> LogSnapshot | None:
        """As SharedLog says."""
        while True:
            now = self._ask(partition.namespace).get(partition.service, NONE)
            if not now.content:
                return LogSnapshot(now.saved, b"") if now.saved else None
            written = list(self._chunks(now.content))
            is_whole = self._ask(partition.namespace).get(partition.service) == now  # else it was replaced meanwhile
            if written and is_whole:
                what = f"{self.place}: the snapshot of {'/'.join(partition)}"
                return LogSnapshot(now.saved, unframed_snapshot(written, what))
            if is_whole:
                raise LogDamaged(f"{self.place}: the snapshot of {'/'.join(partition)} is missing")

    def again(self) -> RedisLog:
        """As SharedLog says."""
        return RedisLog(self._address, self.life)

    def drop(self, namespace: str) -> None:
        """As SharedLog says."""
        # In this order, so that a namespace that another process begins anew meanwhile stays in the list.
        self._server.call("SREM", self._names, namespace)
        self._listed.discard(namespace)
        streams = self._key(Partition(namespace, ""), "log")
        self._server.run(DROP, [self._heads(namespace)], streams, DROPPED_SECONDS)
        self._asked.discard(namespace)

    def close(self) -> None:
        """As SharedLog says."""
        self._server.close()

    @property
    def _names(self) -> str:
        """The key of the set of namespaces."""
        return f"{self._server.prefix}:namespaces"

    def _heads(self, namespace: str) -> str:
        return f"{self._server.prefix}:{{{namespace}}}"

    def _key(self, partition: Partition, what: str) -> str:
        return f"{self._heads(partition.namespace)}:{what}:{partition.service}"

    def _revisions(self, partition: Partition) -> Revisions:
        """What the server said in this round about a partition."""
        namespace = partition.namespace
        known = self._known[namespace] if namespace in self._asked else self._ask(namespace)
        return known.get(partition.service, NONE)

    def _ask(self, namespace: str) -> dict[str, Revisions]:
        return self._learn(namespace, self._server.call("HGETALL", self._heads(namespace), again=True))

    def _learn(self, namespace: str, fields: dict[bytes, bytes]) -> dict[str, Revisions]:
        """Note what the server says about a namespace. An empty answer may mean that it lost everything."""
        if not fields:
            self._server.check()
        found = {
            name[5:].decode(): Revisions(
                int(value),
                int(fields.get(b"base:" + name[5:], 0)),
                int(fields.get(b"saved:" + name[5:], 0)),
                fields.get(b"content:" + name[5:], b""),
            )
            for name, value in fields.items()
            if name.startswith(b"head:")
        }
        self._known[namespace] = found
        self._asked.add(namespace)
        return found

    def _entries(self, partition: Partition, after: int, head: int) -> list[bytes]:
        found: list[bytes] = []
        what = f"{self.place}: an entry of {'/'.join(partition)} after revision"
        while after + len(found) < head:
            at = after + len(found)
            page = self._server.call(
                "XRANGE", self._key(partition, "log"), f"{at + 1}-0", f"{head}-0", "COUNT", PAGE, again=True
            )
            if not page or page[0][0] != b"%d-0" % (at + 1):
                # A snapshot may have been saved meanwhile.
                if self._ask(partition.namespace).get(partition.service, NONE).base > at:
                    raise EntriesCutError
                raise LogDamaged(f"{what} {at} is missing", tuple(found))
            unframed_entries((fields[b"entry"] for _, fields in page), what, at, found)
        return found

    def _chunks(self, key: bytes) -> Iterator[bytes]:
        at = 0
        while page := self._server.call("LRANGE", key, at, at + 15, again=True):
            yield from page
            at += len(page)

    def _begin_appending(self, partition: Partition) -> tuple[int, list[bytes]]:
        try:
            self._lock(partition)
        except LogError as fault:
            self._fault = fault
            raise
        begun = self._appended[partition] = (self._revisions(partition).head, [])
        return begun

    def _lock(self, partition: Partition) -> None:
        """Take the lock of a partition. While it waits, this round holds no other one, so none waits for ever."""
        keys = [self._heads(partition.namespace), *(self._key(partition, each) for each in ("lock", "waiting"))]
        until = time.monotonic() + LONGEST_WAIT
        while (fields := self._server.run(LOCK, keys, self._owner, LEASE_MS, again=True)) is None:
            self._send()
            if time.monotonic() > until:
                raise LogUnavailable(f"{self.place}: others have the lock of {'/'.join(partition)} for too long")
            self._server.call("BLPOP", self._key(partition, "wake"), LONGEST_NAP, again=True)
        known = self._learn(partition.namespace, dict(zip(fields[::2], fields[1::2], strict=True)))
        if not any(map(_has_content, known.values())):
            self._listed.discard(partition.namespace)
        self._list(partition.namespace)

    def _list(self, namespace: str) -> None:
        """Put a namespace into the set, before it has something: another process may have dropped it."""
        if namespace not in self._listed:
            self._server.call("SADD", self._names, namespace, again=True)
            self._listed.add(namespace)

    def _send(self) -> None:
        """Append all that this round has so far."""
        try:
            for partition, (expected, entries) in self._appended.items():
                self._send_entries(partition, expected, entries)
        except LogError as fault:
            self._fault = fault
            raise
        finally:
            self._appended.clear()
            self._asked.clear()

    def _send_entries(self, partition: Partition, expected: int, entries: list[bytes]) -> None:
        parts = ("log", "lock", "waiting", "wake")
        keys = [self._heads(partition.namespace), *(self._key(partition, each) for each in parts)]
        written = [framed(each) for each in entries]
        done: Any = self._server.run(APPEND, keys, self._owner, partition.service, expected, *written)
        if not done:
            raise LogUnavailable(f"{self.place}: others appended to {'/'.join(partition)}, since this took too long")


def _has_content(now: Revisions) -> bool:
    return now.head > now.saved or bool(now.content)
