// Bytes: hex, UTF-8, base64, comparison, CRC. Whatever comes from outside and is refused raises Refusal.

class Refusal extends Error {
  constructor(code, values = {}) {
    super(code);
    this.code = code;
    this.values = values;
  }
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function toHex(bytes) {
  let text = "";
  for (const byte of bytes) text += HEX[byte];
  return text;
}

function fromHex(text) {
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = parseInt(text.slice(2 * at, 2 * at + 2), 16);
  return bytes;
}

function toUtf8(text) {
  return new TextEncoder().encode(text);
}

function fromUtf8(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refusal("not-utf8");
  }
}

/** Text with marks for what is none; a byte order mark is a character like any other, which a decoder would swallow. */
function asShown(bytes) {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** Strict RFC 4648 section 4: one spelling for each value. */
function fromBase64(text) {
  let binary = "";
  try {
    binary = atob(text);
  } catch {
    throw new Refusal("not-base64");
  }
  if (btoa(binary) !== text) throw new Refusal("not-base64");
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function sameBytes(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

function joined(parts) {
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Half characters (lone surrogates) are in no valid text. */
function isWellFormed(text) {
  return !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);
}

const CRC_TABLES = (() => {
  const tables = Array.from({ length: 4 }, () => new Uint32Array(256));
  for (let byte = 0; byte < 256; byte += 1) {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    tables[0][byte] = value;
  }
  for (let byte = 0; byte < 256; byte += 1) {
    for (let more = 1; more < 4; more += 1) {
      const before = tables[more - 1][byte];
      tables[more][byte] = (before >>> 8) ^ tables[0][before & 0xff];
    }
  }
  return tables;
})();

/** The CRC-32 of ZIP, going on from `crc`; four bytes at a time. */
function crc32(bytes, crc = 0) {
  const [one, two, three, four] = CRC_TABLES;
  let value = ~crc;
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) {
    value ^= bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    value = four[value & 0xff] ^ three[(value >>> 8) & 0xff] ^ two[(value >>> 16) & 0xff] ^ one[value >>> 24];
  }
  for (; at < bytes.length; at += 1) value = (value >>> 8) ^ one[(value ^ bytes[at]) & 0xff];
  return ~value >>> 0;
}
