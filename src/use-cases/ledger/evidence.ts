import { type Approval, subjectOf } from '../../domain/approval.js';
import type { InstanceRef } from '../../domain/instance.js';
import {
  type Anchor,
  anchorText,
  entryOf,
  type LedgerEntry,
  type LedgerRecord,
  type Plain,
  type PlainGroup,
  type RecordSigner,
} from '../../domain/ledger.js';
import type { Store } from '../../ports/store.js';
import { sha256Of } from '../../shared/fingerprint-of.js';
import { defined } from '../../shared/language.js';
import { showInvisible } from '../../shared/text.js';

type Repository = Pick<
  Store,
  | 'findByCode'
  | 'listApprovalsOf'
  | 'listLedgerSystems'
  | 'listLedgerOf'
  | 'findEvidence'
  | 'listLedgerHeads'
  | 'findRemoval'
>;

/** What is kept of what somebody was shown when they decided. */
type Shown =
  /** As Slack said it stood there, with the rule and the findings of then; `text` is null where Slack did not say. */
  | { readonly kind: 'kept'; readonly sha256: string; readonly was: KeptEvidence }
  /** Of a click that decided nothing, or of an older version: only the hash of the facts is on record. */
  | { readonly kind: 'hash-only' }
  /** The text was deleted since; its hash is still on record. */
  | { readonly kind: 'gone'; readonly sha256: string; readonly removedAt?: string }
  /** What is stored is not what its record was sealed with. */
  | { readonly kind: 'other'; readonly sha256: string };

/** What was stored with a vote or a decision; older versions stored less. */
interface KeptEvidence {
  readonly text: string | null;
  readonly on: string;
  readonly atMs: number;
  readonly revision: number;
  readonly facts: PlainGroup;
  readonly rule?: PlainGroup;
  readonly named?: PlainGroup;
  readonly findings?: readonly PlainGroup[];
}

/** Whether the seal of a record is that of its text and of the record before. */
type MacCheck = 'fits' | 'does-not-fit' | 'key-not-given';

/** Everything there is about one run, for somebody who was not there. */
export interface EvidencePack {
  readonly form: 1;
  readonly madeAt: string;
  readonly ref: InstanceRef;
  readonly approvals: readonly PlainGroup[];
  readonly records: readonly {
    readonly entry: LedgerEntry & { readonly number: number };
    readonly shown?: Shown;
    readonly macCheck: MacCheck;
    /** As it is stored, to the byte. */
    readonly stored: Pick<LedgerRecord, 'number' | 'body' | 'previous' | 'mac' | 'keyId'>;
  }[];
  /** The heads that were written down at or after the last of the records, the earliest first. */
  readonly anchors: readonly string[];
  /** The head of the chain as the store has it. */
  readonly head?: string;
}

/** What a pack is made with besides the store. */
interface PackOptions {
  readonly nowMs: number;
  /** Heads that were written down outside the store. */
  readonly anchors: readonly Anchor[];
  /** Gives what seals under a key's name; absent where the key was not given. */
  readonly signerOf: (keyId: string) => RecordSigner | undefined;
}

/** Finds the run that somebody names by its short code, or by its id in its system; absent if none is on record. */
export async function findRecorded(store: Repository, typed: string): Promise<InstanceRef | undefined> {
  const byCode = await store.findByCode(typed.toUpperCase());
  if (byCode) return byCode;
  for (const system of await store.listLedgerSystems()) {
    const ref = { system, id: typed };
    if ((await store.listLedgerOf(ref, { offset: 0, limit: 1 })).length > 0) return ref;
  }
  return undefined;
}

