// The small formats, read as strictly as canonical.py, entries.py, receipts.py and layout.py read them: one spelling of
// each value, no key that nobody asked for.

const MAX_RECORD_BYTES = 8 * 1024 * 1024;
const MAX_ENTRY_BYTES = 4096;
const MAX_NAME_LINE_BYTES = 64 * 1024;

/** The one way to write a value (RFC 8785 without floats); raises Refusal for what may not be written. */
function canonical(value, room = 32) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") {
    if (!isWellFormed(value)) throw new Refusal("not-canonical");
    return JSON.stringify(value);
  }
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new Refusal("not-canonical");
    return String(value);
  }
  if (!room) throw new Refusal("not-canonical");
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, room - 1)).join(",")}]`;
  const keys = Object.keys(value).sort();
  // biome-ignore lint: all of ASCII is meant.
  if (keys.some((key) => /[^\x00-\x7f]/.test(key))) throw new Refusal("not-canonical");
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key], room - 1)}`).join(",")}}`;
}

/** Canonical bytes as a value. */
function parseCanonical(bytes) {
  const text = fromUtf8(bytes);
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal("not-canonical");
  }
  if (canonical(value) !== text) throw new Refusal("not-canonical");
  return value;
}

// Shapes: each is a question about a value.

const text = (shape) => (value) => typeof value === "string" && shape.test(value);
const whole = (value) => Number.isSafeInteger(value) && value >= 0;
const truth = (value) => typeof value === "boolean";
const exactly = (expected) => (value) => value === expected;
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const list = (item, atMost) => (value) => Array.isArray(value) && value.length <= atMost && value.every(item);
const mapping = (name, item, atMost) => (value) =>
  isObject(value) &&
  Object.keys(value).length <= atMost &&
  Object.entries(value).every(([key, inner]) => name.test(key) && item(inner));
const object = (required, optional = {}) => (value) =>
  isObject(value) &&
  Object.keys(required).every((key) => Object.hasOwn(value, key)) &&
  Object.entries(value).every(([key, inner]) => {
    const shape = Object.hasOwn(required, key) ? required[key] : Object.hasOwn(optional, key) && optional[key];
    return Boolean(shape) && shape(inner);
  });

const ID = text(/^[A-Za-z0-9-]{1,64}$/);
const HEX64 = text(/^[0-9a-f]{64}$/);
const LOG = text(/^[!-*,-~]{1,255}$/);
const WORD = text(/^[ -~]{0,64}$/);
const TIME = text(
  /^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z$/,
);
const MEDIA_TYPE = text(/^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/);
const FREE_TEXT = text(/^[^]{0,4096}$/u);
const SOFTWARE = object({ name: WORD, version: WORD, commit: WORD });

const RECEIVED = object(
  { time: TIME, channel: text(/^(?:cli|web|api|watch|import)$/), account: ID },
  {
    source_digest: text(/^(?:md5:[0-9a-f]{32}|sha1:[0-9a-f]{40}|sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/),
    match: truth,
  },
);

const RECORD_SHAPES = {
  "ingest-record/1": object(
    {
      type: exactly("ingest-record/1"),
      record: ID,
      item: ID,
      ern: text(/^AMN-[A-Z0-9][A-Z0-9-]{0,38}-[0-9]{4}-[0-9]{4}$/),
      original: object({ bytes: whole, sha256: HEX64, sha512: text(/^[0-9a-f]{128}$/), name: HEX64 }),
      received: (value) => RECEIVED(value) && Object.hasOwn(value, "match") === Object.hasOwn(value, "source_digest"),
      source: object({ collection: ID, prior_custody: list(ID, 256) }, { party: ID }),
      batch: ID,
      software: SOFTWARE,
      log: LOG,
      signer: HEX64,
    },
    { duplicate_of: ID },
  ),
  "examination-record/1": object(
    {
      type: exactly("examination-record/1"),
      record: ID,
      item: ID,
      original: HEX64,
      examined: TIME,
      tool: object({ name: WORD, version: WORD }),
      state: text(/^(?:read|partial|unreadable|refused|empty)$/),
      claims: mapping(/^[A-Za-z0-9][A-Za-z0-9 ._:/()#-]{0,127}$/, FREE_TEXT, 1024),
      derived: list(
        object({ kind: text(/^[a-z][a-z0-9_-]{0,31}$/), sha256: HEX64, bytes: whole, media_type: MEDIA_TYPE }),
        64,
      ),
      software: SOFTWARE,
      log: LOG,
      signer: HEX64,
    },
    { media_type: MEDIA_TYPE, note: FREE_TEXT },
  ),
};

function readRecord(bytes) {
  const value = parseCanonical(bytes);
  const shape = isObject(value) && Object.hasOwn(RECORD_SHAPES, value.type) && RECORD_SHAPES[value.type];
  if (!shape || !shape(value)) throw new Refusal("not-a-record");
  return value;
}

/** A moment that a calendar has, in the one form of the ledger. */
function isMoment(value) {
  const match = text(/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/)(value);
  if (!match || value.startsWith("0000")) return false;
  const moment = new Date(value);
  return !Number.isNaN(moment.getTime()) && moment.toISOString() === value;
}

const ENTRY_ID = text(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/);
const ENTRY_CODE = text(/^[a-z0-9_.:-]{0,64}$/);
// Marks that turn the direction of text, line separators and control characters have no place in an entry.
const PLAIN = "[^\\x00-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]";
const ENTRY_STREAM = text(
  /^(?:item|case|user|person|dossier|key|batch|collection|party|ledger)(?:\/[A-Za-z0-9-]{1,64})?$/,
);
const ENTRY_LINK = object({ id: ENTRY_STREAM, n: whole, prev: (value) => value === null || HEX64(value) });
const ENTRY = object(
  {
    v: exactly(1),
    log: text(/^[!-*,-~]{1,128}$/),
    seq: whole,
    id: ENTRY_ID,
    act: ENTRY_ID,
    action: text(/^(?=.{3,64}$)[a-z]+(?:\.[a-z_]+)+$/),
    time: isMoment,
    actor: object({ id: ENTRY_ID, role: ENTRY_CODE, auth: ENTRY_CODE, session: text(/^(?:[0-9a-f]{64})?$/) }),
    streams: (value) =>
      list((link) => ENTRY_LINK(link) && (link.prev === null) === (link.n === 0), 4)(value) &&
      value.length > 0 &&
      new Set(value.map((link) => link.id)).size === value.length,
    subject: mapping(/^[A-Za-z0-9_.-]{1,64}$/, text(new RegExp(`^${PLAIN}{0,256}$`, "u")), 20),
    outcome: text(/^(?:done|granted|denied|failed|interrupted)$/),
    salt: text(/^[0-9a-f]{32}$/),
  },
  {
    occurred: isMoment,
    authority: text(new RegExp(`^${PLAIN}{1,256}$`, "u")),
    corrects: whole,
    purpose: text(/^[a-z0-9_.-]{1,64}$/),
    detail: HEX64,
  },
);

function readEntry(bytes) {
  if (bytes.length > MAX_ENTRY_BYTES) throw new Refusal("not-an-entry");
  const value = parseCanonical(bytes);
  if (!ENTRY(value) || (Object.hasOwn(value, "corrects") && value.corrects >= value.seq)) throw new Refusal("not-an-entry");
  return value;
}

const HEADS = object({
  type: exactly("heads/1"),
  log: LOG,
  size: whole,
  streams: mapping(/^[a-z]+(?:\/[A-Za-z0-9-]{1,64})?$/, object({ n: whole, hash: HEX64 }), Infinity),
});

function readHeads(bytes) {
  const value = parseCanonical(bytes);
  if (!HEADS(value)) throw new Refusal("not-of-its-form");
  return value;
}

const EXPORT_PROOF = object({
  type: exactly("export-proof/1"),
  index: whole,
  size: whole,
  inclusion: list(HEX64, 128),
  old_size: whole,
  consistency: list(HEX64, 128),
});

function readExportProof(bytes) {
  const value = parseCanonical(bytes);
  if (!EXPORT_PROOF(value)) throw new Refusal("not-of-its-form");
  return { ...value, inclusion: value.inclusion.map(fromHex), consistency: value.consistency.map(fromHex) };
}

const BYTES_IN_HEX = text(/^(?:[0-9a-f]{2}){0,16384}$/);
const NAME = object({
  item: ID,
  salt: text(/^[0-9a-f]{32}$/),
  name: BYTES_IN_HEX,
  path: BYTES_IN_HEX,
  shown: text(/^[^]{0,32768}$/u),
});

/** One line of names.jsonl: the item, and the salted digest of its name and path. */
function readName(bytes) {
  const value = parseCanonical(bytes);
  if (!NAME(value)) throw new Refusal("not-of-its-form");
  const [salt, name, path] = [value.salt, value.name, value.path].map(fromHex);
  const shown = asShown(path.length ? path : name);
  if (shown !== value.shown) throw new Refusal("shows-another");
  return { item: value.item, digest: toHex(sha256(salt, name, new Uint8Array(1), path)) };
}
