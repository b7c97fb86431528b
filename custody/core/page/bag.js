// The bag itself (RFC 8493), as bags.py and bagging.py check it: paths, manifests, digests, nothing missing, no extras.

const ALGORITHMS = ["sha256", "sha512"];
const DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
const MAX_TAG_BYTES = 64 * 1024;
const MAX_MANIFEST_LINE = 128 + 2 + 3 * 1024 + 1;
const MAX_WHOLE_FILE = 512 * 1024 * 1024;
// Small files are kept once they were read: asking the browser for each a second time costs more than all the digests.
const MAX_KEPT_FILE = 64 * 1024;
const MAX_KEPT = 64 * 1024 * 1024;
const SEAL = [
  ...["seal/export.json", "seal/export.proof.json", "seal/checkpoint"],
  ...["seal/tagmanifest-sha256.txt.p7s", "seal/tagmanifest-sha256.txt.tsr"],
];

function checkPath(path) {
  if (!isWellFormed(path)) throw new Refusal("path-utf8");
  const size = toUtf8(path).length;
  if (!size || size > 1024) throw new Refusal("path-length");
  if (/(?:^|\/)\.{0,2}(?:\/|$)/.test(path)) throw new Refusal("path-leaves");
  if (/^~|[\\:]|[. ](?:\/|$)/.test(path)) throw new Refusal("path-elsewhere");
  // biome-ignore lint: control characters are meant.
  if (/[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]/.test(path)) throw new Refusal("path-control");
}

/**
 * What is left of a path on a system that ignores case and Unicode form, as Python's casefold has it: a capital sharp s
 * is two letters, which it has no larger ones for, and an i without a dot stays what it is.
 */
function fold(path) {
  const parts = path.normalize("NFKC").replaceAll("\u1e9e", "ss").split("\u0131");
  return parts.map((part) => part.toUpperCase().toLowerCase()).join("\u0131").normalize("NFC");
}

/** A folder as the browser hands it over: links are followed unseen, so they cannot be told. */
class FolderFiles {
  constructor(files) {
    this.files = files;
    this.isZip = false;
  }

  async walk(report) {
    const found = [];
    if (this.files.length > ZIP.maxFiles) throw new Refusal("too-many");
    for (const { path, file } of this.files) {
      try {
        checkPath(path);
        if (path.split("/").length - 1 > ZIP.maxDepth) throw new Refusal("too-deep");
        found.push({ path, size: file.size, pieces: () => filePieces(file) });
      } catch (error) {
        report.refused("path", path, error);
      }
    }
    return found;
  }
}

async function* filePieces(file) {
  try {
    yield* slicesOf(file);
  } catch {
    throw new Refusal("unreadable");
  }
}

/** The bag's files: what is there, what was measured, what the manifests say. */
class Bag {
  constructor(source) {
    this.source = source;
    this.files = new Map();
    this.measured = new Map();
    this.kept = new Map();
    this.keptBytes = 0;
    this.listed = { sha256: new Map(), sha512: new Map() };
  }

  has(path) {
    return this.files.has(path);
  }

  /** Paths that begin with `prefix`, in the order of their bytes. */
  under(prefix) {
    return [...this.files.keys()].filter((path) => path.startsWith(prefix)).sort();
  }

  sha256(path) {
    return this.measured.get(path)?.sha256 ?? null;
  }

  /** The whole of a file; raises Refusal when it has more than `limit` bytes or cannot be read. */
  async read(path, limit) {
    const file = this.files.get(path);
    if (!file) throw new Refusal("not-there");
    if (file.size > limit) throw new Refusal("too-large");
    if (this.kept.has(path)) return this.kept.get(path);
    const pieces = [];
    for await (const piece of file.pieces()) pieces.push(piece);
    const bytes = joined(pieces);
    if (bytes.length <= MAX_KEPT_FILE && this.keptBytes + bytes.length <= MAX_KEPT) {
      this.kept.set(path, bytes);
      this.keptBytes += bytes.length;
    }
    return bytes;
  }

