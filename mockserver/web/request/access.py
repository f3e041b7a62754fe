"""Who may use an operation: by the tenant in its path, and by the roles that its permission names."""

from __future__ import annotations

from mockserver.behaviour.statements import OperationBehaviour, Permission, Tenant
from mockserver.errors import Forbidden, Missing, Refusal
from mockserver.handlers.binding.bound_operation import BoundOperation
from mockserver.messages import Principal
from mockserver.web.service_parts import ServiceParts


class AccessCheck:
    """Refuses requests of those who may not use an operation.

    `tenant` is the statement about the tenants of its items, None without a resource; with `in_path` its path names
    one. With `is_missing`, a refusal says that there is no such item, so that clients do not learn that there is one.
    """

    def __init__(
        self, permission: Permission | None, tenant: Tenant | None, *, in_path: bool, is_missing: bool
    ) -> None:
        self._permission, self._tenant, self._in_path, self._is_missing = permission, tenant, in_path, is_missing
        self._roles = frozenset(permission.roles) if permission is not None else None

    def check(self, principal: Principal, tenant: str) -> None:
        """Raises Forbidden or Missing for a tenant in the path, or a role, that the sender does not have."""
        if self._in_path and self._tenant is not None and not principal.may_enter(tenant):
            raise self._refusal(f"{self._tenant.name} not found").because(self._tenant)
        if self._roles is not None and principal.role not in self._roles:
            raise self._refusal(f"the role {principal.role or 'none'!r} may not do this").because(self._permission)

    def _refusal(self, message: str) -> Refusal:
        if self._is_missing and self._tenant is not None:
            return Missing(f"{self._tenant.name or 'item'} not found or no access", resource="item")
        return Forbidden(message)


def access_check(
    stated: OperationBehaviour | None, bound: BoundOperation | None, parts: ServiceParts
) -> AccessCheck | None:
    """The check for an operation; None if everyone who is known may use it."""
    tenant = bound.plan.statements.tenant if bound is not None and bound.plan is not None else None
    permission = stated.permission if stated is not None and parts.authenticates else None
    in_path = tenant is not None and tenant.by == "path"
    if permission is None and not in_path:
        return None
    is_missing = parts.contract.behaviour.service.no_access.refusal == "missing"
    return AccessCheck(permission, tenant, in_path=in_path, is_missing=is_missing)
