"""The names by which a document says that an operation makes an account, logs in, or shows the account that asks."""

from __future__ import annotations

from mockserver.lazy_pattern import lazy_pattern

REGISTER = lazy_pattern(r"(?i)/(register|registration|sign[-_]?up|create[-_]?account)/?$")
"""How the path of an operation ends that makes an account."""

LOGIN = lazy_pattern(r"(?i)(log|sign)[-_]?in|auth(enticate)?|(access[-_]?)?tokens?|sessions?")
"""The last step of the path of a login."""

LOGIN_NAME = lazy_pattern(
    r"(?i)e_?-?mail(_?address)?|user_?-?name|user_?id|login(_?name)?|account(_?name)?|handle|nick_?name|phone(_?number)?"
)
"""The names of fields by which an account is known at a login."""

NAME = lazy_pattern(r"(?i)(user|login|account)?[-_]?(name|id)?|e?-?mail|username|user_?id")
"""The same at a login itself, where a field `name` can be nothing else."""

PASSWORD = lazy_pattern(r"(?i)(pass(word)?|passwd|pwd|pass_?phrase)")

ME = frozenset(("me", "whoami", "self", "myself", "currentuser", "current", "profile", "myprofile", "account", "user"))
"""Plain names of the last step of a path that shows the account of who asks."""

TOKENS = frozenset(("token", "accesstoken", "authtoken", "idtoken", "jwt", "jwttoken", "sessiontoken", "bearertoken",
                    "apitoken", "bearer", "access"))  # fmt: skip
"""Plain names of the property of a reply with the credential of an account."""

AUTHORS = frozenset(("author", "owner", "creator", "createdby", "user", "postedby", "uploadedby", "submittedby",
                     "requestedby", "reporter", "poster", "uploader", "reviewer", "writer", "addedby"))  # fmt: skip
"""What items call who made them."""
