// What the person sees and does: choosing, progress, the result; in the language chosen. All text is set as text.

const face = { language: "en", report: null, step: null };

const byId = (id) => document.getElementById(id);
const LANGUAGES = { en: { dir: "ltr", other: "ar", name: "العربية" }, ar: { dir: "rtl", other: "en", name: "English" } };
const MARKS = { ok: "sound", bad: "unsound", unknown: "unknown", sound: "sound", unsound: "unsound" };

function element(name, className = "", ...inner) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...inner);
  return made;
}

function mark(state) {
  const made = element("span", "mark");
  made.dataset.state = MARKS[state];
  made.setAttribute("aria-hidden", "true");
  return made;
}

function machine(value) {
  return element("bdi", "path", plain(value));
}

function speak(language) {
  face.language = language;
  const { dir, other, name } = LANGUAGES[language];
  document.documentElement.lang = language;
  document.documentElement.dir = dir;
  const button = byId("language");
  button.textContent = name;
  button.lang = other;
  for (const each of document.querySelectorAll("[data-say]")) each.textContent = say(language, each.dataset.say);
  document.title = `${say(language, "page-title")} - Amana`;
  if (face.step) showStep();
  if (face.report) showReport();
}

// Choosing

function relativeFiles(files) {
  return Array.from(files, (file) => ({ path: file.webkitRelativePath.split("/").slice(1).join("/"), file }));
}

/** All files below a folder that was dropped; a browser gives a folder's entries in portions. */
async function droppedFiles(folder) {
  const files = [];
  const waiting = [folder];
  for (let entry = waiting.pop(); entry; entry = waiting.pop()) {
    const reader = entry.createReader();
    for (;;) {
      const portion = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!portion.length) break;
      for (const inner of portion) {
        if (inner.isDirectory) waiting.push(inner);
        else {
          const file = await new Promise((resolve, reject) => inner.file(resolve, reject));
          files.push({ path: inner.fullPath.split("/").slice(2).join("/"), file });
        }
      }
    }
  }
  return files;
}

async function drop(event) {
  event.preventDefault();
  byId("choose").classList.remove("over");
  const [item] = event.dataTransfer.items;
  const entry = item?.webkitGetAsEntry?.();
  if (entry?.isDirectory) await check(() => droppedFiles(entry).then((files) => new FolderFiles(files)));
  else if (event.dataTransfer.files.length) {
    const [file] = event.dataTransfer.files;
    await check(() => new ZipFile(file));
  }
}

function paperFingerprints() {
  const lines = byId("paper").value.split(/[\n,;]/);
  return lines.map((line) => line.replace(/[\s:]/g, "").toLowerCase()).filter((line) => line);
}

// Checking

async function check(makeSource) {
  window.verdict = null;
  face.report = null;
  face.step = { code: "files", done: 0, total: 1, at: 0 };
  byId("result").hidden = true;
  byId("choose").hidden = true;
  byId("progress").hidden = false;
  showStep();
  let report = new Report();
  try {
    report = await checkBundle(await makeSource(), paperFingerprints(), step);
  } catch (error) {
    // Whatever it is, a page that failed has not found the bundle sound.
    report.unknown("bundle", "all", "broken", { reason: String(error) });
  }
  face.step = null;
  face.report = report;
  byId("progress").hidden = true;
  byId("result").hidden = false;
  showReport();
  byId("line").focus();
  window.verdict = report.verdict();
}

function step(code, done, total) {
  // Painting costs more than most steps do.
  if (code === face.step.code && performance.now() - face.step.at < 100) return;
  face.step = { code, done, total, at: performance.now() };
  showStep();
}

function showStep() {
  const { code, done, total } = face.step;
  byId("step").textContent = say(face.language, `checking-${code}`);
  const bar = byId("bar");
  bar.max = total || 1;
  bar.value = done;
}

// The result

function showReport() {
  const { report, language } = face;
  const line = report.bottomLine;
  byId("verdict").dataset.state = MARKS[line];
  byId("line").replaceChildren(mark(line), say(language, line));
  byId("lead").textContent = say(language, `${line}-lead`);
  const order = ["bad", "unknown", "ok"];
  const sorted = [...report.findings].sort((one, other) => order.indexOf(one.state) - order.indexOf(other.state));
  byId("facts").replaceChildren(...sorted.map((finding) => findingRow(finding, language)));
  byId("counts").replaceChildren(...Object.entries(report.counts).map(([what, count]) => countRow(what, count, language)));
  byId("keys").replaceChildren(...report.keys.map((key) => keyRow(key, language)));
  byId("keys-part").hidden = !report.keys.length;
  byId("left").replaceChildren(...report.left.map(({ code, values }) => element("li", "", say(language, code, values))));
  byId("json").value = JSON.stringify(report.verdict(), null, 2);
}

function findingRow({ fact, subject, code, values, state }, language) {
  const name = element("b", "", say(language, `fact-${fact}`));
  const word = element("span", "unseen", ` (${say(language, `state-${state}`)})`);
  const about = subject === "all" ? [] : [" ", machine(subject)];
  const row = element("li", "", mark(state), element("div", "", name, word, ...about, element("p", "", say(language, code, values))));
  row.dataset.state = MARKS[state];
  return row;
}

function countRow(what, count, language) {
  const value = element("bdi", "num", count.toLocaleString("en"));
  return element("li", "", value, " ", say(language, `count-${what}`));
}

function keyRow({ fingerprint, what, confirmed }, language) {
  const hash = element("bdi", "hash");
  for (let at = 0; at < fingerprint.length; at += 8) hash.append(element("span", "", fingerprint.slice(at, at + 8)));
  const row = element("div", "", element("dt", "", say(language, `key-${what}`)), element("dd", "", hash));
  if (confirmed) row.append(element("dd", "confirmed", mark("ok"), say(language, "key-confirmed")));
  return row;
}

async function copyVerdict() {
  byId("json").select();
  try {
    await navigator.clipboard.writeText(byId("json").value);
    byId("copy").textContent = say(face.language, "copied");
  } catch {
    // Not allowed here: the text is selected, so that the person's own keys copy it.
    byId("json").focus();
  }
}

function begin() {
  byId("choose").hidden = false;
  byId("result").hidden = true;
  face.report = null;
  for (const id of ["folder", "zip"]) byId(id).value = "";
  byId("folder").focus();
}

function start() {
  window.verdict = null;
  byId("language").addEventListener("click", () => speak(LANGUAGES[face.language].other));
  byId("folder").addEventListener("change", ({ target }) => {
    const files = relativeFiles(target.files);
    if (files.length) check(() => new FolderFiles(files));
  });
  byId("zip").addEventListener("change", ({ target }) => {
    const [file] = target.files;
    if (file) check(() => new ZipFile(file));
  });
  byId("copy").addEventListener("click", copyVerdict);
  byId("again").addEventListener("click", begin);
  byId("choose").addEventListener("drop", drop);
  for (const kind of ["dragover", "dragleave"]) {
    byId("choose").addEventListener(kind, (event) => {
      event.preventDefault();
      byId("choose").classList.toggle("over", kind === "dragover");
    });
  }
  // A file dropped beside the field would otherwise replace this page.
  for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => event.preventDefault());
  speak(navigator.language.startsWith("ar") ? "ar" : "en");
  if (typeof DecompressionStream === "undefined" || typeof Object.hasOwn === "undefined") return;
  byId("old").hidden = true;
  byId("choose").hidden = false;
}

start();
