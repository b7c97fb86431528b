// Every sentence of the page in both languages; {names} stand for values. English first, then Arabic.

const WORDS = {
  // The page
  "page-title": ["Check a bundle", "فحص حزمة أدلة"],
  "page-lead": [
    "This page checks a bundle of evidence on this computer. It has no connection: nothing is sent, nothing is stored, and it works with the network unplugged.",
    "تفحص هذه الصفحة حزمة أدلة على هذا الحاسوب وحده. لا اتصال لها بأي شبكة: لا تُرسل شيئًا ولا تحفظ شيئًا، وتعمل والشبكة مقطوعة.",
  ],
  "choose-folder": ["Choose the bundle’s folder", "اختر مجلد الحزمة"],
  "choose-zip": ["Choose the ZIP file", "اختر ملف ZIP"],
  "or-drop": ["or drop either of them here", "أو أفلت أحدهما هنا"],
  "upload-note": [
    "For a folder the browser may ask whether to “upload” its files. That is its word for letting this page read them; they stay here.",
    "قد يسألك المتصفح عند اختيار مجلد هل تريد «رفع» ملفاته. هذه عبارته للسماح لهذه الصفحة بقراءتها، ولا تغادر الملفات هذا الحاسوب.",
  ],
  "paper-label": ["Fingerprints from paper (recommended)", "البصمات المطبوعة على الورق (يُنصح بها)"],
  "paper-hint": [
    "64 letters and digits each, one a line. A bundle encloses its own keys: only fingerprints that reached you another way show that they are genuine. Enter them before you choose.",
    "كل بصمة من ٦٤ حرفًا ورقمًا، بصمة في كل سطر. تحمل الحزمة مفاتيحها معها، ولا يُثبت أصالتها إلا بصمات وصلتك من طريق آخر. أدخلها قبل الاختيار.",
  ],
  "checking-files": ["Computing digests of all files", "حساب بصمات جميع الملفات"],
  "checking-streams": ["Reading histories", "قراءة السجلات"],
  "checking-tiles": ["Computing the tree", "حساب الشجرة"],
  "checking-receipts": ["Reading receipts", "قراءة الإيصالات"],
  "checking-examinations": ["Reading examinations", "قراءة الفحوص"],
  sound: ["Sound", "سليمة"],
  "sound-lead": [
    "Everything that was checked holds. What was not checked is listed below.",
    "كل ما فُحص صحيح. وما لم يُفحص مذكور أدناه.",
  ],
  unsound: ["Unsound", "غير سليمة"],
  "unsound-lead": ["What is listed first does not hold.", "ما هو مذكور أولًا غير صحيح."],
  unknown: ["Could not tell", "تعذّر الحكم"],
  "unknown-lead": [
    "Nothing was found wrong, but what is listed first could not be checked.",
    "لم يُعثر على خطأ، لكن ما هو مذكور أولًا تعذّر فحصه.",
  ],
  "state-ok": ["holds", "صحيح"],
  "state-bad": ["does not hold", "غير صحيح"],
  "state-unknown": ["could not be told", "تعذّر الحكم"],
  facts: ["What was checked", "ما فُحص"],
  left: ["What was not checked", "ما لم يُفحص"],
  keys: ["Keys enclosed: compare with paper", "المفاتيح المرفقة: قارنها بالورق"],
  "key-authority": ["SHA-256 of the authority’s certificate", "بصمة SHA-256 لشهادة الجهة المُصدِرة"],
  "key-ledger": ["SHA-256 of the ledger’s key", "بصمة SHA-256 لمفتاح السجل"],
  "key-confirmed": ["same as on your paper", "مطابقة لما على ورقتك"],
  machine: ["The verdict for machines (JSON)", "الحكم بصيغة مقروءة آليًا (JSON)"],
  copy: ["Copy", "نسخ"],
  copied: ["Copied", "نُسخ"],
  again: ["Check another bundle", "فحص حزمة أخرى"],
  foot: [
    "The Python verifier beside this page checks certificates and signatures too. README.txt gives the same steps with commands that others wrote.",
    "برنامج بايثون المرفق إلى جانب هذه الصفحة يفحص الشهادات والتواقيع أيضًا. ويذكر ملف README.txt الخطوات نفسها بأوامر كتبها غيرنا.",
  ],
  "count-files": ["files", "ملفات"],
  "count-bytes": ["bytes", "بايت"],
  "count-entries": ["entries", "قيود"],
  "count-streams": ["histories", "سجلات"],
  "count-tiles": ["tiles", "ألواح"],
  "count-originals": ["originals", "أصول"],
  "count-receipts": ["receipts", "إيصالات"],
  "count-examinations": ["examinations", "فحوص"],
  "count-names": ["names", "أسماء"],

  // Facts
  "fact-bag": ["bag", "الحزمة"],
  "fact-bundle": ["bundle", "الحزمة"],
  "fact-zip": ["ZIP file", "ملف ZIP"],
  "fact-path": ["path", "مسار"],
  "fact-file": ["file", "ملف"],
  "fact-manifest": ["manifest", "بيان الملفات"],
  "fact-original": ["original", "أصل"],
  "fact-receipt": ["receipt", "إيصال"],
  "fact-examination": ["examination", "فحص"],
  "fact-name": ["name", "اسم"],
  "fact-key": ["key", "مفتاح"],
  "fact-checkpoint": ["checkpoint", "نقطة تحقق"],
  "fact-head": ["head", "رأس السجل"],
  "fact-stream": ["history", "سجل"],
  "fact-sequence": ["sequence", "ترتيب"],
  "fact-origin": ["origin", "منشأ"],
  "fact-time": ["time", "وقت"],
  "fact-entry": ["entry", "قيد"],
  "fact-tree": ["tree", "الشجرة"],
  "fact-tile": ["tile", "لوح"],
  "fact-export": ["export", "التسليم"],
  "fact-seal": ["seal", "الختم"],

  // What holds
  "bag-ok": [
    "{files} files are exactly those of the manifests, byte for byte",
    "{files} من الملفات هي تمامًا ما في البيانات، بايتًا ببايت",
  ],
  "checkpoint-ok": [
    "the ledger’s key signed the tree of {size} entries of {log}",
    "وقّع مفتاح السجل شجرةً من {size} قيدًا من {log}",
  ],
  "streams-ok": ["{streams} histories are whole up to their committed heads", "{streams} من السجلات كاملة إلى رؤوسها المثبتة"],
  "tree-ok": ["the {tiles} tiles give the root that the checkpoint states", "تعطي الألواح ({tiles}) الجذر الذي تنص عليه نقطة التحقق"],
  "entries-ok": ["every exported entry is in that tree, at its number", "كل قيد مُصدَّر موجود في تلك الشجرة في رقمه"],
  "originals-ok": [
    "{originals} originals are the bytes that their receipts describe",
    "{originals} من الأصول هي البايتات التي تصفها إيصالاتها",
  ],
  "receipts-ok": [
    "{receipts} receipts are named by their item’s history (their signatures are not checked here)",
    "{receipts} من الإيصالات مذكورة في سجل مادتها (ولا تُفحص تواقيعها هنا)",
  ],
  "examinations-ok": [
    "{examinations} examinations are named likewise (their signatures are not checked here)",
    "{examinations} من الفحوص مذكورة كذلك (ولا تُفحص تواقيعها هنا)",
  ],
  "names-ok": [
    "{names} of {receipts} file names are disclosed and fit their receipts",
    "كُشف {names} من {receipts} من أسماء الملفات وهي توافق إيصالاتها",
  ],
  "export-ok": [
    "entry {seq} of {log}, {time}: this very bundle was made",
    "القيد {seq} من {log}، {time}: صُنعت هذه الحزمة بعينها",
  ],
  "confirmed-authority": ["the authority’s certificate has the fingerprint you gave", "لشهادة الجهة المُصدِرة البصمة التي أدخلتها"],
  "confirmed-ledger": ["the ledger’s key has the fingerprint you gave", "لمفتاح السجل البصمة التي أدخلتها"],

  // What was not checked
  "left-certificates": [
    "certificates, and the signatures of receipts, of examinations and of the seal: the Python verifier and OpenSSL check those",
    "الشهادات، وتواقيع الإيصالات والفحوص والختم: يفحصها برنامج بايثون وOpenSSL",
  ],
  "left-outside": [
    "outside parties: time-stamps, cosigners’ lines, and whether the tree extends the one of an earlier bundle: the Python verifier checks those",
    "الأطراف الخارجية: الأختام الزمنية وأسطر الموقّعين المشاركين، وهل تمتد الشجرة من شجرة حزمة سابقة: يفحصها برنامج بايثون",
  ],
  "left-pictures": [
    "what the pictures show, and whether what their embedded metadata claims is true",
    "ما تُظهره الصور، وهل ما تدّعيه بياناتها المضمّنة صحيح",
  ],
  "left-items": [
    "whether the case holds items that this bundle leaves out: only whole histories of the items named are promised",
    "هل في القضية مواد تركتها هذه الحزمة: لا تَعِد إلا بسجلات كاملة للمواد المذكورة",
  ],
  "left-ledgers": [
    "whether the operator showed others another ledger: compare this checkpoint with one that somebody else holds",
    "هل عرض المشغّل على غيرك سجلًا آخر: قارن نقطة التحقق هذه بنقطة يحتفظ بها غيرك",
  ],
  "left-times": [
    "when all this happened: the times are the ledger’s own; no outside time-stamp is looked at here",
    "متى حدث هذا كله: الأوقات أوقات السجل نفسه، ولا يُنظر هنا في ختم زمني خارجي",
  ],
  "left-links": [
    "whether a file of the folder is really a link to another place: a browser does not say; in a ZIP file it shows",
    "هل أحد ملفات المجلد وصلةٌ إلى مكان آخر في الحقيقة: المتصفح لا يقول ذلك، أما في ملف ZIP فيظهر",
  ],
  "left-authority": [
    "whether the authority’s certificate is genuine: trust comes from paper; compare its SHA-256 fingerprint {fingerprint}",
    "هل شهادة الجهة المُصدِرة أصلية: الثقة من الورق، فقارن بصمتها SHA-256‏: {fingerprint}",
  ],
  "left-ledger": [
    "whether the ledger’s key is genuine: trust comes from paper; compare its SHA-256 fingerprint {fingerprint}",
    "هل مفتاح السجل أصلي: الثقة من الورق، فقارن بصمته SHA-256‏: {fingerprint}",
  ],
  "left-between": [
    "{count} entries of {stream} made between this bundle and its seal",
    "{count} من قيود {stream} كُتبت بين هذه الحزمة وختمها",
  ],

  // Findings
  more: ["more findings about this are not listed", "نتائج أخرى من هذا النوع لم تُذكر"],
  broken: ["the page itself failed: {reason}", "تعطّلت الصفحة نفسها: {reason}"],
  unreadable: ["it cannot be read", "تتعذّر قراءته"],
  "not-there": ["it is not there", "غير موجود"],
  missing: ["it is missing", "مفقود"],
  altered: ["its bytes are not those of the manifest ({algorithms})", "بايتاته ليست ما في البيان ({algorithms})"],
  extra: ["an extra file: it is not in all manifests", "ملف زائد: ليس في جميع البيانات"],
  "too-large": ["it is too large", "أكبر مما يُقبل"],
  "too-long-here": [
    "it is longer than this page can read, so nothing was checked: use the Python verifier",
    "أطول مما تستطيع هذه الصفحة قراءته، فلم يُفحص شيء: استعمل برنامج التحقق بلغة بايثون",
  ],
  "too-many": ["there are too many files to be a bundle", "الملفات أكثر من أن تكون حزمة"],
  "too-deep": ["folders are nested too deeply", "المجلدات متداخلة أعمق مما يُقبل"],
  twice: ["it is there twice", "موجود مرتين"],
  line: ["a line is too long or does not end", "سطر أطول مما يُقبل أو بلا نهاية"],
  "not-utf8": ["it is not valid UTF-8", "ليس بترميز UTF-8 صحيح"],
  "not-base64": ["a key or signature is not base64", "مفتاح أو توقيع ليس بترميز base64"],
  "not-canonical": ["it is not canonical JSON", "ليس JSON بصيغته القياسية"],
  "not-of-its-form": ["it is not of its form", "ليس على صيغته"],
  "path-utf8": ["a path is not valid UTF-8", "مسار ليس بترميز UTF-8 صحيح"],
  "path-length": ["a path is empty or too long", "مسار فارغ أو أطول مما يُقبل"],
  "path-leaves": ["a path leaves the bag or has a part that names nothing", "مسار يخرج من الحزمة أو فيه جزء بلا اسم"],
  "path-elsewhere": ["a path means something else on another system", "مسار يعني شيئًا آخر على نظام آخر"],
  "path-control": ["a path has a control character", "في المسار محرف تحكّم"],
  "same-elsewhere": ["would be the same file as {other} on some systems", "يكون هو والملف {other} ملفًا واحدًا على بعض الأنظمة"],
  "folder-elsewhere": ["would be the folder of {other} on some systems", "يكون مجلد {other} على بعض الأنظمة"],
  "not-declared": ["it does not declare BagIt 1.0 in UTF-8", "لا يعلن BagIt 1.0 بترميز UTF-8"],
  fetch: [
    "a bundle is complete; it never names files to fetch from elsewhere",
    "الحزمة كاملة ولا تذكر ملفات تُجلب من مكان آخر",
  ],
  oxum: ["the payload is {bytes} bytes in {files} files, which it does not say", "المحتوى {bytes} بايت في {files} ملفًا، وهو لا يقول ذلك"],
  "manifest-line": ["a line is not a digest, two spaces and a path", "سطر ليس بصمةً ثم فراغين ثم مسارًا"],
  "manifest-kind": [
    "a payload manifest lists files under data/, a tag manifest all others",
    "بيان المحتوى يذكر ما تحت data/ وبيان الوسوم يذكر ما سواه",
  ],
  "manifest-twice": ["it names {path} twice", "يذكر {path} مرتين"],
  "zip-none": ["it is not a ZIP file", "ليس ملف ZIP"],
  "zip-large": [
    "it would unpack to more than can be read here, or than a bundle of its size has",
    "يُفك إلى أكثر مما يُقرأ هنا أو أكثر مما في حزمة بحجمه",
  ],
  "zip-end": [
    "the ZIP does not end with its own end record: it is cut short, or has a comment or more bytes",
    "لا ينتهي ملف ZIP بسجل نهايته: إما مبتور أو فيه تعليق أو بايتات زائدة",
  ],
  "zip-parts": ["the ZIP is one part of several", "ملف ZIP جزء من أجزاء"],
  "zip-directory": ["the ZIP’s directory is not where or what it says", "فهرس ملف ZIP ليس حيث يقول أو كما يقول"],
  "zip-malformed": ["the ZIP’s directory is malformed", "فهرس ملف ZIP غير صحيح الصيغة"],
  "zip-local": [
    "a member of the ZIP is another one than the directory says",
    "أحد أعضاء ملف ZIP غير ما يقوله الفهرس",
  ],
  "zip-gap": [
    "members of the ZIP overlap, lie in another order than listed, or have bytes between them",
    "أعضاء ملف ZIP متراكبة أو بغير ترتيب الفهرس أو بينها بايتات",
  ],
  "zip-alphabet": ["its name in the ZIP is not of the alphabet that it declares", "اسمه في ملف ZIP ليس بالأبجدية التي يعلنها"],
  "zip-more": ["it unpacks to more bytes than the ZIP says", "يُفك إلى بايتات أكثر مما يقول ملف ZIP"],
  "zip-damaged": ["its packed bytes are damaged", "بايتاته المضغوطة تالفة"],
  "zip-other": ["its bytes are not those that the ZIP says", "بايتاته ليست ما يقوله ملف ZIP"],
  "a-link": ["a link; a bundle holds files only", "وصلة؛ ولا تحوي الحزمة إلا ملفات"],
  neither: ["neither a file nor a folder", "ليس ملفًا ولا مجلدًا"],
  encrypted: ["it is encrypted", "مُعمّى"],
  "packed-otherwise": ["it is packed in a way that is not read here", "مضغوط بطريقة لا تُقرأ هنا"],
  outside: ["it lies outside the bag’s own folder, {base}", "خارج مجلد الحزمة {base}"],
  "no-such-key": ["no key of this bundle has the fingerprint you gave", "لا مفتاح في هذه الحزمة بالبصمة التي أدخلتها"],
  "no-key": ["there is no key to check its signature with", "لا مفتاح يُفحص به توقيعها"],
  "no-ed25519": [
    "this browser cannot check Ed25519 signatures: use a newer one or the Python verifier",
    "لا يستطيع هذا المتصفح فحص تواقيع Ed25519: استعمل متصفحًا أحدث أو برنامج بايثون",
  ],
  "note-malformed": ["it is not a signed checkpoint", "ليست نقطة تحقق موقّعة"],
  "not-signed": ["the ledger’s key did not sign it", "لم يوقّعها مفتاح السجل"],
  "wrong-signature": ["the signature of the ledger’s key is wrong", "توقيع مفتاح السجل خاطئ"],
  "other-log": ["it belongs to another ledger", "ينتمي إلى سجل آخر"],
  "heads-other-tree": ["it speaks of another tree than the checkpoint", "يتحدث عن شجرة غير شجرة نقطة التحقق"],
  "not-a-stream": ["its name is not that of a history", "اسمه ليس اسم سجل"],
  "no-case": [
    "there is no history but those of items: the case’s is missing",
    "لا سجل إلا سجلات المواد: سجل القضية مفقود",
  ],
  "not-an-entry": ["it is not an entry of its form", "ليس قيدًا على صيغته"],
  "empty-stream": ["it holds no entry", "لا قيد فيه"],
  "out-of-order": ["the entry comes after entry {other}", "يأتي القيد بعد القيد {other}"],
  "dated-before": ["the entry is dated before the one before it", "تاريخ القيد قبل تاريخ القيد السابق له"],
  foreign: ["the entry does not belong to the history {stream}", "لا ينتمي القيد إلى السجل {stream}"],
  "link-missing": [
    "history {stream}: number {expected} should follow, not {n}: what lies between is missing",
    "السجل {stream}: يجب أن يلي الرقم {expected} لا {n}: ما بينهما مفقود",
  ],
  "link-again": [
    "history {stream}: number {expected} should follow, not {n}, which had its place before",
    "السجل {stream}: يجب أن يلي الرقم {expected} لا {n} الذي سبق مكانه",
  ],
  "link-altered": [
    "history {stream}: number {n} does not follow from the entry before it: its hash is another one",
    "السجل {stream}: الرقم {n} لا يتبع القيد السابق له: بصمته غيرها",
  ],
  beyond: ["it is not in the tree of the checkpoint, which ends before it", "ليس في شجرة نقطة التحقق التي تنتهي قبله"],
  "case-gone": [
    "the history of the case that it was handed out of is missing",
    "سجل القضية التي سُلمت الحزمة منها مفقود",
  ],
  "of-no-case": ["it belongs to the history of no case", "لا ينتمي إلى سجل أي قضية"],
  "stream-gone": ["the history is missing; its head is committed", "السجل مفقود ورأسه مثبت"],
  "head-number": ["it ends with number {n}; the committed head is number {expected}", "ينتهي بالرقم {n} والرأس المثبت رقمه {expected}"],
  "head-hash": ["its last entry is not the one of the committed head", "قيده الأخير ليس قيد الرأس المثبت"],
  "no-head": ["no head is committed for the history {stream}", "لا رأس مثبتًا للسجل {stream}"],
  "no-checkpoint": [
    "without a checkpoint there is nothing to hold the tiles against",
    "لا شيء تُقابَل به الألواح بغير نقطة تحقق",
  ],
  "no-tree": ["the tree cannot be computed", "يتعذّر حساب الشجرة"],
  "not-a-leaf": ["the entry in history {stream} is not the ledger’s", "القيد في السجل {stream} ليس قيد السجل العام"],
  "tile-size": ["it has another size than its tile", "حجمه غير حجم لوحه"],
  "tile-other": ["it does not follow from the tiles below it", "لا ينتج من الألواح التي تحته"],
  "extra-tile": ["an extra file: the tree has no such tile", "ملف زائد: لا لوح كهذا في الشجرة"],
  "other-root": ["the tiles give another root than the checkpoint states", "تعطي الألواح جذرًا غير ما تنص عليه نقطة التحقق"],
  "no-inclusion": ["the inclusion proof does not lead to the root", "برهان الاحتواء لا يؤدي إلى الجذر"],
  "no-consistency": ["it does not extend the bundle’s checkpoint", "لا تمتد من نقطة تحقق الحزمة"],
  "not-an-original": ["its name is not the digest of an original", "اسمه ليس بصمة أصل"],
  "other-bytes": ["its bytes do not have the digest that its name promises", "ليس لبايتاته البصمة التي يعد بها اسمه"],
  "original-twice": ["the same original lies here twice", "الأصل نفسه هنا مرتين"],
  "signature-alone": ["a signature whose record is missing", "توقيع بلا سجله"],
  "no-signature": ["its signature is missing", "توقيعه مفقود"],
  "not-a-record-name": ["its name is not that of a record", "اسمه ليس اسم سجل من السجلات الموقّعة"],
  "not-a-record": ["it is not a record of its form", "ليس على صيغة السجلات الموقّعة"],
  "other-type": ["it is a record of another type than its name says", "نوعه غير ما يقوله اسمه"],
  "not-named": ["no entry {action} of its item names this record", "لا قيد {action} لمادته يذكره"],
  "other-item": ["it is about another item: {item}", "يخص مادة أخرى: {item}"],
  "original-gone": ["the original of {ern} is missing or altered", "أصل {ern} مفقود أو محرّف"],
  "original-other": ["the original of {ern} has another size or SHA-512", "لأصل {ern} حجم أو بصمة SHA-512 غيرهما"],
  "no-receipt": ["there is no receipt for it", "لا إيصال له"],
  "examined-other": ["it examined other bytes than those of the item", "فحص بايتات غير بايتات المادة"],
  "history-gone": ["the item’s history is missing", "سجل المادة مفقود"],
  "ern-twice": ["two items have this evidence reference number", "لمادتين رقم الدليل هذا"],
  "examinations-other": [
    "its history tells of {told} examinations; {found} are here",
    "يذكر سجلها {told} من الفحوص والموجود هنا {found}",
  ],
  "name-other": ["the name handed over is not the one in the receipt", "الاسم المُسلَّم ليس الاسم الذي في الإيصال"],
  "shows-another": ["it shows another name than it holds", "يعرض اسمًا غير الذي يحمله"],
  "no-export": ["the entry does not say that a bundle was handed over", "لا يقول القيد إن حزمة سُلّمت"],
  "not-committed": [
    "its digest is not among those that entry {seq} commits to",
    "بصمته ليست من البصمات التي يثبتها القيد {seq}",
  ],
  "not-continued": [
    "entry {seq} does not continue the history from its committed head",
    "القيد {seq} لا يتابع السجل من رأسه المثبت",
  ],
  "export-elsewhere": [
    "the entry is not one of this ledger made after the bundle’s checkpoint",
    "القيد ليس من قيود هذا السجل المكتوبة بعد نقطة تحقق الحزمة",
  ],
  "proof-other": ["the proof is about another entry or other trees", "البرهان يخص قيدًا آخر أو أشجارًا أخرى"],
};

/** A sentence in a language; the values in it are isolated, so that they do not turn the direction of what follows. */
function say(language, code, values = {}) {
  const sentence = WORDS[code][language === "ar" ? 1 : 0];
  return sentence.replace(/\{(\w+)\}/g, (_, name) => {
    const value = plain(String(values[name]));
    return language === "ar" ? `\u2068${value}\u2069` : value;
  });
}

/** Untrusted text with nothing in it that could reorder what is read. */
function plain(untrusted) {
  return untrusted.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu,
    (character) => `\\u{${character.codePointAt(0).toString(16)}}`,
  );
}
