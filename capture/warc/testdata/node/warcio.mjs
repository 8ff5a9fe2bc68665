// What warcio reads in a data.warc.gz, one JSON object a line.
//
//   node warcio.mjs index FILE     the index as warcio builds it
//   node warcio.mjs records FILE   each record, with its digests computed anew
//   node warcio.mjs keys           the index key of each request in a JSON
//                                  array on stdin, and the query of its body
import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { CDXIndexer, DEFAULT_MAX_QUERY_SIZE, WARCParser, getSurt, postToGetUrl } from "warcio";

const [command, file] = process.argv.slice(2);
const open = () => createReadStream(file, { highWaterMark: 1 << 17 });
const print = (value) => process.stdout.write(JSON.stringify(value) + "\n");
const sha256 = (bytes) => "sha256:" + createHash("sha256").update(bytes).digest("hex");

async function index() {
  const files = [{ filename: "data.warc.gz", reader: open() }];
  for await (const line of new CDXIndexer().iterIndex(files)) {
    print(line);
  }
}

async function records() {
  const blocks = [];
  for await (const record of new WARCParser(open(), { parseHttp: false })) {
    blocks.push(sha256(await record.readFully(false)));
  }
  const options = { keepHeadersCase: true };
  for await (const record of new WARCParser(open(), options)) {
    const payload = await record.readFully(false);
    print({
      type: record.warcType,
      header: [...record.warcHeaders.headers],
      statusLine: record.httpHeaders?.statusline ?? "",
      http: record.httpHeaders ? [...record.httpHeaders.headers] : [],
      blockDigest: blocks.shift(),
      payloadDigest: sha256(payload),
      payloadSize: payload.length,
    });
  }
}

function keys() {
  for (const { URL, Method, Type, Body } of JSON.parse(readFileSync(0, "utf-8"))) {
    const headers = new Headers(Type ? { "Content-Type": Type } : {});
    const request = { url: URL, method: Method || "GET", headers, postData: new TextEncoder().encode(Body) };
    postToGetUrl(request, DEFAULT_MAX_QUERY_SIZE);
    print({ key: getSurt(request.url), query: request.requestBody ?? "" });
  }
}

await { index, records, keys }[command]();
