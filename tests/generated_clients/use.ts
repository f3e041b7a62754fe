// Uses three generated clients as their readers would: create, get, list, and an item that does not exist.
import createClient from "openapi-fetch";

import * as gaiaHey from "./gaia/hey/sdk.gen";
import * as gaiaOrval from "./gaia/orval";
import type { paths as GaiaPaths } from "./gaia/schema";
import * as petsHey from "./petstore/hey/sdk.gen";
import * as petsOrval from "./petstore/orval";
import type { paths as PetPaths } from "./petstore/schema";

declare const process: { argv: string[] };

const [base, token] = process.argv.slice(2);
const headers = { Authorization: `Bearer ${token}` };
const server = { projectId: "proj_123", transportType: "http", url: "https://mcp.example.com/mcp", connectionType: "direct" } as const;
// For openapi-typescript a property with a default is required, in requests too.
const withDefaults = { ...server, proxyAuthHeader: "Authorization" };
const project = { projectId: "proj_123" };

async function openapiFetch() {
  const pets = createClient<PetPaths>({ baseUrl: `${base}/petstore` });
  // openapi-typescript has one type for requests and replies, so that it wants the read-only fields too.
  const pet = { id: 0, created_at: "2026-01-01T00:00:00Z", name: "Rex", kind: "dog" } as const;
  const made = await pets.POST("/pets", { body: pet });
  const path = { petId: made.data!.id };
  const got = await pets.GET("/pets/{petId}", { params: { path } });
  const list = await pets.GET("/pets", { params: { query: { kind: "dog" } } });
  const none = await pets.GET("/pets/{petId}", { params: { path: { petId: 999999 } } });
  const gaia = createClient<GaiaPaths>({ baseUrl: `${base}/gaia`, headers });
  const added = await gaia.POST("/api/mcp/servers", { body: { ...withDefaults, name: "fetch" } });
  const found = await gaia.GET("/api/mcp/servers/{id}", { params: { path: { id: added.data!.serverId! } } });
  const all = await gaia.GET("/api/mcp/servers", { params: { query: project } });
  const lost = await gaia.GET("/api/mcp/servers/{id}", { params: { path: { id: "mcp_none" } } });
  return [got.data?.name, list.data?.pets.map((one) => one.name), none.response.status, none.error?.code,
    found.data?.server?.name, all.data?.servers.map((one) => one.name), lost.response.status];
}

async function heyApi() {
  const made = await petsHey.createPet({ body: { name: "Tom", kind: "cat" } });
  const got = await petsHey.getPet({ path: { petId: made.data!.id } });
  const list = await petsHey.listPets({ query: { kind: "cat" } });
  const none = await petsHey.getPet({ path: { petId: 999999 } });
  const added = await gaiaHey.createMcpServer({ auth: token, body: { ...server, name: "hey" } });
  const found = await gaiaHey.getMcpServer({ auth: token, path: { id: added.data!.serverId! } });
  const all = await gaiaHey.listMcpServers({ auth: token, query: project });
  const lost = await gaiaHey.getMcpServer({ auth: token, path: { id: "mcp_none" } });
  return [got.data?.name, list.data?.pets.map((one) => one.name), none.response?.status, none.error?.code,
    found.data?.server?.name, all.data?.servers.map((one) => one.name), lost.response?.status];
}

async function orval() {
  // Its addresses are relative: a browser resolves them against the page, Node does not.
  const absolute = globalThis.fetch;
  globalThis.fetch = (url, init) => absolute(`${base}/${`${url}`.startsWith("/pets") ? "petstore" : "gaia"}${url}`, init);
  const made = await petsOrval.createPet({ name: "Polly", kind: "parrot" });
  if (made.status !== 201) throw new Error(`${made.status}`);
  const got = await petsOrval.getPet(made.data.id);
  const list = await petsOrval.listPets({ kind: "parrot" });
  const none = await petsOrval.getPet(999999);
  const added = await gaiaOrval.createMcpServer({ ...server, name: "orval" }, { headers });
  if (added.status !== 200) throw new Error(`${added.status}`);
  const found = await gaiaOrval.getMcpServer(added.data.serverId!, { headers });
  const all = await gaiaOrval.listMcpServers(project, { headers });
  const lost = await gaiaOrval.getMcpServer("mcp_none", { headers });
  return [got.status === 200 && got.data.name, list.data.pets.map((one) => one.name), none.status,
    none.status === 404 && none.data.code, found.status === 200 && found.data.server?.name,
    all.status === 200 && all.data.servers.map((one) => one.name), lost.status];
}

async function main() {
  console.log(JSON.stringify({ "openapi-fetch": await openapiFetch(), "hey-api": await heyApi(), orval: await orval() }));
}

void main();
