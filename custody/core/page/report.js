// Findings as they are made, and the verdict in the form that `python -m custody.core verify --json` prints.

const MAX_FINDINGS = 1000;

class Report {
  constructor() {
    this.findings = [];
    this.counts = {};
    this.left = [];
    this.keys = [];
    this.failures = new Map();
  }

  put(fact, subject, code, values, state) {
    if (state === "ok") {
      if (!this.failures.has(fact)) this.findings.push({ fact, subject, code, values, state });
      return;
    }
    this.failures.set(fact, (this.failures.get(fact) ?? 0) + 1);
    const count = this.failures.get(fact);
    if (count <= MAX_FINDINGS) this.findings.push({ fact, subject, code, values, state });
    if (count === MAX_FINDINGS + 1) this.findings.push({ fact, subject: "more", code: "more", values: {}, state: "unknown" });
  }

  bad(fact, subject, code, values = {}) {
    this.put(fact, subject, code, values, "bad");
  }

  unknown(fact, subject, code, values = {}) {
    this.put(fact, subject, code, values, "unknown");
  }

  /** Said only if nothing about this fact failed before. */
  ok(fact, subject, code, values = {}) {
    this.put(fact, subject, code, values, "ok");
  }

  /** What was raised about bytes from outside; any other error is the page's own and goes on. */
  refused(fact, subject, error, state = "bad") {
    if (!(error instanceof Refusal)) throw error;
    this.put(fact, subject, error.code, error.values, state);
  }

  leftOut(code, values = {}) {
    this.left.push({ code, values });
  }

  failed(fact) {
    return fact === undefined ? this.failures.size > 0 : this.failures.has(fact);
  }

  count(what) {
    return this.counts[what] ?? 0;
  }

  add(what) {
    this.counts[what] = this.count(what) + 1;
  }

  get bottomLine() {
    const states = new Set(this.findings.map(({ state }) => state));
    if (states.has("bad")) return "unsound";
    return states.has("unknown") ? "unknown" : "sound";
  }

  /** JSON-ready, in English whatever is shown. */
  verdict() {
    const findings = this.findings.filter(({ state }) => state !== "ok");
    return {
      bottom_line: this.bottomLine,
      findings: findings.map(({ fact, subject, code, values, state }) => ({
        fact,
        subject,
        message: say("en", code, values),
        state,
      })),
      counts: this.counts,
      not_checked: this.left.map(({ code, values }) => say("en", code, values)),
    };
  }
}
