"""Uses the clients of openapi-python-client: create, get, list, and an item that does not exist."""

import json
import sys
from datetime import UTC, datetime

from gaia import AuthenticatedClient
from gaia import models as gaia
from gaia.api.mcp_servers import create_mcp_server, get_mcp_server, list_mcp_servers
from petstore import Client
from petstore import models as petstore
from petstore.api.default import create_pet, get_pet, list_pets

base, token = sys.argv[1:]
pets = Client(base_url=f"{base}/petstore")
# The client has one model for requests and replies, so that it sends the read-only fields too.
pet = petstore.Pet(id=0, name="Kit", kind=petstore.Kind.CAT, created_at=datetime.now(UTC))
made = create_pet.sync(client=pets, body=pet)
got = get_pet.sync(made.id, client=pets)
listed = list_pets.sync(client=pets, kind=petstore.Kind.CAT)
none = get_pet.sync_detailed(999999, client=pets)

service = AuthenticatedClient(base_url=f"{base}/gaia", token=token)
kinds = {"transport_type": gaia.TransportType.HTTP, "connection_type": gaia.CreateMcpServerRequestConnectionType.DIRECT}
body = gaia.CreateMcpServerRequest(project_id="proj_123", name="python", url="https://mcp.example.com/mcp", **kinds)
added = create_mcp_server.sync(client=service, body=body)
found = get_mcp_server.sync(added.server_id, client=service)
servers = list_mcp_servers.sync(client=service, project_id="proj_123")
lost = get_mcp_server.sync_detailed("mcp_none", client=service)

json.dump(
    [
        got.name, [one.name for one in listed.pets], none.status_code.value, none.parsed.code,
        found.server.name, [one.name for one in servers.servers], lost.status_code.value,
    ],
    sys.stdout,
)  # fmt: skip
