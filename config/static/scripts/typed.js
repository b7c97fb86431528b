/* What somebody typed is not lost: a form that stood open for a while is sent only once it is known that its sender is
   still signed in, it is sent once for two clicks, and nobody leaves it by mistake. Every page works without this. */
"use strict";

(() => {
  const SURE = 60_000; /* milliseconds after which a sign-in may have ended */
  const ONCE = 3000; /* milliseconds in which a second click is the same one; a form whose answer is a file stays */
  const notice = document.getElementById("not-sent");
  if (!notice) return; /* nobody is signed in */
  const typed = new Set();
  const sent = new Map();
  let known = performance.now();
  let leaving = false;

  const ours = (form) => form instanceof HTMLFormElement && form.method === "post" && form.closest("main") !== null;

  /* Whether the sender is signed in; the page then gets the token of that sign-in, which may be a later one. Not if
     somebody else is by now: what one person typed would stand on record as the act of another. */
  async function signedIn() {
    try {
      const answer = await fetch(notice.dataset.ask, { credentials: "same-origin", redirect: "error" });
      const { token, account } = await answer.json();
      if (account !== notice.dataset.account) return false;
      for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
      return answer.ok;
    } catch {
      return false; /* no connection, or sent to the sign-in page */
    }
  }

  function tell(form, submitter) {
    form.querySelector("[data-not-sent]")?.remove();
    const words = notice.content.firstElementChild.cloneNode(true);
    words.setAttribute("role", "alert"); /* only now: what a page holds in reserve alarms nobody */
    (submitter?.closest(".actions") ?? submitter ?? form.lastElementChild).before(words);
    words.focus();
  }

  async function ask(form, submitter) {
    if (await signedIn()) {
      known = performance.now();
      form.querySelector("[data-not-sent]")?.remove();
      form.requestSubmit(submitter);
    } else {
      tell(form, submitter);
    }
  }

  function send(form) {
    sent.set(form, performance.now());
    leaving = true;
    setTimeout(() => { leaving = false; }, ONCE);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!ours(form)) return;
    if (event.defaultPrevented) {
      typed.delete(form); /* a script of its own sends it */
    } else if (performance.now() - (sent.get(form) ?? -ONCE) < ONCE) {
      event.preventDefault();
    } else if (performance.now() - known < SURE) {
      send(form);
    } else {
      event.preventDefault();
      ask(form, event.submitter);
    }
  });

  document.addEventListener("input", (event) => {
    if (ours(event.target.form) && event.target.matches("textarea, input")) typed.add(event.target.form);
  });
  document.addEventListener("saved", (event) => typed.delete(event.target));

  window.addEventListener("beforeunload", (event) => {
    if (!leaving && Array.from(typed).some((form) => form.isConnected)) event.preventDefault();
  });
})();
