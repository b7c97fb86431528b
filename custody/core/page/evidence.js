// Originals, receipts, examinations, names, and the seal: as evidence.py and seal.py, without the signatures.

async function checkEvidence(bag, report, checkpoint, histories, progress) {
  const evidence = { photos: new Map(), items: new Map(), examinations: new Map() };
  checkOriginals(bag, report, evidence);
  const paths = bag.under("data/records/");
  for (const examinations of [false, true]) {
    for (const [done, path] of paths.entries()) {
      progress(examinations ? "examinations" : "receipts", done, paths.length);
      if (path.includes(".examination-") === examinations) {
        await checkRecord(bag, report, checkpoint, histories, evidence, path);
      }
    }
  }
  checkWhole(report, histories, evidence);
  await checkNames(bag, report, evidence);
  report.ok("original", "all", "originals-ok", { originals: report.count("originals") });
  report.ok("receipt", "all", "receipts-ok", { receipts: report.count("receipts") });
  report.ok("examination", "all", "examinations-ok", { examinations: report.count("examinations") });
  report.ok("name", "all", "names-ok", { names: report.count("names"), receipts: report.count("receipts") });
}

function checkOriginals(bag, report, evidence) {
  for (const path of bag.under("data/photos/")) {
    const promised = /^data\/photos\/([0-9a-f]{64})\.[a-z0-9]{1,8}$/.exec(path)?.[1];
    const measured = bag.sha256(path);
    if (!promised) report.bad("original", path, "not-an-original");
    else if (measured && measured !== promised) report.bad("original", path, "other-bytes");
    else if (evidence.photos.has(promised)) report.bad("original", path, "original-twice");
    else {
      evidence.photos.set(promised, path);
      report.add("originals");
    }
  }
}

async function checkRecord(bag, report, checkpoint, histories, evidence, path) {
  const fact = factOf(path);
  if (path.endsWith(".p7s")) {
    if (!bag.has(path.slice(0, -4))) report.bad(fact, path, "signature-alone");
    return;
  }
  const named = /^data\/records\/([A-Za-z0-9-]{1,64})(?:\.examination-(0|[1-9][0-9]{0,5}))?\.json$/.exec(path);
  if (!named) {
    report.bad("file", path, "not-a-record-name");
    return;
  }
  const [, item, number] = named;
  let record;
  let bytes;
  try {
    bytes = await bag.read(path, MAX_RECORD_BYTES);
    record = readRecord(bytes);
  } catch (error) {
    report.refused(fact, path, error);
    return;
  }
  if (record.type !== (number === undefined ? "ingest-record/1" : "examination-record/1")) {
    report.bad(fact, path, "other-type");
    return;
  }
  if (number === undefined) takeReceipt(bag, report, evidence, path, item, record);
  else takeExamination(report, evidence, path, item, Number(number), record);
  if (checkpoint && record.log !== checkpoint.origin) report.bad(fact, path, "other-log");
  const action = number === undefined ? "item.received" : "item.examined";
  if (!histories.named.has(`${item} ${action} ${toHex(sha256(bytes))}`)) report.bad(fact, path, "not-named", { action });
  if (!bag.has(`${path}.p7s`)) report.bad(fact, path, "no-signature");
}

function takeReceipt(bag, report, evidence, path, item, record) {
  const { original, ern } = record;
  if (record.item !== item) report.bad("receipt", path, "other-item", { item: record.item });
  evidence.items.set(item, { ern, sha256: original.sha256, name: original.name });
  report.add("receipts");
  const photo = evidence.photos.get(original.sha256);
  const measured = photo && bag.measured.get(photo);
  if (!measured) report.bad("original", `item ${item}`, "original-gone", { ern });
  else if (bag.files.get(photo).size !== original.bytes || measured.sha512 !== original.sha512) {
    report.bad("original", `item ${item}`, "original-other", { ern });
  }
}

function takeExamination(report, evidence, path, item, number, record) {
  if (!evidence.examinations.has(item)) evidence.examinations.set(item, []);
  evidence.examinations.get(item).push(number);
  report.add("examinations");
  if (record.item !== item) report.bad("examination", path, "other-item", { item: record.item });
  const receipt = evidence.items.get(item);
  if (!receipt) report.bad("examination", path, "no-receipt");
  else if (receipt.sha256 !== record.original) report.bad("examination", path, "examined-other");
}