/** Puts together everything that is stored about a run. Nothing is drawn anew: what was not kept is said to be missing. */
export async function composeEvidence(
  store: Repository,
  ref: InstanceRef,
  { nowMs, anchors, signerOf }: PackOptions,
): Promise<EvidencePack> {
  const records = await recordsOf(store, ref);
  const last = records.at(-1)?.number ?? 0;
  const covering = anchors
    .filter(({ system, number }) => system === ref.system && number >= last)
    .sort((a, b) => a.number - b.number);
  const head = (await store.listLedgerHeads()).find(({ system }) => system === ref.system);
  const packed: EvidencePack['records'][number][] = [];
  for (const record of records) {
    const { number, body, previous, mac, keyId } = record;
    const entry = entryOf(record);
    packed.push({
      entry,
      ...defined({ shown: await shownAt(store, entry) }),
      macCheck: checkMac(record, signerOf(keyId)),
      stored: { number, body, previous, mac, keyId },
    });
  }
  const approvals = await store.listApprovalsOf(ref);
  return {
    form: 1,
    madeAt: new Date(nowMs).toISOString(),
    ref,
    approvals: [...approvals].reverse().map(requestOf),
    records: packed,
    anchors: [...new Set(covering.map(anchorText))],
    ...defined({ head: head && anchorText(head) }),
  };
}

async function recordsOf(store: Repository, ref: InstanceRef): Promise<readonly LedgerRecord[]> {
  const all: LedgerRecord[] = [];
  const limit = 500;
  for (let offset = 0; ; offset += limit) {
    const page = await store.listLedgerOf(ref, { offset, limit });
    all.push(...page);
    if (page.length < limit) return all.sort((a, b) => a.number - b.number);
  }
}

async function shownAt(store: Repository, { shown, code }: LedgerEntry): Promise<Shown | undefined> {
  if (!shown) return undefined;
  const { evidence: sha256 } = shown;
  if (sha256 === undefined) return { kind: 'hash-only' };
  const text = await store.findEvidence(sha256);
  if (text === undefined) {
    const atMs = code === undefined ? undefined : await store.findRemoval('code', code);
    return {
      kind: 'gone',
      sha256,
      ...(atMs === undefined ? {} : { removedAt: new Date(atMs).toISOString() }),
    };
  }
  return sha256Of(text) === sha256
    ? { kind: 'kept', sha256, was: JSON.parse(text) as KeptEvidence }
    : { kind: 'other', sha256 };
}

/** The seal of a record holds the one before, so it can be made again from the record alone. */
function checkMac({ previous, body, mac }: LedgerRecord, signer: RecordSigner | undefined): MacCheck {
  if (!signer) return 'key-not-given';
  return signer.sign(`${previous}\n${body}`) === mac ? 'fits' : 'does-not-fit';
}

/** Tells of an approval what was read of it; what only opens its buttons stays out. */
function requestOf({ instance, code, step, attempt, revision, ...rest }: Approval): PlainGroup {
  const { facts, definition, title, status, referenceId, ref } = instance;
  const { state, requirement, waitingSinceMs } = rest;
  return {
    code,
    subject: subjectOf({ instance }),
    instance: ref.id,
    referenceId,
    title,
    workflow: `${definition.name} (version ${definition.version})`,
    step,
    attempt,
    revision,
    waitingSince: new Date(waitingSinceMs).toISOString(),
    status: status.raw,
    state: state.kind === 'ended' ? `ended: ${state.ending.kind}` : state.kind,
    ...(state.kind === 'ended' ? { endedAt: new Date(state.atMs).toISOString() } : {}),
    requirement: plainOf(requirement),
    facts: plainOf(facts),
  };
}

/** Gives a value as JSON has it. */
function plainOf(value: object): PlainGroup {
  return JSON.parse(JSON.stringify(value));
}

/** Characters that cannot be seen stand in the file as their numbers; what is read from it is the same. */
const unseen = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** Writes a pack for programs: the sealed texts are in it to the byte. */
export function evidenceJson(pack: EvidencePack): string {
  const text = JSON.stringify(pack, null, 2);
  const numbered = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `${text.replace(unseen, numbered)}\n`;
}

