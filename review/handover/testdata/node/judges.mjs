// Independent judges of what is handed over. Prints what they find, one a line.
//
//   node judges.mjs har FILE...          har-validator: HTTP Archive 1.2
//   node judges.mjs case SHAPES FILE...  rdf-validate-shacl: JSON-LD, against the shapes
//                                        of a Turtle file, with the classes it has
//
// What the ontology asks for in SPARQL, which this validator leaves out, is asked here:
// that no node is blank, that ids end with a UUID, and that no facet is of two objects.
// Also that each term is one that the shapes know.
import { readFileSync } from "node:fs";
import harValidator from "har-validator";
import jsonld from "jsonld";
import { Parser, Store } from "n3";
import SHACLValidator from "rdf-validate-shacl";

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-5][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const ontology = /^https:\/\/ontology\.(caseontology|unifiedcyberontology)\.org\//;
const type = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const hasFacet = "https://ontology.unifiedcyberontology.org/uco/core/hasFacet";

const har = async (path) => {
  try {
    await harValidator.har(JSON.parse(readFileSync(path, "utf-8")));
    return [];
  } catch (err) {
    return (err.errors ?? [err]).map((e) => `${path}: ${e.dataPath ?? ""} ${e.message}`);
  }
};

const leftOut = ["http://www.w3.org/2002/07/owl#imports", "http://www.w3.org/ns/shacl#sparql"];

const nodesOf = (document, shapes) => {
  const found = [];
  const terms = new Set(shapes.flatMap((q) => [q.subject.value, q.object.value]));
  const owners = new Map();
  for (const q of document) {
    if (q.subject.termType === "BlankNode" || q.object.termType === "BlankNode") {
      found.push(`blank node with ${q.predicate.value}`);
    } else if (!uuid.test(q.subject.value)) {
      found.push(`${q.subject.value}: no UUID at the end`);
    }
    for (const term of q.predicate.value === type ? [q.object.value] : [q.predicate.value]) {
      if (ontology.test(term) && !terms.has(term)) {
        found.push(`${q.subject.value}: unknown term ${term}`);
      }
    }
    if (q.predicate.value === hasFacet) {
      if ((owners.get(q.object.value) ?? q.subject.value) !== q.subject.value) {
        found.push(`${q.object.value}: facet of two objects`);
      }
      owners.set(q.object.value, q.subject.value);
    }
  }
  return found;
};

const readShapes = (path) =>
  // All that the ontology imports is in the file; for sh:sparql see above.
  new Parser().parse(readFileSync(path, "utf-8")).filter((q) => !leftOut.includes(q.predicate.value));

const shacl = async (shapes, path) => {
  // Contexts are inside the document: nothing is loaded.
  const offline = { documentLoader: (url) => { throw new Error(`wants ${url}`); } };
  const nquads = await jsonld.toRDF(JSON.parse(readFileSync(path, "utf-8")), { format: "application/n-quads", ...offline });
  const document = new Parser({ format: "N-Quads" }).parse(nquads);
  const report = await new SHACLValidator(new Store(shapes)).validate(new Store([...shapes, ...document]));
  const subjects = new Set(document.map((q) => q.subject.value));
  const found = report.results
    .filter((r) => subjects.has(r.focusNode.value))
    .map((r) => {
      const severity = r.severity.value.replace(/.*#/, "");
      const value = r.value ? ` ${r.value.value}` : "";
      return `${severity}: ${r.focusNode.value} ${r.path?.value ?? ""}${value}: ${r.sourceConstraintComponent.value.replace(/.*#/, "")} ${r.message.map((m) => m.value).join(" ")}`;
    });
  return [`${subjects.size} nodes`, ...nodesOf(document, shapes), ...found].map((line) => `${path}: ${line}`);
};

const [kind, ...paths] = process.argv.slice(2);
const shapes = kind === "case" ? readShapes(paths.shift()) : [];
for (const path of paths) {
  for (const line of kind === "case" ? await shacl(shapes, path) : await har(path)) {
    console.log(line);
  }
}
