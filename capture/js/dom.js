// Takes the document as it stands now, in pieces, as text.js does.
(at, length) => {
  if (at === 0) {
    const type = document.doctype ? new XMLSerializer().serializeToString(document.doctype) + "\n" : "";
    globalThis.taken = type + (document.documentElement ? document.documentElement.outerHTML : "");
  }
  return globalThis.piece(at, length);
}
