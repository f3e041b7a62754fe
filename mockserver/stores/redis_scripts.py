"""What the Redis server does in one step, in its language Lua (https://redis.io/docs/latest/develop/programmability/).

All keys of a namespace have one hash tag, so that a script finds them on one node of a cluster. The hash `KEYS[1]` has
three numbers for each service: `head` (the revision), `base` (entries after it are kept) and `saved` (the revision of
the snapshot), and in `content` the key of the snapshot.
"""

from __future__ import annotations

LOCK = """
local owner = redis.call('GET', KEYS[2])
if owner and owner ~= ARGV[1] then
  redis.call('SET', KEYS[3], 1, 'PX', ARGV[2])
  return false
end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return redis.call('HGETALL', KEYS[1])
"""
"""Take the lock `KEYS[2]` for the owner, for some milliseconds. False when another has it, else the hash.

`KEYS[3]` says for that time that a process waits for the lock.
"""

APPEND = """
local head = tonumber(redis.call('HGET', KEYS[1], 'head:' .. ARGV[2]) or 0)
if redis.call('GET', KEYS[3]) == ARGV[1] then
  redis.call('DEL', KEYS[3])
  if redis.call('EXISTS', KEYS[4]) == 1 then
    redis.call('RPUSH', KEYS[5], 1)
    redis.call('LTRIM', KEYS[5], 0, 0)
    redis.call('PEXPIRE', KEYS[5], 1000)
  end
end
if #ARGV < 4 then return 1 end
if head ~= tonumber(ARGV[3]) then return 0 end
for at = 4, #ARGV do
  head = head + 1
  redis.call('XADD', KEYS[2], head .. '-0', 'entry', ARGV[at])
end
redis.call('HSET', KEYS[1], 'head:' .. ARGV[2], head)
redis.call('PERSIST', KEYS[1])
return 1
"""
"""Append entries to the stream `KEYS[2]` if no other process did, and give back the lock `KEYS[3]`.

The result is 1 if they are appended. One of those that wait for the lock is woken.

The lock only saves work: what is safe without it is the comparison with the expected revision.
"""

SAVE = """
local saved = tonumber(redis.call('HGET', KEYS[1], 'saved:' .. ARGV[1]) or 0)
if tonumber(ARGV[2]) <= saved then return redis.call('DEL', KEYS[3]) end
local before = redis.call('HGET', KEYS[1], 'content:' .. ARGV[1])
if before then redis.call('UNLINK', before) end
redis.call('PERSIST', KEYS[3])
redis.call('XTRIM', KEYS[2], 'MINID', (saved + 1) .. '-0')
redis.call('HSET', KEYS[1], 'base:' .. ARGV[1], saved, 'saved:' .. ARGV[1], ARGV[2], 'content:' .. ARGV[1], KEYS[3])
return 1
"""
"""Make the list `KEYS[3]` the snapshot, and delete the entries up to the snapshot before it."""

DROP = """
local fields = redis.call('HGETALL', KEYS[1])
for at = 1, #fields, 2 do
  local service = string.match(fields[at], '^head:(.*)$')
  if service then
    local revision = tonumber(fields[at + 1]) + 1
    local content = redis.call('HGET', KEYS[1], 'content:' .. service)
    if content then redis.call('DEL', content) end
    redis.call('HDEL', KEYS[1], 'content:' .. service)
    redis.call('DEL', ARGV[1] .. service)
    redis.call('HSET', KEYS[1], fields[at], revision, 'base:' .. service, revision, 'saved:' .. service, revision)
  end
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
"""
"""Drop all services of a namespace. `ARGV[1]` is how the keys of their streams begin."""
