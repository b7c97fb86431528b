// SHA-256 and SHA-512 (FIPS 180-4). The browser's own digests need a file whole in memory, so they do the files up to
// WHOLE bytes; larger ones go through the two classes below, block by block.

const WHOLE = 64 * 1024 * 1024;
const SMALL = 16 * 1024;

// The constants are the fractional parts of the square and cube roots of the first primes: computed, so that there is
// no table to mistype. SHA-256 uses the upper halves of those of SHA-512.
const ROOTS = (() => {
  const primes = [];
  for (let number = 2; primes.length < 80; number += 1) {
    if (primes.every((prime) => number % prime)) primes.push(number);
  }
  const root = (value, power) => {
    let guess = 1n << BigInt(Math.ceil(value.toString(2).length / power) + 1);
    for (;;) {
      const p = BigInt(power);
      const next = ((p - 1n) * guess + value / guess ** (p - 1n)) / p;
      if (next >= guess) return BigInt.asUintN(64, guess);
      guess = next;
    }
  };
  const halves = (numbers) => ({
    high: Int32Array.from(numbers, (number) => Number(BigInt.asIntN(32, number >> 32n))),
    low: Int32Array.from(numbers, (number) => Number(BigInt.asIntN(32, number))),
  });
  return {
    square: halves(primes.slice(0, 8).map((prime) => root(BigInt(prime) << 128n, 2))),
    cube: halves(primes.map((prime) => root(BigInt(prime) << 192n, 3))),
  };
})();

/** What both digests share: filling blocks, and the padding at the end. */
class Blocks {
  constructor(blockBytes) {
    this.block = new Uint8Array(blockBytes);
    this.view = new DataView(this.block.buffer);
    this.used = 0;
    this.length = 0;
  }

  update(bytes) {
    this.length += bytes.length;
    const size = this.block.length;
    let at = 0;
    if (this.used) {
      at = Math.min(size - this.used, bytes.length);
      this.block.set(bytes.subarray(0, at), this.used);
      this.used += at;
      if (this.used < size) return this;
      this.compress(this.view, 0);
      this.used = 0;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (; at + size <= bytes.length; at += size) this.compress(view, at);
    this.block.set(bytes.subarray(at));
    this.used = bytes.length - at;
    return this;
  }

  pad() {
    const bits = BigInt(this.length) * 8n;
    const size = this.block.length;
    this.block.fill(0, this.used);
    this.block[this.used] = 0x80;
    if (this.used >= size - size / 8) {
      this.compress(this.view, 0);
      this.block.fill(0);
    }
    this.view.setBigUint64(size - 8, bits);
    this.compress(this.view, 0);
  }
}

class Sha256 extends Blocks {
  constructor() {
    super(64);
    this.state = Int32Array.from(ROOTS.square.high);
    this.words = new Int32Array(64);
  }

