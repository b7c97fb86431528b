/* Saving a draft by itself, a while after the last key. The page works without this: there is a Save button. */
"use strict";

(() => {
  const AFTER = 4000; /* milliseconds without a key */
  const form = document.querySelector("form[data-draft]");
  if (!form || !window.fetch) return;
  const line = form.querySelector("[data-draft-line]");
  const revision = form.querySelector("input[name=revision]");
  let timer = 0;
  let saving = null; /* the save that is under way */

  async function save() {
    /* URL-encoded, not multipart: nothing of it is ever put into a file on its way. */
    const body = new URLSearchParams(new FormData(form));
    body.set("do", "autosave");
    try {
      const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin", redirect: "error" });
      const told = await answer.json();
      if (answer.ok) {
        revision.value = told.revision;
        form.dispatchEvent(new Event("saved", { bubbles: true }));
      }
      line.textContent = answer.ok ? form.dataset.wordsSaved : told.fault;
    } catch {
      line.textContent = form.dataset.wordsFailed; /* no connection, or signed out */
    }
    saving = null;
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (saving) later();
      else saving = save();
    }, AFTER);
  }

  form.addEventListener("input", later);
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!saving) return;
    /* A save under way ends first, or the page would come with a revision that is no longer the newest. */
    event.preventDefault();
    saving.then(() => form.requestSubmit(event.submitter));
  });
})();
