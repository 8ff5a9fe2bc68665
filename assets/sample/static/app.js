"use strict";

// Pictures with data-src load when they come near the window.
const near = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    entry.target.src = entry.target.dataset.src;
    near.unobserve(entry.target);
  }
}, { rootMargin: "200px" });

for (const img of document.querySelectorAll("img[data-src]")) near.observe(img);

// A listing counts the visit and shows the new total.
async function countView(place) {
  const response = await fetch("/api/view", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ listing: Number(place.dataset.listing) }),
  });
  const { views } = await response.json();
  place.textContent = views.toLocaleString("en");
}

const views = document.getElementById("views");
if (views) countView(views);