  compress(view, start) {
    const { state, words } = this;
    const key = ROOTS.cube.high;
    for (let t = 0; t < 16; t += 1) words[t] = view.getInt32(start + 4 * t);
    for (let t = 16; t < 64; t += 1) {
      const x = words[t - 15];
      const y = words[t - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      words[t] = (words[t - 16] + s0 + words[t - 7] + s1) | 0;
    }
    let a = state[0];
    let b = state[1];
    let c = state[2];
    let d = state[3];
    let e = state[4];
    let f = state[5];
    let g = state[6];
    let h = state[7];
    for (let t = 0; t < 64; t += 1) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const one = (h + s1 + ((e & f) ^ (~e & g)) + key[t] + words[t]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
  }

  digest() {
    this.pad();
    const result = new DataView(new ArrayBuffer(32));
    this.state.forEach((word, at) => result.setInt32(4 * at, word));
    return new Uint8Array(result.buffer);
  }
}

class Sha512 extends Blocks {
  constructor() {
    super(128);
    this.high = Int32Array.from(ROOTS.square.high);
    this.low = Int32Array.from(ROOTS.square.low);
    this.wh = new Int32Array(80);
    this.wl = new Int32Array(80);
  }

  schedule(view, start) {
    const { wh, wl } = this;
    for (let t = 0; t < 16; t += 1) {
      wh[t] = view.getInt32(start + 8 * t);
      wl[t] = view.getInt32(start + 8 * t + 4);
    }
    for (let t = 16; t < 80; t += 1) {
      const xh = wh[t - 15];
      const xl = wl[t - 15];
      const yh = wh[t - 2];
      const yl = wl[t - 2];
      const s0h = ((xh >>> 1) | (xl << 31)) ^ ((xh >>> 8) | (xl << 24)) ^ (xh >>> 7);
      const s0l = ((xl >>> 1) | (xh << 31)) ^ ((xl >>> 8) | (xh << 24)) ^ ((xl >>> 7) | (xh << 25));
      const s1h = ((yh >>> 19) | (yl << 13)) ^ ((yl >>> 29) | (yh << 3)) ^ (yh >>> 6);
      const s1l = ((yl >>> 19) | (yh << 13)) ^ ((yh >>> 29) | (yl << 3)) ^ ((yl >>> 6) | (yh << 26));
      const low = (wl[t - 16] >>> 0) + (s0l >>> 0) + (wl[t - 7] >>> 0) + (s1l >>> 0);
      wl[t] = low | 0;
      wh[t] = (wh[t - 16] + s0h + wh[t - 7] + s1h + ((low / 0x100000000) | 0)) | 0;
    }
  }

  compress(view, start) {
    this.schedule(view, start);
    const { high, low, wh, wl } = this;
    const { high: kh, low: kl } = ROOTS.cube;
    let ah = high[0];
    let al = low[0];
    let bh = high[1];
    let bl = low[1];
    let ch = high[2];
    let cl = low[2];
    let dh = high[3];
    let dl = low[3];
    let eh = high[4];
    let el = low[4];
    let fh = high[5];
    let fl = low[5];
    let gh = high[6];
    let gl = low[6];
    let hh = high[7];
    let hl = low[7];
    for (let t = 0; t < 80; t += 1) {
      const s1h = ((eh >>> 14) | (el << 18)) ^ ((eh >>> 18) | (el << 14)) ^ ((el >>> 9) | (eh << 23));
      const s1l = ((el >>> 14) | (eh << 18)) ^ ((el >>> 18) | (eh << 14)) ^ ((eh >>> 9) | (el << 23));
      const chl = (el & fl) ^ (~el & gl);
      const oneL = (hl >>> 0) + (s1l >>> 0) + (chl >>> 0) + (kl[t] >>> 0) + (wl[t] >>> 0);
      const oneH = (hh + s1h + ((eh & fh) ^ (~eh & gh)) + kh[t] + wh[t] + ((oneL / 0x100000000) | 0)) | 0;
      const s0h = ((ah >>> 28) | (al << 4)) ^ ((al >>> 2) | (ah << 30)) ^ ((al >>> 7) | (ah << 25));
      const s0l = ((al >>> 28) | (ah << 4)) ^ ((ah >>> 2) | (al << 30)) ^ ((ah >>> 7) | (al << 25));
      const majl = (al & bl) ^ (al & cl) ^ (bl & cl);
      const twoL = (s0l >>> 0) + (majl >>> 0);
      const twoH = (s0h + ((ah & bh) ^ (ah & ch) ^ (bh & ch)) + ((twoL / 0x100000000) | 0)) | 0;
      hh = gh;
      hl = gl;
      gh = fh;
      gl = fl;
      fh = eh;
      fl = el;
      const sumE = (dl >>> 0) + ((oneL | 0) >>> 0);
      el = sumE | 0;
      eh = (dh + oneH + ((sumE / 0x100000000) | 0)) | 0;
      dh = ch;
      dl = cl;
      ch = bh;
      cl = bl;
      bh = ah;
      bl = al;
      const sumA = ((oneL | 0) >>> 0) + ((twoL | 0) >>> 0);
      al = sumA | 0;
      ah = (oneH + twoH + ((sumA / 0x100000000) | 0)) | 0;
    }
    this.add(0, ah, al);
    this.add(1, bh, bl);
    this.add(2, ch, cl);
    this.add(3, dh, dl);
    this.add(4, eh, el);
    this.add(5, fh, fl);
    this.add(6, gh, gl);
    this.add(7, hh, hl);
  }

  add(at, high, low) {
    const sum = (this.low[at] >>> 0) + (low >>> 0);
    this.low[at] = sum | 0;
    this.high[at] = (this.high[at] + high + ((sum / 0x100000000) | 0)) | 0;
  }

  digest() {
    this.pad();
    const result = new DataView(new ArrayBuffer(64));
    this.high.forEach((word, at) => {
      result.setInt32(8 * at, word);
      result.setInt32(8 * at + 4, this.low[at]);
    });
    return new Uint8Array(result.buffer);
  }
}

function sha256(...parts) {
  const digest = new Sha256();
  for (const part of parts) digest.update(part);
  return digest.digest();
}

/** Both digests of bytes that are in memory. */
async function digestsOf(bytes) {
  const browser = globalThis.crypto?.subtle;
  if (!browser || bytes.length < SMALL) {
    return [sha256(bytes), new Sha512().update(bytes).digest()];
  }
  const both = await Promise.all([browser.digest("SHA-256", bytes), browser.digest("SHA-512", bytes)]);
  return both.map((digest) => new Uint8Array(digest));
}

/** Both digests of pieces as they come, and how many bytes they were. */
async function digestsOfStream(pieces, seen) {
  const digests = [new Sha256(), new Sha512()];
  for await (const piece of pieces) {
    for (const digest of digests) digest.update(piece);
    seen(piece.length);
  }
  return digests.map((digest) => digest.digest());
}
