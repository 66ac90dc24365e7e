// The record form opens without a network if it was opened before. Nothing else is kept: no list, no meeting, no person's page.
// What is kept is put there by static/portal/offline.js, which also empties it at log-out and for another user of the phone.
"use strict";
const SHELLS = "pp-record";
const ASSETS = "pp-assets";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const isForm = (url) => url.pathname === "/education/record/" && url.searchParams.has("kind");
const kept = async (name, url) => (await caches.open(name)).match(url.href, { ignoreVary: true });

// The page as it was, marked so that it says so itself.
const asKept = async (held) => {
  const headers = new Headers(held.headers);
  headers.delete("Content-Length");
  headers.delete("Content-Encoding");
  return new Response((await held.text()).replace("<html ", "<html data-pp-offline "), { headers });
};

const NOTHING = `<!DOCTYPE html><html lang="zh-Hans"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>没有网络</title><h1>没有网络</h1><p>这一页要有网才能打开。没有发出的记录还存在这台手机上。</p>`;
const noNetwork = () => new Response(NOTHING, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });

const opened = async (request, url) => {
  try {
    const answer = await fetch(request);
    if (isForm(url) && request.method === "GET" && answer.ok && !answer.redirected && answer.type === "basic") {
      const copy = answer.clone();
      await (await caches.open(SHELLS)).put(url.href, copy);
    }
    return answer;
  } catch (fault) {
    const held = isForm(url) && (await kept(SHELLS, url));
    return held ? asKept(held) : noNetwork();
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(opened(request, url));
  else if (request.method === "GET" && ["style", "script", "image", "font"].includes(request.destination)) {
    event.respondWith(fetch(request).catch(async (fault) => (await kept(ASSETS, url)) || Promise.reject(fault)));
  }
});
