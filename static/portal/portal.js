// Small comforts. Every page works without this file.
(() => {
  "use strict";

  // A form under way says so, and a second click sends nothing; one that answers with a file leaves the page as it is.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.ppSent) return event.preventDefault();
    const button = event.submitter;
    if (!button || form.method !== "post" || event.defaultPrevented || "ppFile" in form.dataset) return;
    form.dataset.ppSent = "1";
    // After the browser has read the form, or the button's own name would be left out.
    setTimeout(() => {
      button.setAttribute("aria-busy", "true");
      if (button.dataset.ppBusy) button.textContent = button.dataset.ppBusy;
    });
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("[data-pp-sent]").forEach((form) => { delete form.dataset.ppSent; });
  });

  // What htmx still had in mind for a form that is on its way is not sent after it: it would go to the button's address, a second time.
  document.addEventListener("htmx:beforeRequest", (event) => { if (event.target.dataset.ppSent) event.preventDefault(); });

  // A changed select or checkbox of a filter bar sends it (unless htmx does).
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-pp-send]");
    if (form && !form.hasAttribute("hx-get") && event.target.type !== "search") form.requestSubmit();
  });

  // The head's checkbox ticks its column.
  const all = () => document.querySelectorAll("[data-pp-all]").forEach((box) => { box.hidden = false; });
  document.addEventListener("change", (event) => {
    const name = event.target.dataset && event.target.dataset.ppAll;
    if (name) document.getElementsByName(name).forEach((box) => { box.checked = event.target.checked; });
  });

  // A roll counts itself: [data-pp-count="leave"] shows how many radio buttons of that value are chosen in its form, and
  // data-pp-counting="确认到会 {present} 人" keeps a button's words true. Both may stand outside the form.
  const count = (form) => {
    const chosen = {};
    form.querySelectorAll(".pp-choice input:checked").forEach((box) => { chosen[box.value] = (chosen[box.value] || 0) + 1; });
    chosen.present = (chosen.present || 0) + (chosen.late || 0);  // who came late is present
    chosen.expected = (chosen.present || 0) + (chosen.leave || 0) + (chosen.absent || 0);
    document.querySelectorAll("[data-pp-count]").forEach((shown) => { shown.textContent = chosen[shown.dataset.ppCount] || 0; });
    document.querySelectorAll("[data-pp-counting]").forEach((button) => {
      button.textContent = button.dataset.ppCounting.replace(/\{(\w+)\}/g, (_, name) => chosen[name] || 0);
    });
  };
  document.addEventListener("change", (event) => {
    const roll = event.target.closest(".pp-roll");
    if (roll && event.target.type === "radio" && event.target.form) count(event.target.form);
  });
  document.addEventListener("htmx:afterSettle", () => {
    const form = document.querySelector("form:has(.pp-roll)");
    if (form) count(form);
  });

  // The menu under the name closes like a menu.
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.pp-menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.pp-menu[open]").forEach((menu) => { menu.open = false; menu.firstElementChild.focus(); });
  });

  // Of a strip that is wider than the phone, the place one is at is in sight.
  document.querySelectorAll(".pp-room, .pp-views, .pp-sectionsnav").forEach((strip) => {
    const here = strip.querySelector("[aria-current]");
    if (!here || strip.scrollWidth <= strip.clientWidth) return;
    const [shown, place] = [strip.getBoundingClientRect(), here.getBoundingClientRect()];
    if (place.right > shown.right) strip.scrollLeft += place.right - shown.right + shown.width / 3;
  });

  // What was refused is read first.
  const errors = document.getElementById("form-errors");
  if (errors) errors.focus({ preventScroll: false });
  document.querySelectorAll("[data-pp-print]").forEach((button) => { button.hidden = false; });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-pp-print]")) window.print(); });
  // A film goes on where it was left, and tells where it is now and then. Time spent is not told: it counts for nothing.
  document.querySelectorAll("video[data-pp-keep]").forEach((film) => {
    let kept = Number(film.dataset.ppPosition);
    film.addEventListener("loadedmetadata", () => { if (kept > 2 && kept < film.duration - 5) film.currentTime = kept; }, { once: true });
    const keep = (leaving) => {
      const now = Math.floor(film.currentTime);
      if (Math.abs(now - kept) < (leaving ? 1 : 10)) return;
      kept = now;
      const body = new URLSearchParams({ position: now });
      fetch(film.dataset.ppKeep, { method: "POST", body, headers: { "X-CSRFToken": film.dataset.ppToken }, keepalive: true });
    };
    film.addEventListener("timeupdate", () => keep(false));
    film.addEventListener("pause", () => keep(true));
    document.addEventListener("visibilitychange", () => { if (document.hidden) keep(true); });
  });

  // A file that will be refused for its size is not sent for minutes first.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-pp-largest]");
    if (!form || event.target.type !== "file") return;
    const file = event.target.files[0], most = Number(form.dataset.ppLargest);
    event.target.setCustomValidity(file && file.size > most ? `最多 ${Math.round(most / 1e6)} MB，压缩或分成几课再传。` : "");
    event.target.reportValidity();
  });
  document.addEventListener("submit", (event) => {
    const file = event.target.querySelector("form[data-pp-largest] input[type=file]:invalid");
    if (file) { event.preventDefault(); file.reportValidity(); }
  }, true);
  all();
})();