  /** Lines without their line feeds; `broken` says what ended the reading early, if anything did. */
  async lines(path, limit) {
    const lines = [];
    let bytes;
    try {
      bytes = await this.read(path, MAX_WHOLE_FILE);
    } catch (error) {
      return { lines, broken: error };
    }
    for (let start = 0; start < bytes.length; ) {
      const end = bytes.indexOf(10, start);
      if (end < 0 || end + 1 - start > limit) return { lines, broken: new Refusal("line") };
      lines.push(bytes.subarray(start, end));
      start = end + 1;
    }
    return { lines, broken: null };
  }
}

/** As bags.check: false when what the source holds was not looked at. */
async function checkBag(bag, report, progress) {
  try {
    for (const file of await bag.source.walk(report)) {
      if (bag.files.has(file.path)) report.bad("path", file.path, "twice");
      else bag.files.set(file.path, file);
    }
  } catch (error) {
    report.refused("zip", "all", error, error instanceof NotRead ? "unknown" : "bad");
    return false;
  }
  const long = longLists(bag);
  for (const path of long) report.unknown("bundle", path, "too-long-here");
  if (long.length) return false;
  checkCollisions(bag, report);
  await checkDeclaration(bag, report);
  for (const kind of ["manifest", "tagmanifest"]) {
    for (const algorithm of ALGORITHMS) await readManifest(bag, report, kind, algorithm);
  }
  await measureAll(bag, report, progress);
  compareDigests(bag, report);
  await checkSize(bag, report);
  if (!report.failed()) report.ok("bag", "all", "bag-ok", { files: report.count("files") });
  return true;
}

/** Files that are read line by line and are longer than this page holds, which says nothing against them. */
function longLists(bag) {
  const isList = (path) => /^(?:data\/streams\/.*|data\/names\.jsonl|(?:tag)?manifest-sha(?:256|512)\.txt)$/s.test(path);
  return [...bag.files.values()].filter(({ path, size }) => size > MAX_WHOLE_FILE && isList(path)).map(({ path }) => path);
}

function checkCollisions(bag, report) {
  const folded = new Map();
  const folders = new Map();
  for (const path of [...bag.files.keys()].sort()) {
    const name = fold(path);
    if (folded.has(name)) report.bad("path", folded.get(name), "same-elsewhere", { other: path });
    else folded.set(name, path);
    for (let at = name.indexOf("/"); at >= 0; at = name.indexOf("/", at + 1)) {
      if (!folders.has(name.slice(0, at))) folders.set(name.slice(0, at), path);
    }
  }
  for (const [name, path] of folded) {
    if (folders.has(name)) report.bad("path", path, "folder-elsewhere", { other: folders.get(name) });
  }
}

async function checkDeclaration(bag, report) {
  try {
    const bytes = await bag.read("bagit.txt", MAX_TAG_BYTES);
    if (!sameBytes(bytes, toUtf8(DECLARATION))) report.bad("bag", "bagit.txt", "not-declared");
  } catch (error) {
    report.refused("bag", "bagit.txt", error);
  }
  if (bag.has("fetch.txt")) report.bad("bag", "fetch.txt", "fetch");
}

async function readManifest(bag, report, kind, algorithm) {
  const name = `${kind}-${algorithm}.txt`;
  const listed = bag.listed[algorithm];
  const { lines, broken } = await bag.lines(name, MAX_MANIFEST_LINE);
  try {
    for (const line of lines) {
      const { digest, path } = readManifestLine(line, algorithm);
      if (path.startsWith("data/") !== (kind === "manifest")) throw new Refusal("manifest-kind");
      if (listed.has(path)) throw new Refusal("manifest-twice", { path });
      listed.set(path, digest);
    }
    if (broken) throw broken;
  } catch (error) {
    report.refused("manifest", name, error);
  }
}

