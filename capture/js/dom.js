// Takes the document as it stands now, in pieces, as text.js does. Open shadow
// roots, which are no part of the document's own markup, are written as
// declarative ones: template elements with the attribute shadowrootmode.
(at, length) => {
  const shadowOf = Object.getOwnPropertyDescriptor(Element.prototype, "shadowRoot").get;
  const openRoots = () => {
    const roots = [];
    const look = (kind, root) => {
      for (const e of kind.querySelectorAll.call(root, "*")) {
        const shadow = shadowOf.call(e);
        if (shadow) roots.push(shadow);
      }
    };
    look(Document.prototype, document);
    for (const root of roots) look(DocumentFragment.prototype, root); // and in those found meanwhile
    return roots;
  };
  const markup = (root) => {
    const shadowRoots = document instanceof HTMLDocument && root.getHTML ? openRoots() : [];
    if (shadowRoots.length === 0) return root.outerHTML;
    const [start, end] = root.cloneNode(false).outerHTML.split(/(?=<\/[^<]*$)/);
    return start + root.getHTML({ shadowRoots }) + end;
  };
  if (at === 0) {
    const type = document.doctype ? new XMLSerializer().serializeToString(document.doctype) + "\n" : "";
    globalThis.taken = type + (document.documentElement ? markup(document.documentElement) : "");
  }
  return globalThis.piece(at, length);
}
