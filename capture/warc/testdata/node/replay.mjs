// Replays requests from a WACZ as ReplayWeb.page's service worker (wabac) does.
//
//   node replay.mjs FILE < requests.json > responses.json
//
// A request is {url, ts, method, headers, body}, a response {status, headers,
// body}, body in base64. Bodies are asked for unrewritten ("id_").
import "fake-indexeddb/auto";
import { readFileSync } from "node:fs";

globalThis.self = globalThis;
globalThis.caches = { delete: async () => true };
console.log = console.warn; // stdout is for the responses

const { ArchiveRequest, Collection, WorkerLoader } = await import("@webrecorder/wabac/swlib");

const bytes = new Uint8Array(readFileSync(process.argv[2]));
const requests = JSON.parse(readFileSync(0, "utf-8"));

const failed = (_percent, error) => {
  if (error) {
    throw new Error(error);
  }
};
const loader = new WorkerLoader({ addEventListener() {} });
await loader._init_db;
const loaded = await loader.addCollection(
  {
    name: "archive",
    file: { sourceUrl: "file:///archive.wacz", name: "archive.wacz", extra: { arrayBuffer: bytes } },
  },
  failed,
);
const prefixes = { static: "http://replay/static/", root: "http://replay/", main: "http://replay/w/", proxy: "", api: "" };
const collection = new Collection(loaded, prefixes);

// A page in the player asks for all it needs under the hash of its archive.
const [{ hash }] = Object.values(loaded.store.waczfiles);
const responses = [];
for (const { url, ts, ...init } of requests) {
  const request = new Request(url, init);
  const wanted = new ArchiveRequest(`:${hash}/${ts}id_/${url}`, request);
  const response = await collection.handleRequest(wanted, { request });
  responses.push({
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: Buffer.from(await response.arrayBuffer()).toString("base64"),
  });
}
const pages = await loaded.store.getAllPages();
const out = JSON.stringify({ pages, responses });
process.stdout.write(out, () => process.exit(0)); // wabac leaves timers behind