/** Every item has a receipt, a history and its bytes; nothing is there that belongs to no item. */
function checkWhole(report, histories, evidence) {
  const described = new Set([...evidence.items.values()].map(({ sha256: digest }) => digest));
  for (const [digest, path] of evidence.photos) if (!described.has(digest)) report.bad("original", path, "no-receipt");
  const erns = new Map();
  for (const [item, { ern }] of evidence.items) {
    if (!histories.heads.has(`item/${item}`)) report.bad("stream", `item ${item}`, "history-gone");
    if (erns.get(ern) === 1) report.bad("receipt", ern, "ern-twice");
    erns.set(ern, (erns.get(ern) ?? 0) + 1);
  }
  for (const stream of histories.heads.keys()) {
    if (stream.startsWith("item/") && !evidence.items.has(stream.slice(5))) {
      report.bad("receipt", `item ${stream.slice(5)}`, "no-receipt");
    }
  }
  for (const [item, told] of histories.examined) {
    const numbers = evidence.examinations.get(item) ?? [];
    if (numbers.length !== told || Math.max(...numbers) !== told - 1) {
      report.bad("examination", `item ${item}`, "examinations-other", { told, found: numbers.length });
    }
  }
}

async function checkNames(bag, report, evidence) {
  if (!bag.has("data/names.jsonl")) return;
  const seen = new Set();
  const { lines, broken } = await bag.lines("data/names.jsonl", MAX_NAME_LINE_BYTES);
  try {
    for (const line of lines) {
      const { item, digest } = readName(line);
      if (evidence.items.get(item)?.name !== digest) report.bad("name", `item ${item}`, "name-other");
      else if (seen.has(item)) report.bad("name", `item ${item}`, "twice");
      else {
        seen.add(item);
        report.add("names");
      }
    }
    if (broken) throw broken;
  } catch (error) {
    report.refused("name", "data/names.jsonl", error);
  }
}

/** The ledger's own statement that it handed over exactly this; the registrar's signature is not checked here. */
async function checkSeal(bag, report, key, checkpoint, heads) {
  let bytes;
  let entry;
  try {
    bytes = await bag.read("seal/export.json", MAX_ENTRY_BYTES);
    entry = readEntry(bytes);
  } catch (error) {
    report.refused("export", "seal/export.json", error);
    return;
  }
  if (entry.action !== EXPORT_ACTION || entry.outcome !== "done") report.bad("export", "seal/export.json", "no-export");
  const committed = Object.values(entry.subject);
  for (const [path, fact] of [["tagmanifest-sha256.txt", "export"], ["proof/heads.json", "head"]]) {
    if (!committed.includes(bag.sha256(path))) report.bad(fact, path, "not-committed", { seq: entry.seq });
  }
  if (heads) {
    checkSealCase(report, entry, heads);
    checkSealLinks(report, entry, heads);
  }
  const sealed = await loadCheckpoint(bag, report, key, "seal/checkpoint");
  if (checkpoint && sealed) await checkSealProof(bag, report, { entry, leaf: leafHash(bytes) }, checkpoint, sealed);
  if (!bag.has("seal/tagmanifest-sha256.txt.p7s")) report.bad("seal", "seal/tagmanifest-sha256.txt.p7s", "missing");
  report.ok("export", "seal/export.json", "export-ok", { seq: entry.seq, log: entry.log, time: entry.time });
}

/** Without the history of the case that it was handed out of, or with another's, a bundle tells too little. */
function checkSealCase(report, entry, heads) {
  const cases = entry.streams.map(({ id }) => id).filter((id) => id.startsWith("case/"));
  if (!cases.length) report.bad("stream", "seal/export.json", "of-no-case");
  for (const stream of cases) {
    if (!Object.hasOwn(heads.streams, stream)) report.bad("stream", stream, "case-gone");
  }
}

function checkSealLinks(report, entry, heads) {
  for (const link of entry.streams) {
    const head = Object.hasOwn(heads.streams, link.id) ? heads.streams[link.id] : null;
    const n = head ? head.n : -1;
    if (link.n <= n || (link.n === n + 1 && link.prev !== (head ? head.hash : null))) {
      report.bad("head", link.id, "not-continued", { seq: entry.seq });
    } else if (head && link.n > n + 1) {
      report.leftOut("left-between", { count: link.n - n - 1, stream: link.id });
    }
  }
}

async function checkSealProof(bag, report, { entry, leaf }, checkpoint, sealed) {
  const path = "seal/export.proof.json";
  let proof;
  try {
    proof = readExportProof(await bag.read(path, MAX_ENTRY_BYTES * 8));
  } catch (error) {
    report.refused("export", path, error);
    return;
  }
  if (entry.log !== checkpoint.origin || entry.seq < checkpoint.size) report.bad("export", "seal/export.json", "export-elsewhere");
  if (proof.index !== entry.seq || proof.size !== sealed.size || proof.old_size !== checkpoint.size) {
    report.bad("export", path, "proof-other");
    return;
  }
  try {
    verifyInclusion({ leaf, index: proof.index, size: proof.size, proof: proof.inclusion, root: sealed.root });
  } catch (error) {
    report.refused("export", path, error);
  }
  try {
    const roots = { oldSize: proof.old_size, oldRoot: checkpoint.root, size: proof.size, root: sealed.root };
    verifyConsistency({ ...roots, proof: proof.consistency });
  } catch (error) {
    report.refused("checkpoint", "seal/checkpoint", error);
  }
}