/** Writes a pack as one page for people, which runs nothing, loads nothing, and prints. */
export function evidencePage(pack: EvidencePack): string {
  const { ref, approvals, madeAt } = pack;
  const codes = [...new Set(approvals.map(({ code }) => String(code)))].join(', ') || ref.id;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Evidence ${html(codes)}</title>
<style>${style}</style>
</head>
<body>
<h1>Evidence: ${html(codes)}</h1>
<p>Made by Countersign at ${html(madeAt)} from its store. Run <code>${html(ref.id)}</code> on <code>${html(ref.system)}</code>. Times are UTC. Characters that cannot be seen are shown as their code, such as <code>[U+202E]</code>; the JSON file beside this one has every sealed text to the byte.</p>
${approvals.length === 0 ? '<p>The request is no longer kept; its records in the ledger are.</p>' : approvals.map(requestSection).join('\n')}
<h2>What was decided, and on what</h2>
${decisionSections(pack)}
<h2>What happened, in order</h2>
${table(['Record', 'When', 'What', 'Who', 'Details'], pack.records.map(eventRow))}
<h2>Records of the ledger</h2>
${table(['Record', 'Seal', 'Check', 'Sealed text'], pack.records.map(recordRow))}
${verifySection(pack)}
</body>
</html>
`;
}

const style = `
body{font:15px/1.5 system-ui,sans-serif;color:#1d1c1d;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem;border-bottom:1px solid #ccc}h3{font-size:1rem;margin-bottom:.3rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0}th,td{border:1px solid #ccc;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#f4f4f4;white-space:nowrap}td{min-width:4.5rem}td:first-child:nth-last-child(2){min-width:8rem}td:first-child:nth-last-child(n+3){min-width:0}td>code{display:inline-block;min-width:18ch}code,pre{font:13px/1.4 ui-monospace,monospace;overflow-wrap:anywhere}pre{white-space:pre-wrap;background:#f8f8f8;border:1px solid #ddd;padding:.6rem}
.bad{color:#a30000;font-weight:bold}article{break-inside:avoid}
@media print{body{max-width:none;margin:0}h2{break-after:avoid}tr{break-inside:avoid}}`;

function requestSection(approval: PlainGroup): string {
  const { facts, requirement, code, subject, ...rest } = approval;
  const { signingRequest, ...others } = facts as PlainGroup;
  const request =
    typeof signingRequest === 'string'
      ? `<h3>Signing request</h3>\n<pre>-----BEGIN CERTIFICATE REQUEST-----\n${html((signingRequest.match(/.{1,64}/g) ?? []).join('\n'))}\n-----END CERTIFICATE REQUEST-----</pre>`
      : '<p>The bytes of a signing request are not kept: none was read, it holds a password, or an older version read it.</p>';
  return `<h2>The request ${html(String(code))}: ${html(String(subject))}</h2>
${table(['What', 'Value'], rowsOf({ ...rest, requirement }))}
<h3>As it was read last</h3>
${table(['Fact', 'Value'], rowsOf(others))}
${request}`;
}

const decisive: readonly LedgerEntry['kind'][] = ['vote', 'decision', 'withdrawal', 'taken-back'];

function decisionSections({ records }: EvidencePack): string {
  const found = records.filter(({ entry }) => decisive.includes(entry.kind));
  if (found.length === 0) return '<p>Nobody has decided anything here.</p>';
  return found.map(decisionSection).join('\n');
}

function decisionSection({ entry, shown }: EvidencePack['records'][number]): string {
  const { note = {}, identities = [], person } = entry;
  const was = shown?.kind === 'kept' ? shown.was : undefined;
  const rows = rowsOf({
    who: person && `${person.name ?? ''} (${person.teamId}/${person.userId})`,
    'known to the system as': identities,
    clicked: note.verb,
    comment: note.comment,
    'clicked at': was && time(was.atMs),
    'recorded at': time(entry.atMs),
    'revision of the facts': entry.shown?.revision,
    'by which rule': was?.rule,
    'named in it': was?.named,
    findings: was?.findings,
  });
  return `<article>
<h3>Record ${entry.number}: ${html(entry.kind)}</h3>
${table(['What', 'Value'], rows)}
${shownSection(shown)}
</article>`;
}

function shownSection(shown: Shown | undefined): string {
  switch (shown?.kind) {
    case 'kept': {
      const { text, on, facts } = shown.was;
      const stood =
        text === null
          ? '<p>Slack did not tell what stood there; nothing stands in for it.</p>'
          : `<p>What stood on the ${html(on)}, as Slack told it with the click (SHA-256 of what is kept: <code>${shown.sha256}</code>):</p>\n<pre>${html(text)}</pre>`;
      return `${stood}\n<details open><summary>The facts that were decided on</summary>${table(['Fact', 'Value'], rowsOf(facts))}</details>`;
    }
    case 'gone':
      return `<p>Hash only: ${shown.removedAt === undefined ? 'the text was deleted since' : `removed by retention on ${html(shown.removedAt)}`}. Its SHA-256 was <code>${html(shown.sha256)}</code>.</p>`;
    case 'other':
      return `<p class="bad">What is stored is not what was sealed: its SHA-256 should be ${html(shown.sha256)}.</p>`;
    default:
      return '<p>Hash only: no text was kept with this record, and none is rendered again.</p>';
  }
}

function eventRow({ entry }: EvidencePack['records'][number]): readonly string[] {
  const { number, atMs, kind, person, sent, answered, note, messages, trace } = entry;
  const more = {
    ...defined({ sent, answered, note, trace }),
    ...(messages ? { messages: [...messages] } : {}),
  };
  return [
    String(number),
    html(time(atMs)),
    html(kind),
    html(person ? `${person.name ?? ''} (${person.userId})` : ''),
    table([], rowsOf(more)),
  ];
}

const checks: Readonly<Record<MacCheck, string>> = {
  fits: 'the seal fits',
  'does-not-fit': '<span class="bad">the seal does not fit</span>',
  'key-not-given': 'not checked: the key was not given',
};

function recordRow({ stored, macCheck }: EvidencePack['records'][number]): readonly string[] {
  const { number, mac, previous, body, keyId } = stored;
  const unproven = keyId === 'none' ? ' (chained without a key: this proves nothing)' : '';
  return [
    String(number),
    `<code>${html(mac)}</code><br>key ${html(keyId)}<br>after <code>${html(previous)}</code>`,
    `${checks[macCheck]}${unproven}`,
    `<code>${html(body)}</code>`,
  ];
}

function verifySection({ anchors, head, ref, records }: EvidencePack): string {
  const last = records.at(-1)?.stored.number ?? 0;
  const [first] = anchors;
  const covered =
    first === undefined
      ? `<p>No head that was written down outside the store at record ${last} or later was given, so this page cannot show that nothing was exchanged since. The head in the store is <code>${html(head ?? 'none')}</code>.</p>`
      : `<p>Covered by the head <code>${html(first)}</code>, which was written down outside the store.</p>`;
  const bySystem = ref.system === '' ? "''" : ref.system;
  return `<h2>How to verify</h2>
${covered}
<ol>
<li>The seal of a record is the HMAC-SHA256, under <code>COUNTERSIGN_LEDGER_KEY</code>, of the seal before it, a line break, and its sealed text; take both from the JSON file (<code>records[].stored</code>).</li>
<li>The whole chain, in the store: <code>countersign audit verify${first === undefined ? '' : ` --head ${html(first)}`}</code>. It checks every record of ${html(bySystem)}, and the texts that were kept, against their seals.</li>
<li>The text of a decision: its SHA-256 stands in the sealed text of its record, as <code>shown.evidence</code>.</li>
<li>The signing request: <code>openssl req -in request.pem -outform DER | openssl asn1parse -inform DER -strparse 4 -noout -out signed</code>, then <code>openssl dgst -sha256 -binary signed | base64</code>: this is the fact <code>digest</code>, without the <code>=</code> at its end.</li>
</ol>`;
}

function time(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** Writes named values as rows; what is not there has none. */
function rowsOf(group: PlainGroup): readonly (readonly string[])[] {
  return Object.entries(group).flatMap(([name, value]) =>
    value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
      ? []
      : [[html(name), valueText(value)]],
  );
}

function valueText(value: Plain): string {
  if (typeof value !== 'object' || value === null) return html(String(value ?? '—'));
  if (isList(value)) return value.map(valueText).join('<br>');
  return Object.entries(value)
    .flatMap(([name, inner]) => (inner === undefined ? [] : [`${html(name)}: ${valueText(inner)}`]))
    .join(', ');
}

function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = heads.length === 0 ? '' : `<tr>${heads.map((one) => `<th>${one}</th>`).join('')}</tr>`;
  const body = rows.map((cells) => `<tr>${cells.map((one) => `<td>${one}</td>`).join('')}</tr>`).join('\n');
  return `<table>${head}\n${body}</table>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Writes a text so that a browser shows it and does nothing else with it. */
function html(text: string): string {
  return showInvisible(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
