// The bundle's contents, in the steps of custody.core.bundles: histories, tree, evidence, seal. What is not looked at
// here (certificates, and the signatures made with them) is said in NOT_CHECKED.

const NOT_CHECKED = [
  "left-certificates",
  "left-outside",
  "left-pictures",
  "left-items",
  "left-ledgers",
  "left-times",
];
const MAX_OUTSIDE = 64;
const EXPORT_ACTION = "export.created";

/** All steps; resolves to the report. `fingerprints` are hex digests from paper. */
async function checkBundle(source, fingerprints, progress) {
  const report = new Report();
  const bag = new Bag(source);
  if (await checkBag(bag, report, (done, total) => progress("files", done, total))) {
    const key = await loadKeys(bag, report, fingerprints);
    const checkpoint = await loadCheckpoint(bag, report, key, "proof/checkpoint");
    const heads = await loadHeads(bag, report, checkpoint);
    const histories = await checkHistories(bag, report, checkpoint, heads, progress);
    await checkTree(bag, report, checkpoint, histories, progress);
    await checkEvidence(bag, report, checkpoint, histories, progress);
    await checkSeal(bag, report, key, checkpoint, heads);
  }
  for (const code of NOT_CHECKED) report.leftOut(code);
  if (!source.isZip) report.leftOut("left-links");
  return report;
}

async function loadKeys(bag, report, fingerprints) {
  const enclosed = new Map();
  let key = null;
  try {
    const certificate = await readCertificates(bag, "proof/keys/ca.pem");
    enclosed.set(toHex(sha256(certificate)), "authority");
  } catch (error) {
    report.refused("key", "proof/keys/ca.pem", error);
  }
  try {
    key = readVerifierKey(fromUtf8(await bag.read("proof/keys/ledger.vkey", 4096)).replace(/\n$/, ""));
    enclosed.set(toHex(sha256(toUtf8(key.line.trim()))), "ledger");
  } catch (error) {
    report.refused("key", "proof/keys/ledger.vkey", error);
  }
  try {
    await readCertificates(bag, "proof/keys/registrar.pem");
  } catch (error) {
    report.refused("key", "proof/keys/registrar.pem", error);
  }
  // Those of outside parties are on the same paper; what they vouched for, this page does not check.
  const outside = await outsideFingerprints(bag);
  compareFingerprints(report, enclosed, new Set(fingerprints.filter((text) => !outside.has(text))));
  return key;
}

/** Fingerprints of the cosigners' keys and of the time authorities' certificates enclosed, as far as they can be read. */
async function outsideFingerprints(bag) {
  const found = new Set();
  const pems = bag.under("proof/tsa/").filter((path) => path.endsWith(".pem"));
  for (const path of pems.slice(0, MAX_OUTSIDE)) {
    try {
      found.add(toHex(sha256(await readCertificates(bag, path))));
    } catch {
      // The Python verifier reports it.
    }
  }
  if (!bag.has("proof/policy")) return found;
  try {
    for (const line of fromUtf8(await bag.read("proof/policy", 65536)).split("\n")) {
      const words = line.split(/[ \t]+/).filter((word) => word);
      if (words[0] === "witness" && words.length > 2) found.add(toHex(sha256(toUtf8(words[2]))));
    }
  } catch {
    // Likewise.
  }
  return found;
}

/** The first certificate's bytes; nothing about it is checked. */
async function readCertificates(bag, path) {
  const pem = fromUtf8(await bag.read(path, 256 * 1024));
  const match = /-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+?)\s+-----END CERTIFICATE-----/.exec(pem);
  if (!match) throw new Refusal("not-of-its-form");
  return fromBase64(match[1].replace(/\s/g, ""));
}

function compareFingerprints(report, enclosed, wanted) {
  report.keys = [...enclosed].map(([fingerprint, what]) => ({ fingerprint, what, confirmed: wanted.has(fingerprint) }));
  for (const fingerprint of wanted) {
    if (!enclosed.has(fingerprint)) report.bad("key", fingerprint, "no-such-key");
  }
  for (const { fingerprint, what, confirmed } of report.keys) {
    if (confirmed) report.ok("key", fingerprint, `confirmed-${what}`);
    else report.leftOut(`left-${what}`, { fingerprint });
  }
}

