// Lists the pictures that the page shows, a JSON object a line, in pieces as
// text.js does: those of elements, and backgrounds, also in open shadow roots
// and in frames of the page's own site. Places are CSS pixels from the page's
// corner. Changes nothing in the page.
(at, length) => {
  const maxPictures = 2000; // the rest is counted
  const maxStyled = 20000; // elements that are looked at for a background
  const maxAddress = 8192;
  const maxData = 4 << 20; // characters of a data: address
  const maxDepth = 8; // of frames and shadow roots

  // A form's fields can hide its properties, so these are taken from where a
  // page can't reach.
  const boxOf = (e) => Element.prototype.getBoundingClientRect.call(e);
  const shadowOf = Object.getOwnPropertyDescriptor(Element.prototype, "shadowRoot").get;

  const lines = [];
  const known = new Map();
  let more = 0;
  let styled = 0;
  let room = 32 << 20; // characters of all addresses

  const add = (address, alt, box, origin) => {
    if (!address || box.width <= 1 || box.height <= 1) return;
    if (lines.length === maxPictures) {
      more++;
      return;
    }
    const line = {
      left: Math.round(origin.x + box.left), top: Math.round(origin.y + box.top),
      width: Math.round(box.width), height: Math.round(box.height), alt: alt.slice(0, 1000),
    };
    if (known.has(address)) {
      line.same = known.get(address);
    } else {
      known.set(address, lines.length);
      line.cut = address.length > Math.min(room, address.startsWith("data:") ? maxData : maxAddress);
      line.address = line.cut ? address.slice(0, 200) : address;
      room -= line.address.length;
    }
    lines.push(JSON.stringify(line));
  };

  const pictureOf = (e) => {
    switch (e.localName) {
      case "img": return e.currentSrc || e.src;
      case "input": return e.type === "image" ? e.src : "";
      case "video": return e.poster;
      case "image": return URL.parse(e.href?.baseVal ?? "", e.baseURI)?.href;
    }
    return "";
  };

  const element = (e, origin) => {
    const address = pictureOf(e);
    if (!address && styled++ >= maxStyled) return;
    const style = getComputedStyle(e);
    if (style.visibility !== "visible") return;
    if (address) add(address, e.alt ?? "", boxOf(e), origin);
    if (style.backgroundImage === "none") return;
    for (const [, quoted] of style.backgroundImage.matchAll(/url\("((?:[^"\\]|\\.)*)"\)/g)) {
      add(quoted.replace(/\\(.)/g, "$1"), "", boxOf(e), origin);
    }
  };

  const below = (e, origin, depth) => {
    const shadow = shadowOf.call(e);
    if (shadow) all(DocumentFragment.prototype, shadow, origin, depth + 1);
    const inner = e.localName === "iframe" && e.contentDocument;
    if (!inner) return;
    const box = boxOf(e);
    all(Document.prototype, inner, { x: origin.x + box.left + e.clientLeft, y: origin.y + box.top + e.clientTop }, depth + 1);
  };

  const all = (kind, root, origin, depth) => {
    if (depth > maxDepth) return;
    for (const e of kind.querySelectorAll.call(root, "*")) {
      element(e, origin);
      below(e, origin, depth);
    }
  };

  if (at === 0) {
    all(Document.prototype, document, { x: scrollX, y: scrollY }, 0);
    if (more > 0) lines.push(JSON.stringify({ more }));
    globalThis.taken = lines.join("\n");
  }
  return globalThis.piece(at, length);
}
