// A small ZIP reader (PKWARE APPNOTE 6.3.10), as strict as zip_records.py: the directory and the members must tell the
// same, members lie one right after another, and what is optional and could hide something is refused.

const ZIP = {
  full16: 0xffff,
  full32: 0xffffffff,
  descriptor: 1 << 3,
  utf8: 1 << 11,
  encrypted: (1 << 0) | (1 << 6) | (1 << 13),
  known: (1 << 1) | (1 << 2) | (1 << 3) | (1 << 11),
  maxFiles: 4000000,
  maxDepth: 16,
  maxTotal: 2 ** 44,
  maxRatio: 100,
  free: 2 ** 30,
  maxDirectory: 2 ** 29,
};

/** Not read, which says nothing about what it holds. */
class NotRead extends Refusal {}

/** Numbers, little end first, from some bytes. */
class Record {
  constructor(bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  short(at) {
    return this.view.getUint16(at, true);
  }

  long(at) {
    return this.view.getUint32(at, true);
  }

  wide(at) {
    const value = this.view.getBigUint64(at, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Refusal("zip-malformed");
    return Number(value);
  }
}

const MARK = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50, end64: 0x06064b50, locator: 0x07064b50 };

function readEnd(tail, total) {
  if (tail.length < 22) throw new Refusal("zip-end");
  const end = new Record(tail.subarray(tail.length - 22));
  if (end.long(0) !== MARK.end || end.short(20)) throw new Refusal("zip-end");
  let directory = { count: end.short(10), size: end.long(12), at: end.long(16) };
  let endAt = total - 22;
  if (tail.length >= 42 && new Record(tail.subarray(tail.length - 42)).long(0) === MARK.locator) {
    directory = readEnd64(tail, total, directory);
    endAt = total - 98;
  }
  const parts = [end.short(4), end.short(6)];
  if (parts.some((part) => part && part !== ZIP.full16) || end.short(8) !== end.short(10)) throw new Refusal("zip-parts");
  if (directory.at + directory.size !== endAt) throw new Refusal("zip-directory");
  return directory;
}

function readEnd64(tail, total, short) {
  if (tail.length < 98) throw new Refusal("zip-end");
  const locator = new Record(tail.subarray(tail.length - 42, tail.length - 22));
  const end = new Record(tail.subarray(tail.length - 98, tail.length - 42));
  const whole = { count: end.wide(32), size: end.wide(40), at: end.wide(48) };
  if (end.long(0) !== MARK.end64 || end.wide(4) !== 44 || locator.wide(8) !== total - 98 || end.wide(24) !== whole.count) {
    throw new Refusal("zip-end");
  }
  if (locator.long(4) || end.long(16) || end.long(20) || locator.long(16) > 1) throw new Refusal("zip-parts");
  const agrees = (told, full, value) => told === full || told === value;
  if (
    !agrees(short.count, ZIP.full16, whole.count) ||
    !agrees(short.size, ZIP.full32, whole.size) ||
    !agrees(short.at, ZIP.full32, whole.at)
  ) {
    throw new Refusal("zip-end");
  }
  return whole;
}

function extraFields(bytes) {
  const record = new Record(bytes);
  const fields = new Map();
  for (let at = 0; at < bytes.length; ) {
    if (at + 4 > bytes.length) throw new Refusal("zip-malformed");
    const kind = record.short(at);
    const end = at + 4 + record.short(at + 2);
    // 0x7075 is a second name.
    if (end > bytes.length || fields.has(kind) || kind === 0x7075) throw new Refusal("zip-malformed");
    fields.set(kind, bytes.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

function* readMembers(directory, count) {
  let at = 0;
  for (let number = 0; number < count; number += 1) {
    const header = new Record(directory.subarray(at, at + 46));
    if (header.bytes.length < 46 || header.long(0) !== MARK.central || header.short(32)) throw new Refusal("zip-malformed");
    const end = at + 46 + header.short(28) + header.short(30);
    if (end > directory.length) throw new Refusal("zip-malformed");
    yield readMember(header, directory.subarray(at + 46, at + 46 + header.short(28)), directory.subarray(at + 46 + header.short(28), end));
    at = end;
  }
  if (at !== directory.length) throw new Refusal("zip-directory");
}

function readMember(header, name, extra) {
  const values = [header.long(24), header.long(20), header.long(42)];
  const wide = new Record(extraFields(extra).get(1) ?? new Uint8Array());
  const missing = values.filter((value) => value === ZIP.full32).length;
  if (wide.bytes.length !== 8 * missing || header.short(34)) throw new Refusal("zip-malformed");
  let next = 0;
  const [size, packed, at] = values.map((value) => (value === ZIP.full32 ? wide.wide(8 * next++) : value));
  const [flags, method, crc, attributes] = [header.short(8), header.short(10), header.long(16), header.long(38)];
  return { name, flags, method, crc, packed, size, at, attributes, isFolder: name[name.length - 1] === 0x2f };
}

function memberPath(member) {
  if (!(member.flags & ZIP.utf8) && member.name.some((byte) => byte > 0x7f)) throw new Refusal("zip-alphabet");
  const path = fromUtf8(member.name).replace(/\/$/, "");
  checkPath(path);
  return path;
}

function memberRefusal(member) {
  const kind = (member.attributes >>> 16) & 0o170000;
  const dos = member.attributes & 0xffff;
  if (kind === 0o120000 || dos & 0x400) return "a-link";
  if ((kind && kind !== (member.isFolder ? 0o040000 : 0o100000)) || dos & 0x08) return "neither";
  if (dos & 0x10 && !member.isFolder) return "neither";
  if (member.isFolder && member.size) return "neither";
  if (member.flags & ZIP.encrypted) return "encrypted";
  if (member.flags & ~ZIP.known || ![0, 8].includes(member.method)) return "packed-otherwise";
  return !member.method && member.packed !== member.size ? "packed-otherwise" : null;
}

/** How many bytes stand before the member's own. */
async function checkLocal(file, member) {
  const header = new Record(await file.at(member.at, 30));
  if (header.bytes.length < 30 || header.long(0) !== MARK.local) throw new Refusal("zip-local");
  const nameBytes = header.short(26);
  const rest = await file.at(member.at + 30, nameBytes + header.short(28));
  if (rest.length !== nameBytes + header.short(28) || !sameBytes(rest.subarray(0, nameBytes), member.name)) {
    throw new Refusal("zip-local");
  }
  let [packed, size] = [header.long(18), header.long(22)];
  const wide = extraFields(rest.subarray(nameBytes)).get(1);
  if (wide?.length === 16) {
    const values = new Record(wide);
    if (size === ZIP.full32) size = values.wide(0);
    if (packed === ZIP.full32) packed = values.wide(8);
  }
  const late = (told) => !told && Boolean(member.flags & ZIP.descriptor);
  const same = (told, true_) => told === true_ || late(told);
  if (
    header.short(6) !== member.flags ||
    header.short(8) !== member.method ||
    !same(header.long(14), member.crc) ||
    !same(packed, member.packed) ||
    !same(size, member.size)
  ) {
    throw new Refusal("zip-local");
  }
  return 30 + rest.length;
}

/** Between a member's last byte and what comes next stands a descriptor, where it says so, and nothing else. */
async function checkGap(file, before, end, at) {
  const gap = at - end;
  if (!before || !(before.flags & ZIP.descriptor)) {
    if (gap) throw new Refusal("zip-gap");
    return;
  }
  if (![12, 16, 20, 24].includes(gap)) throw new Refusal("zip-gap");
  const record = new Record(await file.at(end, gap));
  const marked = gap === 16 || gap === 24 ? 4 : 0;
  if (record.bytes.length !== gap || (marked && record.long(0) !== 0x08074b50)) throw new Refusal("zip-gap");
  const size = (place) => (gap - marked === 12 ? record.long(marked + 4 + 4 * place) : record.wide(marked + 4 + 8 * place));
  if (record.long(marked) !== before.crc || size(0) !== before.packed || size(1) !== before.size) throw new Refusal("zip-gap");
}

/** Random reading with a window, so that headers between small members do not cost a read each. */
class Window {
  constructor(file) {
    this.file = file;
    this.start = 0;
    this.bytes = new Uint8Array();
  }

  async at(start, length) {
    if (start < this.start || start + length > this.start + this.bytes.length) {
      const end = Math.min(this.file.size, start + Math.max(length, 256 * 1024));
      this.bytes = new Uint8Array(await this.file.slice(start, end).arrayBuffer());
      this.start = start;
    }
    return this.bytes.subarray(start - this.start, start - this.start + length);
  }
}

class ZipFile {
  constructor(file) {
    this.file = file;
    this.isZip = true;
  }

  /** Every regular file, as in Zip.walk of zips.py; raises NotRead or Refusal. */
  async walk(report) {
    const window = new Window(this.file);
    const start = await window.at(0, 4);
    if (start[0] !== 0x50 || start[1] !== 0x4b) throw new NotRead("zip-none");
    const total = this.file.size;
    const directory = readEnd(await window.at(Math.max(0, total - 98), Math.min(98, total)), total);
    if (directory.count > ZIP.maxFiles) throw new Refusal("too-many");
    if (directory.size > ZIP.maxDirectory) throw new NotRead("zip-large");
    const bytes = new Uint8Array(await this.file.slice(directory.at, directory.at + directory.size).arrayBuffer());
    const base = bagBase(readMembers(bytes, directory.count));
    const found = [];
    let [end, unpacked, before] = [0, 0, null];
    for (const member of readMembers(bytes, directory.count)) {
      await checkGap(window, before, end, member.at);
      member.start = member.at + (await checkLocal(window, member));
      end = member.start + member.packed;
      before = member;
      unpacked += member.size;
      if (unpacked > ZIP.maxTotal || unpacked > Math.max(ZIP.free, ZIP.maxRatio * directory.at)) throw new NotRead("zip-large");
      const path = foundPath(report, member, base);
      if (path !== null) found.push({ path, size: member.size, pieces: () => this.pieces(member) });
    }
    await checkGap(window, before, end, directory.at);
    return found;
  }

  /** The member's bytes in pieces, checked against its size and CRC at their end. */
  async *pieces(member) {
    const packed = this.file.slice(member.start, member.start + member.packed);
    const pieces = member.method ? inflated(packed) : slicesOf(packed);
    let [size, crc] = [0, 0];
    try {
      for await (const piece of pieces) {
        size += piece.length;
        if (size > member.size) throw new Refusal("zip-more");
        crc = crc32(piece, crc);
        yield piece;
      }
    } catch (error) {
      throw error instanceof Refusal ? error : new Refusal("zip-damaged");
    }
    if (size !== member.size || crc !== member.crc) throw new Refusal("zip-other");
  }
}

/** Pieces as large as memory allows without notice: a browser's own streams give very small ones. */
async function* slicesOf(blob) {
  const size = 8 * 1024 * 1024;
  for (let at = 0; at < blob.size; at += size) yield new Uint8Array(await blob.slice(at, at + size).arrayBuffer());
}

/** Unpacked pieces; not every browser lets a stream be looped over. */
async function* inflated(blob) {
  const reader = blob.stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** The folder that the bag lies in, with a slash, or nothing: where the first declaration is, the top before all. */
function bagBase(members) {
  let base = null;
  for (const member of members) {
    const name = asShown(member.name);
    if (name === "bagit.txt") return "";
    const parts = name.split("/");
    if (base === null && parts.length === 2 && parts[1] === "bagit.txt") base = `${parts[0]}/`;
  }
  return base ?? "";
}

/** Where the member lies in the bag, null for a folder and for what is reported. */
function foundPath(report, member, base) {
  const shown = asShown(member.name);
  let path = "";
  try {
    path = memberPath(member);
  } catch (error) {
    report.refused("path", shown, error);
    return null;
  }
  const refusal = memberRefusal(member);
  const inner = path.startsWith(base) ? path.slice(base.length) : path;
  if (refusal) report.bad("path", shown, refusal);
  else if (!(member.isFolder ? `${path}/` : path).startsWith(base)) report.bad("path", shown, "outside", { base });
  else if (inner.split("/").length - 1 > ZIP.maxDepth) report.bad("path", shown, "too-deep");
  else if (!member.isFolder) return inner;
  return null;
}
