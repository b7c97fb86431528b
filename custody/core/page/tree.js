// The Merkle tree of RFC 6962 and the signed notes over it (C2SP signed-note, tlog-checkpoint, tlog-tiles), as
// merkle.py, notes.py, checkpoints.py and tiles.py have them. Sizes may pass 2^31: no bit operations on them.

const TILE_WIDTH = 256;
const HASH_BYTES = 32;
const MAX_NOTE_BYTES = 1024 * 1024;

const leafHash = (bytes) => sha256(Uint8Array.of(0), bytes);
const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right);
const half = (number) => Math.floor(number / 2);
const isOdd = (number) => number % 2 === 1;

/** The right edge of a growing tree: the roots of its whole subtrees, largest first. */
class Frontier {
  constructor() {
    this.nodes = [];
    this.size = 0;
  }

  /** Add a whole subtree of 2^height leaves. */
  push(hash, height = 0) {
    let node = hash;
    for (let before = Math.floor(this.size / 2 ** height); isOdd(before); before = half(before)) {
      node = nodeHash(this.nodes.pop(), node);
    }
    this.nodes.push(node);
    this.size += 2 ** height;
  }

  root() {
    if (!this.nodes.length) return sha256();
    return this.nodes.reduceRight((right, left) => nodeHash(left, right));
  }
}

function treeRoot(hashes) {
  const frontier = new Frontier();
  for (const hash of hashes) frontier.push(hash);
  return frontier.root();
}

/** RFC 9162 2.1.3.2; raises Refusal. */
function verifyInclusion({ leaf, index, size, proof, root }) {
  if (index >= size) throw new Refusal("no-inclusion");
  let [position, last, result] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (!last) throw new Refusal("no-inclusion");
    if (isOdd(position) || position === last) {
      result = nodeHash(sibling, result);
      [position, last] = skipToRightChild(position, last);
    } else {
      result = nodeHash(result, sibling);
    }
    [position, last] = [half(position), half(last)];
  }
  if (last || !sameBytes(result, root)) throw new Refusal("no-inclusion");
}

/** RFC 9162 2.1.4.2; raises Refusal. */
function verifyConsistency({ oldSize, oldRoot, size, root, proof }) {
  const refuse = () => {
    throw new Refusal("no-consistency");
  };
  if (oldSize > size) refuse();
  if (!oldSize || oldSize === size) {
    if (proof.length || (oldSize === size && !sameBytes(oldRoot, root))) refuse();
    if (!oldSize && !sameBytes(oldRoot, sha256())) refuse();
    return;
  }
  if (!proof.length) refuse();
  const isWhole = Number.isInteger(Math.log2(oldSize)) && 2 ** Math.log2(oldSize) === oldSize;
  const [start, path] = isWhole ? [oldRoot, proof] : [proof[0], proof.slice(1)];
  let [position, last] = [oldSize - 1, size - 1];
  while (isOdd(position)) [position, last] = [half(position), half(last)];
  let [oldResult, result] = [start, start];
  for (const sibling of path) {
    if (!last) refuse();
    if (isOdd(position) || position === last) {
      [oldResult, result] = [nodeHash(sibling, oldResult), nodeHash(sibling, result)];
      [position, last] = skipToRightChild(position, last);
    } else {
      result = nodeHash(result, sibling);
    }
    [position, last] = [half(position), half(last)];
  }
  if (last || !sameBytes(oldResult, oldRoot) || !sameBytes(result, root)) refuse();
}

function skipToRightChild(position, last) {
  let [at, end] = [position, last];
  while (at && !isOdd(at)) [at, end] = [half(at), half(end)];
  return [at, end];
}

function tilePath(level, index, width) {
  let path = String(index % 1000).padStart(3, "0");
  for (let rest = Math.floor(index / 1000); rest; rest = Math.floor(rest / 1000)) {
    path = `x${String(rest % 1000).padStart(3, "0")}/${path}`;
  }
  return `proof/tile/${level}/${path}${width === TILE_WIDTH ? "" : `.p/${width}`}`;
}

// Signed notes

const FIELD = 2n ** 255n - 19n;
// The y coordinates of the points of small order: under such a key one signature fits many texts.
const LOW_ORDER = [
  0n,
  1n,
  FIELD - 1n,
  2707385501144840649318225287225658788936804267575313519463743609750303402022n,
  55188659117513257062467267217118295137698188065244968500265048394206261417927n,
];
// biome-ignore lint: control characters are meant.
const UNCLEAN = /[\x00-\x1f]/;
// What Python calls space.
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

