// What makes the pages nicer where scripts run; without them everything works as well.
import { initAll } from "./govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();

const MINUTE = 60_000;
const WARNED_BEFORE = 3 * MINUTE;
const KEPT_EVERY = 20_000;

/** Forms of tasks are kept as drafts while somebody types. */
function keepDrafts() {
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  let changed = false;
  const keep = () => {
    if (!changed) return;
    changed = false;
    const body = new URLSearchParams(new FormData(form));
    body.set("desk-step", "keep");
    fetch(form.action, { method: "POST", body, keepalive: true, redirect: "manual" }).catch(() => { changed = true; });
  };
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  setInterval(keep, KEPT_EVERY);
  document.addEventListener("visibilitychange", () => { if (document.hidden) keep(); });
}

/** A warning before the session runs out, with a button that keeps it. The desk says how long is left: there may be other tabs. */
function warnWhenIdle() {
  const dialog = document.getElementById("desk-idle");
  if (!dialog) return;
  const look = async () => {
    const answer = await fetch("/session").then((it) => it.json()).catch(() => undefined);
    if (!answer) return setTimeout(look, MINUTE);
    const left = answer.seconds * 1000;
    if (left <= 0) return location.reload();
    if (left <= WARNED_BEFORE && !dialog.open) dialog.showModal();
    if (left > WARNED_BEFORE && dialog.open) dialog.close();
    setTimeout(look, left <= WARNED_BEFORE ? Math.min(left + 1_000, 10_000) : Math.max(left - WARNED_BEFORE, 1_000) + 500);
  };
  document.getElementById("desk-idle-stay").addEventListener("click", async () => {
    dialog.close();
    await fetch("/stay", { redirect: "manual" }).catch(() => undefined);
  });
  look();
}

keepDrafts();
warnWhenIdle();
