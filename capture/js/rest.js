// Waits until the transitions and animations that have an end have come to it,
// at most `patience` milliseconds: what going back to the top set off, such as a
// header that unfolds. Returns how many still run. Changes nothing.
async (patience) => {
  const moving = () =>
    document.getAnimations().filter((animation) => {
      const timing = animation.effect && animation.effect.getComputedTiming();
      return animation.playState === "running" && timing && Number.isFinite(timing.endTime);
    }).length;
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  await frame();
  const end = performance.now() + patience;
  while (moving() > 0 && performance.now() < end) await frame();
  return moving();
}
