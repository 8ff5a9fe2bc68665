// Independent judges of what is in a bundle. Prints what they find, one a line.
//
//   node judges.mjs html FILE...      html-validate: HTML, and what WCAG asks of it
//   node judges.mjs package FOLDER... datapackage: the Data Package of an unpacked WACZ
import { readFileSync } from "node:fs";
import datapackage from "datapackage";
import { HtmlValidate } from "html-validate";

const html = async (path) => {
  const judge = new HtmlValidate({
    root: true,
    extends: ["html-validate:standard", "html-validate:a11y"],
    // The title is what the page's author wrote, and may be cut.
    rules: { "long-title": "off" },
  });
  const { results } = await judge.validateString(readFileSync(path, "utf-8"), path);
  return results.flatMap((r) => r.messages.map((m) => `${path}:${m.line}:${m.column} ${m.ruleId}: ${m.message}`));
};

const wacz = async (folder) => {
  const descriptor = JSON.parse(readFileSync(`${folder}/datapackage.json`, "utf-8"));
  const { valid, errors } = await datapackage.validate(descriptor);
  return valid ? [] : errors.map((e) => `${folder}: ${e.message}`);
};

const judge = { html, package: wacz }[process.argv[2]];
for (const path of process.argv.slice(3)) {
  for (const line of await judge(path)) {
    console.log(line);
  }
}
