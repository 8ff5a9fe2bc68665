// Looks for an element that scrolls in place of the page: one that fills at
// least half of the view and holds more than it shows. Returns by how many CSS
// pixels the view would have to grow to show it all, or 0. Changes nothing.
() => {
  const root = document.scrollingElement || document.documentElement;
  if (root.scrollHeight > innerHeight + 1) return 0;
  let most = 0;
  for (const element of document.querySelectorAll("body, body *")) {
    const hidden = element.scrollHeight - element.clientHeight;
    if (hidden <= 1 || element.clientWidth * element.clientHeight * 2 < innerWidth * innerHeight) continue;
    const overflow = getComputedStyle(element).overflowY;
    if (overflow === "auto" || overflow === "scroll") most = Math.max(most, hidden);
  }
  return most;
}