function checkKeyName(name) {
  if (!name || name.includes("+") || SPACE.test(name) || UNCLEAN.test(name)) throw new Refusal("note-malformed");
}

function readVerifierKey(line) {
  const [name, id, ...rest] = line.split("+");
  if (!rest.length) throw new Refusal("not-of-its-form");
  const key = fromBase64(rest.join("+"));
  if (key[0] !== 1 || key.length !== 33) throw new Refusal("not-of-its-form");
  checkKeyName(name);
  const bytes = key.slice(1);
  const y = BigInt(`0x${toHex(Uint8Array.from(bytes).reverse())}`) & (2n ** 255n - 1n);
  if (y >= FIELD || LOW_ORDER.includes(y)) throw new Refusal("not-of-its-form");
  if (toHex(keyId(name, key)) !== id) throw new Refusal("not-of-its-form");
  return { name, id, bytes, line };
}

const keyId = (name, key) => sha256(toUtf8(`${name}\n`), key).subarray(0, 4);

/** A note's text and its signature lines, all well formed. */
function readNote(bytes) {
  const whole = fromUtf8(bytes);
  const blank = whole.lastIndexOf("\n\n");
  if (blank < 0 || !whole.endsWith("\n") || blank + 2 >= whole.length) throw new Refusal("note-malformed");
  const body = whole.slice(0, blank + 1);
  if (body.length < 2 || UNCLEAN.test(body.replaceAll("\n", ""))) throw new Refusal("note-malformed");
  const lines = whole.slice(blank + 2, -1).split("\n");
  if (lines.length > 100) throw new Refusal("note-malformed");
  return { body, signatures: lines.map(readSignatureLine) };
}

function readSignatureLine(line) {
  const space = line.indexOf(" ", 2);
  if (!line.startsWith("\u2014 ") || space < 0) throw new Refusal("note-malformed");
  const name = line.slice(2, space);
  checkKeyName(name);
  const data = fromBase64(line.slice(space + 1));
  if (data.length <= 4) throw new Refusal("note-malformed");
  return { name, id: toHex(data.subarray(0, 4)), signature: data.slice(4) };
}

function readCheckpoint(body) {
  const lines = body.split("\n");
  if (lines.length !== 4 || lines[3] || !/^(?:0|[1-9][0-9]{0,15})$/.test(lines[1])) throw new Refusal("note-malformed");
  const [origin, size, root] = [lines[0], Number(lines[1]), fromBase64(lines[2])];
  // biome-ignore lint: control characters are meant.
  if (!/^[^\x00-\x1f\x7f]{1,255}$/u.test(origin) || !Number.isSafeInteger(size) || root.length !== HASH_BYTES) {
    throw new Refusal("note-malformed");
  }
  if (!size && !sameBytes(root, sha256())) throw new Refusal("note-malformed");
  return { origin, size, root };
}

/**
 * The checkpoint in a note that `key` signed; `proven` is false where this browser cannot check Ed25519. Raises Refusal.
 */
async function openCheckpoint(bytes, key) {
  const { body, signatures } = readNote(bytes);
  const ours = signatures.filter(({ name, id }) => name === key.name && id === key.id);
  if (!ours.length) throw new Refusal("not-signed");
  const checkpoint = readCheckpoint(body);
  if (checkpoint.origin !== key.name) throw new Refusal("other-log");
  const verify = await ed25519(key.bytes);
  for (const { signature } of verify ? ours : []) {
    if (!(await verify(signature, toUtf8(body)))) throw new Refusal("wrong-signature");
  }
  return { ...checkpoint, proven: Boolean(verify) };
}

/** A function that checks signatures of this key, null where the browser has no Ed25519. */
async function ed25519(bytes) {
  try {
    const key = await crypto.subtle.importKey("raw", bytes, { name: "Ed25519" }, false, ["verify"]);
    return (signature, data) => crypto.subtle.verify({ name: "Ed25519" }, key, signature, data);
  } catch (error) {
    // A key that is no point on the curve fails otherwise than a browser that knows no such keys.
    if (error instanceof DOMException && error.name === "DataError") throw new Refusal("not-of-its-form");
    return null;
  }
}
