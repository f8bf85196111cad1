{% load static %}// Shows a page of ours where the browser would show its own when there is no connection.
// Nothing else is kept: pages and answers are always fetched.
const KEPT = "offline-1";
const FILES = ["{% url "offline" %}", "{% static "css/gamesched.css" %}", "{% static "js/page.js" %}", "{% static "img/logo.svg" %}"];

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(FILES)));
});

addEventListener("activate", (event) => {
  const clear = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name)));
    await clients.claim();
  };
  event.waitUntil(clear());
});

addEventListener("fetch", (event) => {
  const isPage = event.request.mode === "navigate";
  const isOurs = FILES.includes(new URL(event.request.url).pathname);
  if (isPage || isOurs) {
    const kept = isPage ? FILES[0] : event.request;
    event.respondWith(fetch(event.request).catch(async () => (await caches.match(kept)) ?? Response.error()));
  }
});
