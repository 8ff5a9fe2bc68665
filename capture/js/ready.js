// Waits until the page's fonts have loaded, at most `patience` milliseconds.
// Changes nothing.
async (patience) => {
  const timeout = new Promise((done) => setTimeout(() => done(false), patience));
  const fonts = document.fonts.ready.then(() => true);
  return Promise.race([fonts, timeout]);
}
