// Takes the visible text, in pieces: called with 0 first, and then with where
// the last piece ended. The text is held in this script's own world, where the
// page can't see it. Changes nothing in the page.
(at, length) => {
  if (at === 0) globalThis.taken = document.body ? document.body.innerText : "";
  return globalThis.piece(at, length);
}
