// Reads what the document says of itself, and which of its pictures have not
// loaded. Changes nothing.
() => {
  const canonical = document.querySelector('link[rel~="canonical" i]');
  const broken = [...document.images].filter((img) => {
    const box = img.getBoundingClientRect();
    const src = img.currentSrc || img.src;
    return src && box.width > 1 && box.height > 1 && (!img.complete || img.naturalWidth === 0);
  });
  return {
    address: document.URL,
    title: document.title,
    language: document.documentElement?.lang || "",
    canonical: canonical ? canonical.href : "",
    mediaType: document.contentType,
    ratio: devicePixelRatio,
    unloaded: broken.length,
    unloadedAddresses: broken.slice(0, 20).map((img) => (img.currentSrc || img.src).slice(0, 500)),
  };
}
