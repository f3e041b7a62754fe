"""A client of a running sandbox: it steers the sandbox and reads what was asked, over the admin API.

    from mockserver.client import Sandbox

    with Sandbox("http://127.0.0.1:8080").namespace() as ns:
        ns.fail("createServer", status=503, times=2)
        ...
        ns.verify("createServer", count=3)

`AsyncSandbox` is the same with `await`. The names below are the public API, described in docs/client.md.
"""

from __future__ import annotations

import pkgutil
import sys
from typing import TYPE_CHECKING, Any

from mockserver.client.admin_models import (
    AppliedOverride,
    CheckpointStatus,
    ClockTime,
    NamespaceStatus,
    SandboxHealth,
    VerificationResult,
)
from mockserver.client.async_client import AsyncSandboxClient as AsyncSandbox
from mockserver.client.async_namespace import AsyncNamespaceClient as AsyncNamespace
from mockserver.client.delivery_models import SentWebhook, WebhookSubscription
from mockserver.client.journal_models import ItemVersion, JournalEntry, RequestExplanation
from mockserver.client.preview_models import OverridePreview, PreviewedAnswer
from mockserver.client.problems import SandboxError
from mockserver.client.sync_client import SandboxClient as Sandbox
from mockserver.client.sync_namespace import NamespaceClient as Namespace

CLASH = "mockserver_start.name_clash:clash"

if not TYPE_CHECKING:  # which would allow any name to be imported from here

    def __getattr__(name: str) -> Any:
        """What another product asks for, whose `mockserver/__init__.py` has replaced ours: it finds this package.

        `python -m mockserver` imports that file first, so that nothing else of ours can say what is wrong.
        """
        problem = pkgutil.resolve_name(CLASH)() if not name.startswith("__") else ""
        if problem and sys.argv[:1] == ["-m"]:
            sys.stderr.write(f"Error: {problem}\n")
            raise SystemExit(2)
        if problem:
            raise ImportError(problem)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "AppliedOverride",
    "AsyncNamespace",
    "AsyncSandbox",
    "CheckpointStatus",
    "ClockTime",
    "ItemVersion",
    "JournalEntry",
    "Namespace",
    "NamespaceStatus",
    "OverridePreview",
    "PreviewedAnswer",
    "RequestExplanation",
    "Sandbox",
    "SandboxError",
    "SandboxHealth",
    "SentWebhook",
    "VerificationResult",
    "WebhookSubscription",
]