async function loadCheckpoint(bag, report, key, path) {
  if (!key) {
    report.unknown("checkpoint", path, "no-key");
    return null;
  }
  try {
    const checkpoint = await openCheckpoint(await bag.read(path, MAX_NOTE_BYTES), key);
    if (checkpoint.proven) report.ok("checkpoint", path, "checkpoint-ok", { size: checkpoint.size, log: key.name });
    else report.unknown("checkpoint", path, "no-ed25519");
    return checkpoint;
  } catch (error) {
    report.refused("checkpoint", path, error);
    return null;
  }
}

async function loadHeads(bag, report, checkpoint) {
  try {
    const heads = readHeads(await bag.read("proof/heads.json", 32 * 1024 * 1024));
    if (checkpoint && (heads.log !== checkpoint.origin || heads.size !== checkpoint.size)) {
      report.bad("head", "proof/heads.json", "heads-other-tree");
    }
    return heads;
  } catch (error) {
    report.refused("head", "proof/heads.json", error);
    return null;
  }
}

function streamOf(path) {
  const match = /^data\/streams\/([a-z]+)(?:_([A-Za-z0-9-]{1,64}))?\.jsonl$/.exec(path);
  return match ? match.slice(1).filter((part) => part !== undefined).join("/") : null;
}

const streamPath = (stream) => `data/streams/${stream.replaceAll("/", "_")}.jsonl`;

/** Entries, heads as the files end, digests named by items' entries, and how many examinations each item tells of. */
async function checkHistories(bag, report, checkpoint, heads, progress) {
  const found = { entries: [], heads: new Map(), named: new Set(), examined: new Map() };
  const paths = bag.under("data/streams/");
  for (const [done, path] of paths.entries()) {
    progress("streams", done, paths.length);
    const stream = streamOf(path);
    if (stream === null) {
      report.bad("stream", path, "not-a-stream");
      continue;
    }
    await checkStream(bag, report, stream, checkpoint, found);
    report.add("streams");
  }
  if (heads) compareHeads(report, heads, found.heads);
  if (![...found.heads.keys()].some((stream) => !stream.startsWith("item/"))) {
    report.bad("stream", "data/streams/", "no-case");
  }
  report.ok("stream", "all", "streams-ok", { streams: report.count("streams") });
  return found;
}

async function checkStream(bag, report, stream, checkpoint, found) {
  const path = streamPath(stream);
  const { lines, broken } = await bag.lines(path, MAX_ENTRY_BYTES + 1);
  const state = { head: null, last: null };
  for (const [at, line] of lines.entries()) {
    let entry;
    try {
      entry = readEntry(line);
    } catch (error) {
      report.refused("entry", `${path}, line ${at + 1}`, error);
      continue;
    }
    const leaf = leafHash(line);
    checkOrder(report, entry, state.last);
    checkLink(report, entry, stream, state, toHex(leaf));
    state.last = entry;
    checkPlace(report, entry, checkpoint);
    noteDigests(entry, stream, found);
    found.entries.push({ seq: entry.seq, leaf, stream });
    report.add("entries");
  }
  if (broken) report.refused("stream", path, broken);
  if (state.head) found.heads.set(stream, state.head);
  else report.bad("stream", path, "empty-stream");
}

function checkOrder(report, entry, last) {
  if (!last) return;
  if (entry.seq <= last.seq) report.bad("sequence", `entry ${entry.seq}`, "out-of-order", { other: last.seq });
  if (entry.log !== last.log) report.bad("origin", `entry ${entry.seq}`, "other-log");
  if (entry.time < last.time) report.bad("time", `entry ${entry.seq}`, "dated-before");
}

function checkLink(report, entry, stream, state, leaf) {
  const link = entry.streams.find(({ id }) => id === stream);
  if (!link) {
    report.bad("stream", `entry ${entry.seq}`, "foreign", { stream });
    return;
  }
  const expected = state.head ? state.head.n + 1 : 0;
  const values = { stream, n: link.n, expected };
  if (link.n > expected) report.bad("stream", `entry ${entry.seq}`, "link-missing", values);
  else if (link.n < expected) report.bad("stream", `entry ${entry.seq}`, "link-again", values);
  else if (state.head && link.prev !== state.head.hash) report.bad("stream", `entry ${entry.seq}`, "link-altered", values);
  state.head = { n: link.n, hash: leaf };
}

function checkPlace(report, entry, checkpoint) {
  if (!checkpoint) return;
  if (entry.log !== checkpoint.origin) report.bad("entry", `entry ${entry.seq}`, "other-log");
  if (entry.seq >= checkpoint.size) report.bad("entry", `entry ${entry.seq}`, "beyond");
}

