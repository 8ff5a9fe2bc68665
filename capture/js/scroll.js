// Scrolls the page to y (CSS pixels), then waits until the pictures in view
// have loaded or failed, at most `patience` milliseconds. Changes the scroll
// position and nothing else.
async (y, patience) => {
  const root = document.scrollingElement || document.documentElement;
  root.scrollTo({ top: y, left: 0, behavior: "instant" });
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  await frame();
  await frame(); // observers of what came into view have run by now
  const pending = () =>
    [...document.images].filter((img) => {
      if (img.complete) return false;
      const box = img.getBoundingClientRect();
      return box.width > 0 && box.bottom > 0 && box.top < innerHeight;
    }).length;
  const end = performance.now() + patience;
  while (pending() > 0 && performance.now() < end) await frame();
  return { y: root.scrollTop, height: root.scrollHeight, view: innerHeight, pending: pending() };
}
