// Keeps a site's files for when there is no network, and sends the headers under which a page may share memory between threads, for
// hosts that cannot. The playground has one, the pages around it another; tools/site/offline.ts fills in the name and the files.
const NAME = "__NAME__";
const CACHE = `${NAME}-__VERSION__`;
/** Fetched before it begins to answer. */
const EARLY = __EARLY__;
/** Fetched after that, one by one, unless the visitor saves data; until then what was visited is kept. */
const LATER = __LATER__;
/** Folders that have a service worker of their own. */
const OTHERS = __OTHERS__;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(EARLY))
      .then(() => self.skipWaiting()),
  );
});
self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith(`${NAME}-`) && name !== CACHE;
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
      .then(() => self.clients.claim())
      .then(() => void bringTheRest()),
  );
});
async function bringTheRest() {
  if (navigator.connection?.saveData) return;
  const cache = await caches.open(CACHE);
  for (const path of LATER)
    try {
      if ((await cache.match(path)) === undefined) await cache.add(path);
    } catch {
      // No network any more: the next visit goes on, page by page.
      return;
    }
}
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { scope } = self.registration;
  if (request.method !== "GET" || !request.url.startsWith(scope)) return;
  if (OTHERS.some((folder) => request.url.startsWith(`${scope}${folder}`))) return;
  event.respondWith(answer(request));
});
/** From the cache, then from the network: all files of a build belong together. */
async function answer(request) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(request, { ignoreSearch: true });
  if (found !== undefined) return isolated(found);
  const response = await fetch(request);
  // Python's files, for instance, once somebody wanted them.
  if (response.ok) await cache.put(request, response.clone());
  return isolated(response);
}
function isolated(response) {
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
