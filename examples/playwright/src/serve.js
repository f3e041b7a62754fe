// Serves the two files of the page.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const FILES = { "/": ["index.html", "text/html"], "/page.js": ["page.js", "text/javascript"] };

createServer(async (request, response) => {
  const found = FILES[new URL(request.url, "http://localhost").pathname];
  if (!found) return response.writeHead(404).end();
  const [file, type] = found;
  response.writeHead(200, { "Content-Type": type }).end(await readFile(new URL(file, import.meta.url)));
}).listen(Number(process.argv[2]), "127.0.0.1");
