// Looks for characters of the page that no font of this machine can draw: what
// the picture shows in their place is a box, the same for all. Each character
// is drawn, apart from the page, as the page would draw it, and compared with
// one that no font has. Changes nothing.
(limit) => {
  const canvas = document.createElement("canvas");
  const [size, side] = [16, 32];
  canvas.width = canvas.height = side;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const drawn = (font, character) => {
    pen.font = font;
    pen.clearRect(0, 0, side, side);
    pen.fillText(character, 4, 24);
    return pen.getImageData(0, 0, side, side).data.join();
  };
  const boxes = new Map();
  const box = (font) => {
    if (!boxes.has(font)) boxes.set(font, drawn(font, "\u0378"));
    return boxes.get(font);
  };
  // Letters, numbers and signs beyond Latin; what is private to a font, or
  // has no shape of its own, has no box either.
  const wanted = /[\p{L}\p{N}\p{S}\p{P}]/u;
  const seen = new Set();
  const missing = [];
  const nodes = document.createTreeWalker(document.body || document, NodeFilter.SHOW_TEXT);
  for (let node; seen.size < limit && (node = nodes.nextNode()); ) {
    let font;
    for (const character of node.data.slice(0, 100000)) {
      if (character < "\u0250" || seen.has(character) || !wanted.test(character)) continue;
      if (font === undefined) {
        const parent = node.parentElement;
        font = parent && parent.checkVisibility() ? `${size}px ${getComputedStyle(parent).fontFamily}` : "";
      }
      if (font === "" || seen.size >= limit) break;
      seen.add(character);
      if (drawn(font, character) === box(font)) missing.push(character);
    }
  }
  return { looked: seen.size, missing };
}
