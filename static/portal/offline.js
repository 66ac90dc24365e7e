// A record that survives a dead network: the form [data-pp-keep] is kept on this phone while it is filled in, sent when there is a
// network, and sent once (the server knows its uid). Every page works without this file; docs/adr tells what is kept and for how long.
(() => {
  "use strict";

  const user = document.body.dataset.ppUser;
  if (!user) return;
  const DAYS = 7;
  const PREFIX = `pp-draft:${user}:`;
  const SHELLS = "pp-record";
  const ASSETS = "pp-assets";
  const WORKER = "/education/sw.js";
  const NEVER_KEPT = new Set(["csrfmiddlewaretoken", "act"]);
  const store = (() => { try { localStorage.setItem("pp-try", "1"); localStorage.removeItem("pp-try"); return localStorage; } catch { return null; } })();
  if (!store) return;

  // ---- what is kept
  const names = (beginning) => Object.keys(store).filter((key) => key.startsWith(beginning));
  const read = (key) => { try { return JSON.parse(store.getItem(key)); } catch { return null; } };
  const drafts = () => names(PREFIX).map(read).filter(Boolean).sort((a, b) => a.at - b.at);
  const keep = (draft) => { try { store.setItem(PREFIX + draft.uid, JSON.stringify(draft)); return true; } catch { return false; } };
  const forget = (uid) => store.removeItem(PREFIX + uid);
  const forgetOld = () => names("pp-draft:").forEach((key) => {
    const draft = read(key);
    if (!draft || Date.now() - draft.at > DAYS * 86400e3) store.removeItem(key);
  });
  const wipe = () => {
    names(PREFIX).forEach((key) => store.removeItem(key));
    if (window.caches) { caches.delete(SHELLS); caches.delete(ASSETS); }
    if (navigator.serviceWorker) navigator.serviceWorker.getRegistration(WORKER).then((one) => one && one.unregister()).catch(() => {});
  };

  // ---- what is said
  const place = document.querySelector(".pp-inner > .pp-head");
  const say = (kind, words, { act, on, link, url } = {}) => {
    let bar = document.getElementById("pp-offline");
    if (!bar) {
      bar = document.createElement("div");
      bar.id = "pp-offline";
      (document.querySelector("main .pp-inner") || document.body).insertBefore(bar, place && place.parentNode.matches("main .pp-inner") ? place : null);
    }
    bar.className = `pp-message pp-message-${kind}`;
    bar.setAttribute("role", kind === "need" ? "alert" : "status");
    const line = document.createElement("p");
    line.append(words);
    if (url) { const anchor = document.createElement("a"); anchor.href = url; anchor.textContent = link; line.append(anchor); }
    if (act) {
      const button = document.createElement("button");
      button.type = "button"; button.className = "btn ms-2"; button.textContent = act;
      button.addEventListener("click", on);
      line.append(button);
    }
    bar.replaceChildren(line);
  };
  const waits = (words) => say("look", words, { act: "现在发送", on: () => send({ asked: true }) });
  const NO_NETWORK = "没有网络，已存在这台手机上，有网后会自动发送。";

  // ---- the form
  const form = document.querySelector("form[data-pp-keep]");
  const here = location.pathname + location.search;
  const field = (name) => form.elements.namedItem(name);
  const own = () => drafts().find((draft) => draft.uid === field("uid").value);
  const snapshot = (more) => ({
    ...own(),
    uid: field("uid").value, url: here, title: document.querySelector("h1").firstChild.textContent.trim(), at: Date.now(),
    fields: [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !NEVER_KEPT.has(name)),
    ...more,
  });
  const newUid = () => ([1e7] + -1e3 + -4e3 + -8e3 + -1e11).replace(/[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));
  const fill = (draft) => {
    const several = new Map();
    draft.fields.forEach(([name, value]) => several.set(name, [...(several.get(name) || []), value]));
    for (const control of form.elements) {
      if (!control.name || !several.has(control.name) || NEVER_KEPT.has(control.name) || control.type === "file") continue;
      const values = several.get(control.name);
      if (control.type === "radio" || control.type === "checkbox") control.checked = values.includes(control.value);
      else control.value = values.shift();
    }
    const roll = form.querySelector(".pp-roll input[type=radio]");
    if (roll) roll.dispatchEvent(new Event("change", { bubbles: true }));  // the counts follow
  };
  const typedDay = (draft) => (draft.fields.find(([name]) => name === "held_on") || [])[1];

  const openForm = () => {
    const offline = "ppOffline" in document.documentElement.dataset;
    const answered = form.dataset.ppKeep === "answered";
    if (answered) {
      // The server has said what is wrong, with what was typed: nothing goes by itself until it is sent again.
      keep(snapshot({ ready: false, error: "" }));
    } else {
      const draft = drafts().reverse().find((one) => one.url === here);
      if (draft) {
        const otherDay = field("held_on").value !== typedDay(draft);
        fill(draft);
        if (otherDay && !offline) field("held_on").dispatchEvent(new Event("change", { bubbles: true }));
        if (draft.ready && offline) waits(NO_NETWORK);
        else if (draft.error) say("need", draft.error);
        else if (!draft.ready) say("info", "接着上次没写完的，存在这台手机上。", { act: "重新写", on: () => { forget(draft.uid); location.reload(); } });
      } else if (offline) {
        field("uid").value = newUid();  // the kept page may have been sent before: this is another record
        say("info", `没有网络也能记，存在这台手机上，有网后发送，留 ${DAYS} 天。`);
      }
    }
    let later;
    const soon = (event) => {
      if (event.target.type === "file" || event.target.form !== form) return;
      clearTimeout(later);
      later = setTimeout(() => keep(snapshot({ ready: false, error: "" })), 300);
    };
    document.addEventListener("input", soon);
    document.addEventListener("change", (event) => { if (event.isTrusted) soon(event); });
    // Whoever goes away keeps the last letters too.
    document.addEventListener("visibilitychange", () => { if (document.hidden && later && !form.dataset.ppSent) { clearTimeout(later); later = 0; keep(snapshot({ ready: false })); } });
    document.addEventListener("submit", (event) => {
      if (event.target !== form) return;
      clearTimeout(later);
      const act = (event.submitter && event.submitter.value) || "confirm";
      if (act !== "confirm" && act !== "draft") return;
      // Before it leaves: a connection that only looks alive loses nothing.
      const kept = keep(snapshot({ ready: true, act, error: "" }));
      if (navigator.onLine) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (kept) waits(NO_NETWORK);
      else say("need", "没有网络，手机上也存不下了。先不要关这一页，有网再按一次。");
      window.scrollTo({ top: 0 });
    }, true);
    cacheShell();
  };

  // ---- opening without a network
  const cacheShell = async () => {
    if (!window.caches || !navigator.serviceWorker) return;
    try {
      await navigator.serviceWorker.register(WORKER, { scope: "/education/" });
      const assets = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")].map((one) => one.href || one.src);
      await (await caches.open(ASSETS)).addAll(assets);
      const shells = await caches.open(SHELLS);
      if (form.dataset.ppKeep === "new" && !(await shells.match(here, { ignoreVary: true }))) await shells.add(here);
      for (const asked of await shells.keys()) {
        const held = await shells.match(asked, { ignoreVary: true });
        if (Date.now() - Date.parse(held.headers.get("Date")) > DAYS * 86400e3) shells.delete(asked);
      }
      form.dataset.ppShell = "kept";
    } catch { /* without a secure connection the page has to stay open; what is typed is kept all the same */ }
  };

  // ---- sending
  const page = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");
  const rollOf = (pairs) => new Set(pairs.filter((name) => /^roll-[0-9a-f-]{36}$/.test(name)));
  const same = (one, other) => one.size === other.size && [...one].every((name) => other.has(name));
  const arrived = (answer, draft) => new URL(answer.url).pathname === `/education/${draft.uid}/`;
  const post = (draft, token, act) => {
    const body = new FormData();
    draft.fields.forEach(([name, value]) => body.append(name, value));
    body.append("csrfmiddlewaretoken", token);
    body.append("act", act);
    return fetch(draft.url, { method: "POST", body });
  };
  const refuse = (draft, words) => { keep({ ...draft, ready: false, error: words }); return { kind: "need", words, link: "打开看", url: draft.url }; };

  // One draft: is it still this user, is the roll still the one that was seen, then the record itself. Any step may find it arrived before.
  const sendOne = async (draft) => {
    let answer = await fetch(draft.url, { cache: "no-store" });
    const fresh = await page(answer);
    if (fresh.body.dataset.ppUser !== user) return { kind: "look", words: "要重新登录，存着的记录才能发送。", link: "登录", url: `/login/?next=${encodeURIComponent(draft.url)}` };
    const token = fresh.querySelector("form[data-pp-keep] [name=csrfmiddlewaretoken]");
    if (!token) return refuse(draft, `“${draft.title}”没有收下：这里不能再记录了。`);
    answer = await post(draft, token.value, "reread");
    if (!arrived(answer, draft)) {
      const reread = await page(answer);
      const now = rollOf([...reread.querySelectorAll("form[data-pp-keep] input[type=radio]")].map((one) => one.name));
      if (!answer.ok) return answer.status < 500 ? refuse(draft, `“${draft.title}”没有收下，打开看看。`) : null;
      if (!same(now, rollOf(draft.fields.map(([name]) => name)))) return refuse(draft, `“${draft.title}”没有发：名册和你写的时候不一样了，看过再确认。`);
      answer = await post(draft, token.value, draft.act);
    }
    if (arrived(answer, draft)) { forget(draft.uid); return { kind: "done", words: `存着的“${draft.title}”已经发出。`, link: "看记录", url: `/education/${draft.uid}/` }; }
    if (answer.status >= 500) return null;
    const told = [...(await page(answer)).querySelectorAll("#form-errors li")].map((one) => one.textContent.trim());
    return refuse(draft, `“${draft.title}”没有收下：${told[0] || "打开看看。"}`);
  };
  const sendAll = async ({ asked }) => {
    for (const draft of drafts().filter((one) => one.ready)) {
      try {
        const told = await sendOne(draft);
        if (!told) { waits("服务器忙，还存在这台手机上，过一会儿再发。"); continue; }
        if (told.kind !== "look" && form && field("uid").value === draft.uid) return location.assign(told.url);  // the form itself: to the meeting, or with what to mend
        say(told.kind, told.words, told);
      } catch {
        waits(asked ? `还是没有网络。${NO_NETWORK.slice(5)}` : NO_NETWORK);
        return;
      }
    }
  };
  // Of several pages open at once one sends; a record that came twice all the same is found by its uid.
  const send = (how) => (navigator.locks ? navigator.locks.request("pp-send", () => sendAll(how)) : sendAll(how));

  // ---- on every page
  document.addEventListener("submit", (event) => {
    if (!event.target.action || new URL(event.target.action).pathname !== "/logout/") return;
    const waiting = drafts().filter((one) => one.ready).length;
    if (waiting && !window.confirm(`这台手机上还有 ${waiting} 次记录没有发出，退出就删掉了。还要退出吗？`)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    } else wipe();
  }, true);

  const start = async () => {
    forgetOld();
    const landed = /^\/education\/([0-9a-f-]{36})\/$/.exec(location.pathname);
    if (landed) forget(landed[1]);
    // Another user of this phone opens nothing the last one left.
    if (store.getItem("pp-user") !== user) {
      store.setItem("pp-user", user);
      if (window.caches) await caches.delete(SHELLS);
    }
    if (form) openForm();
    if (drafts().some((one) => one.ready)) {
      if (navigator.onLine && !("ppOffline" in document.documentElement.dataset)) send({});
      else waits(NO_NETWORK);
    }
    window.addEventListener("online", () => send({}));
  };
  start();
})();