function noteDigests(entry, stream, found) {
  if (!["item.received", "item.examined"].includes(entry.action) || entry.outcome !== "done") return;
  if (!stream.startsWith("item/")) return;
  const item = stream.slice(5);
  for (const value of Object.values(entry.subject)) found.named.add(`${item} ${entry.action} ${value}`);
  if (entry.action === "item.examined") found.examined.set(item, (found.examined.get(item) ?? 0) + 1);
}

function compareHeads(report, heads, ends) {
  for (const [stream, head] of Object.entries(heads.streams)) {
    const end = ends.get(stream);
    const path = streamPath(stream);
    if (!end) report.bad("stream", path, "stream-gone");
    else if (end.n !== head.n) report.bad("stream", path, "head-number", { n: end.n, expected: head.n });
    else if (end.hash !== head.hash) report.bad("stream", path, "head-hash");
  }
  for (const stream of ends.keys()) {
    if (!Object.hasOwn(heads.streams, stream)) report.bad("head", "proof/heads.json", "no-head", { stream });
  }
}

/** The tiles, from the leaves on, make up the checkpoint's tree; exported entries are its leaves. */
async function checkTree(bag, report, checkpoint, histories, progress) {
  if (!checkpoint) {
    report.unknown("tree", "proof/tile/", "no-checkpoint");
    return;
  }
  const expected = new Set();
  const frontier = new Frontier();
  const waiting = histories.entries.sort((one, other) => one.seq - other.seq);
  let roots = [];
  let next = 0;
  const tiles = Math.ceil(checkpoint.size / TILE_WIDTH);
  for (let index = 0; index < tiles; index += 1) {
    const width = Math.min(TILE_WIDTH, checkpoint.size - index * TILE_WIDTH);
    const path = tilePath(0, index, width);
    const hashes = await readTile(bag, report, path, width);
    if (!hashes) {
      report.unknown("tree", "proof/tile/", "no-tree");
      return;
    }
    expected.add(path);
    for (; next < waiting.length && waiting[next].seq < index * TILE_WIDTH + width; next += 1) {
      const { seq, leaf, stream } = waiting[next];
      if (!sameBytes(hashes[seq % TILE_WIDTH], leaf)) report.bad("entry", `entry ${seq}`, "not-a-leaf", { stream });
    }
    if (width === TILE_WIDTH) roots.push(pushTile(frontier, hashes));
    else for (const hash of hashes) frontier.push(hash);
    progress("tiles", index, tiles);
  }
  for (let level = 1; roots.length; level += 1) roots = await checkLevel(bag, report, level, roots, expected);
  report.counts.tiles = expected.size;
  for (const path of bag.under("proof/tile/")) if (!expected.has(path)) report.bad("tile", path, "extra-tile");
  if (!sameBytes(frontier.root(), checkpoint.root)) report.bad("tree", "proof/checkpoint", "other-root");
  report.ok("tree", "proof/checkpoint", "tree-ok", { tiles: expected.size });
  report.ok("entry", "all", "entries-ok");
}

function pushTile(frontier, hashes) {
  const root = treeRoot(hashes);
  frontier.push(root, 8);
  return root;
}

async function readTile(bag, report, path, width) {
  try {
    const bytes = await bag.read(path, TILE_WIDTH * HASH_BYTES);
    if (bytes.length !== width * HASH_BYTES) throw new Refusal("tile-size");
    return Array.from({ length: width }, (_, at) => bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES));
  } catch (error) {
    report.refused("tile", path, error);
    return null;
  }
}

/** One level above: its hashes are the roots of the full tiles below; resolves to the roots of its own full tiles. */
async function checkLevel(bag, report, level, hashes, expected) {
  const above = [];
  for (let index = 0; index * TILE_WIDTH < hashes.length; index += 1) {
    const tile = hashes.slice(index * TILE_WIDTH, (index + 1) * TILE_WIDTH);
    const path = tilePath(level, index, tile.length);
    expected.add(path);
    try {
      const bytes = await bag.read(path, TILE_WIDTH * HASH_BYTES);
      if (!sameBytes(bytes, joined(tile))) report.bad("tile", path, "tile-other");
    } catch (error) {
      report.refused("tile", path, error);
    }
    if (tile.length === TILE_WIDTH) above.push(treeRoot(tile));
  }
  return above;
}
