/* What HTML and htmx do not do by themselves: keys in a contact sheet, and an upload that shows how far it is and
   sends along the digest that this very machine computed. Every page works without this file. */
"use strict";

(() => {
  const typing = (element) => element instanceof Element && element.matches("input:not([type=checkbox]), select, textarea");

  /* Keys. "/" goes to the search box; in a contact sheet j and k (and the arrows) move, space marks, enter opens. */

  const frames = () => Array.from(document.querySelectorAll(".sheet .frame > a"));

  function step(by) {
    const links = frames();
    if (links.length === 0) return false;
    const here = links.indexOf(document.activeElement);
    const next = here === -1 ? 0 : Math.min(links.length - 1, Math.max(0, here + by));
    links[next].focus();
    return true;
  }

  function perRow() {
    const links = frames();
    const top = links[0]?.getBoundingClientRect().top;
    return Math.max(1, links.filter((link) => Math.abs(link.getBoundingClientRect().top - top) < 4).length);
  }

  function mark() {
    const box = document.activeElement?.closest(".frame")?.querySelector("input[type=checkbox]");
    if (!box) return false;
    box.click();
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const inward = document.documentElement.dir === "rtl" ? -1 : 1;
    const inSheet = document.activeElement?.closest(".sheet") !== null && document.activeElement !== document.body;
    const keys = {
      "/": () => { document.getElementById("q")?.focus(); return true; },
      j: () => step(1),
      k: () => step(-1),
      ArrowRight: () => inSheet && step(inward),
      ArrowLeft: () => inSheet && step(-inward),
      ArrowDown: () => inSheet && step(perRow()),
      ArrowUp: () => inSheet && step(-perRow()),
      " ": () => inSheet && mark(),
    };
    const does = Object.hasOwn(keys, event.key) ? keys[event.key] : null;
    if (does && does()) event.preventDefault();
  });

  /* Where the choice of a field is the whole form, choosing sends it. */

  document.addEventListener("change", (event) => {
    if (event.target instanceof Element && event.target.matches("form[data-send-on-change] :is(select, input)")) {
      event.target.form.requestSubmit();
    }
  });

  /* Upload. The words stand in the page as data-words-*, in the reader's language. */

  const HASH_AT_MOST = 512 * 1024 * 1024; /* WebCrypto wants the whole file in memory */

  const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

  async function digest(file) {
    if (!window.crypto?.subtle || file.size > HASH_AT_MOST) return "";
    try {
      return hex(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    } catch {
      return ""; /* too little memory: the file goes without, and the server's digest stands alone */
    }
  }

  class Upload {
    constructor(form) {
      this.form = form;
      this.input = form.querySelector("input[type=file]");
      this.work = form.querySelector("[data-upload-work]");
      this.bar = this.work.querySelector("progress");
      this.line = this.work.querySelector("[data-upload-line]");
      this.rows = this.work.querySelector("tbody");
      this.fault = form.querySelector("[data-upload-fault]");
    }

    words(name, values = {}) {
      return Object.entries(values).reduce(
        (text, [key, value]) => text.replace(`{${key}}`, this.number(value)),
        this.form.dataset[`words${name}`] ?? "",
      );
    }

    number(value) {
      const arabic = document.documentElement.lang === "ar";
      return typeof value === "number" ? value.toLocaleString(arabic ? "ar-u-nu-arab" : "en-GB") : value;
    }

    list() {
      this.files = Array.from(this.input.files);
      this.work.hidden = this.files.length === 0;
      this.rows.replaceChildren(...this.files.map((file) => this.row(file)));
      this.bar.value = 0;
      this.line.textContent = this.words("Chosen", { n: this.files.length });
    }

    row(file) {
      const row = document.createElement("tr");
      const path = document.createElement("bdi");
      path.className = "path";
      path.textContent = file.webkitRelativePath || file.name;
      const cells = [path, document.createTextNode(""), document.createTextNode(this.number(file.size))].map((content) => {
        const cell = document.createElement("td");
        cell.append(content);
        return cell;
      });
      cells[2].className = "num";
      row.append(...cells);
      return row;
    }

    say(index, text) {
      this.rows.children[index].children[1].textContent = text;
    }

    async hash() {
      const told = [];
      for (const [index, file] of this.files.entries()) {
        this.say(index, this.words("Hashing"));
        this.line.textContent = this.words("HashingLine", { n: index + 1, total: this.files.length });
        const sha256 = await digest(file);
        this.say(index, sha256 ? `${sha256.slice(0, 12)}…` : this.words("NotHashed"));
        told.push({ name: file.name, path: file.webkitRelativePath || file.name, sha256 });
        this.bar.value = (index + 1) / this.files.length;
      }
      return told;
    }

    send(told) {
      const body = new FormData(this.form);
      body.set("told", JSON.stringify(told));
      const request = new XMLHttpRequest();
      request.open("POST", this.form.action);
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", (event) => this.progress(event));
      request.addEventListener("load", () => this.answered(request));
      request.addEventListener("error", () => this.failed(this.words("Broken")));
      this.started = performance.now();
      request.send(body);
    }

    progress(event) {
      if (!event.lengthComputable) return;
      this.bar.value = event.loaded / event.total;
      const seconds = (performance.now() - this.started) / 1000;
      const left = Math.round((seconds * (event.total - event.loaded)) / Math.max(1, event.loaded));
      this.line.textContent =
        event.loaded < event.total
          ? this.words("Sending", { percent: Math.floor((100 * event.loaded) / event.total), left })
          : this.words("Storing");
      let passed = 0;
      this.files.forEach((file, index) => {
        passed += file.size;
        if (event.loaded >= passed) this.say(index, this.words("Sent"));
      });
    }

    answered(request) {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        /* a page instead of an answer: the fault below says what to do */
      }
      if (request.status === 200 && answer.location) window.location.assign(answer.location);
      else this.failed(answer.fault || this.words("Broken"));
    }

    failed(text) {
      this.fault.hidden = false;
      this.fault.querySelector("p").textContent = text;
      this.fault.focus();
      this.form.querySelector("button[type=submit]").disabled = false;
    }

    async start(event) {
      if (!this.files?.length) return;
      event.preventDefault();
      this.fault.hidden = true;
      this.form.querySelector("button[type=submit]").disabled = true;
      this.send(await this.hash());
    }
  }

  function prepareUpload(form) {
    const upload = new Upload(form);
    const drop = form.querySelector(".drop");
    upload.input.addEventListener("change", () => upload.list());
    form.addEventListener("submit", (event) => upload.start(event));
    drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.dataset.over = ""; });
    drop.addEventListener("dragleave", () => delete drop.dataset.over);
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      delete drop.dataset.over;
      upload.input.files = event.dataTransfer.files;
      upload.list();
    });
  }

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("form[data-upload]").forEach(prepareUpload));
})();
