// Prepares text.js and dom.js: a function that returns a piece of what they
// took and never parts a surrogate pair.
() => {
  globalThis.piece = (at, length) => {
    let end = Math.min(at + length, globalThis.taken.length);
    const last = globalThis.taken.charCodeAt(end - 1);
    if (end < globalThis.taken.length && last >= 0xd800 && last < 0xdc00) end++;
    const text = globalThis.taken.slice(at, end);
    const more = end < globalThis.taken.length;
    if (!more) delete globalThis.taken;
    return { text, end, more };
  };
}