function readManifestLine(line, algorithm) {
  const match = /^([0-9a-f]{64}|[0-9a-f]{128}) {2}([^]+)$/.exec(fromUtf8(line));
  if (!match) throw new Refusal("manifest-line");
  const path = match[2].replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
  const again = path.replace(/[%\n\r]/g, (character) => ({ "%": "%25", "\n": "%0A", "\r": "%0D" })[character]);
  if (again !== match[2]) throw new Refusal("manifest-line");
  checkPath(path);
  if (match[1].length * 4 !== Number(algorithm.slice(3))) throw new Refusal("manifest-line");
  return { digest: match[1], path };
}

/** Digests of all files: many small ones at once, few large ones, since those are held whole. */
async function measureAll(bag, report, progress) {
  const files = [...bag.files.values()];
  const total = files.reduce((sum, file) => sum + file.size, 0);
  let done = 0;
  const seen = (bytes) => {
    done += bytes;
    progress(done, total);
  };
  const isSmall = (file) => file.size <= MAX_KEPT_FILE;
  for (const [waiting, hands] of [
    [files.filter(isSmall), 16],
    [files.filter((file) => !isSmall(file)), 3],
  ]) {
    const work = async () => {
      for (let file = waiting.pop(); file; file = waiting.pop()) await measure(bag, report, file, seen);
    };
    await Promise.all(Array.from({ length: hands }, work));
  }
  report.counts.bytes = done;
}

async function measure(bag, report, file, seen) {
  try {
    let digests;
    if (file.size <= WHOLE) {
      const bytes = await bag.read(file.path, WHOLE);
      digests = await digestsOf(bytes);
      seen(bytes.length);
    } else {
      digests = await digestsOfStream(file.pieces(), seen);
    }
    bag.measured.set(file.path, { sha256: toHex(digests[0]), sha512: toHex(digests[1]) });
  } catch (error) {
    report.refused("file", file.path, error);
  }
}

function compareDigests(bag, report) {
  const { sha256: one, sha512: other } = bag.listed;
  for (const path of [...new Set([...one.keys(), ...other.keys()])].sort()) {
    const measured = bag.measured.get(path);
    const wrong = ALGORITHMS.filter((name) => bag.listed[name].has(path) && measured && bag.listed[name].get(path) !== measured[name]);
    if (!bag.has(path)) report.bad(factOf(path), path, "missing");
    else if (wrong.length) report.bad(factOf(path), path, "altered", { algorithms: wrong.join(", ") });
  }
  for (const path of bag.under("")) {
    const count = Number(one.has(path)) + Number(other.has(path));
    if (count < 2 && !SEAL.includes(path) && !/^tagmanifest-sha(256|512)\.txt$/.test(path)) report.bad("file", path, "extra");
  }
}

async function checkSize(bag, report) {
  const payload = bag.under("data/");
  const bytes = payload.reduce((sum, path) => sum + bag.files.get(path).size, 0);
  report.counts.files = payload.length;
  try {
    const text = asShown(await bag.read("bag-info.txt", MAX_TAG_BYTES));
    if (!text.split(/\r\n|\r|\n/).includes(`Payload-Oxum: ${bytes}.${payload.length}`)) {
      report.bad("bag", "bag-info.txt", "oxum", { bytes, files: payload.length });
    }
  } catch (error) {
    report.refused("bag", "bag-info.txt", error);
  }
}

const FACTS = [
  ["data/photos/", "original"],
  ["data/streams/", "stream"],
  ["data/names.jsonl", "name"],
  ["proof/tile/", "tile"],
  ["proof/checkpoint", "checkpoint"],
  ["proof/heads.json", "head"],
  ["proof/keys/", "key"],
];

/** The fact that a file's bytes stand for. */
function factOf(path) {
  if (path.startsWith("data/records/")) return path.includes(".examination-") ? "examination" : "receipt";
  return FACTS.find(([prefix]) => path.startsWith(prefix))?.[1] ?? "file";
}
