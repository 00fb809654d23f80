import type { PlainGroup } from '../../../../../domain/ledger/canonical.js';
import type { LedgerEntry } from '../../../../../domain/ledger/ledger-entry.js';
import type { Reply } from '../../../../../domain/reply.js';
import type { Wording } from '../../wording.js';
import { runLines } from './run-lines.js';

/** Tells what is on record about a run, the latest first, one line each. */
export function historyLines(
  history: Extract<Reply, { kind: 'history' }>,
  wording: Wording,
): readonly string[] {
  const { ink } = wording;
  const { entries, page, hasMore } = history;
  if (entries.length === 0) {
    const none = page > 1 ? `There is nothing on page ${page}.` : 'Nothing is on record about it.';
    return [...runLines(history, wording), none];
  }
  return [
    ...runLines(history, wording),
    ink.label(page > 1 || hasMore ? `On record, latest first, page ${page}` : 'On record, latest first'),
    ...entries.map((entry) => `• ${ink.moment(entry.atMs)}: ${entryText(entry, wording)}`),
  ];
}

function entryText(entry: LedgerEntry, { ink }: Wording): string {
  const { person, sent = {}, answered = {}, note = {} } = entry;
  const who = person ? nameOf(person, ink) : 'somebody';
  const said = textOf(note, 'comment');
  const words = said === '' ? '' : `: “${ink.words(said, 120)}”`;
  const wish = `${textOf(note, 'verb') === 'deny' ? 'denied' : 'approved'}${words}`;
  const outcome = ink.words(
    [textOf(answered, 'kind'), textOf(answered, 'reason')].filter(Boolean).join(', '),
    80,
  );
  switch (entry.kind) {
    case 'vote':
      return `${who} ${wish} (${textOf(answered, 'have')} of ${textOf(answered, 'of')})`;
    case 'decision':
      return `${who} ${wish}; that decided it`;
    case 'refusal':
      return `${who} pressed ${ink.words(textOf(note, 'verb'), 20)}; nothing was decided (${outcome})`;
    case 'withdrawal':
      return `${who} withdrew`;
    case 'taken-back':
      return `${who} took the decision back`;
    case 'signal':
      return `the decision was sent (${ink.words(textOf(sent, 'output') || textOf(sent, 'verdict'), 60)})`;
    case 'signal-answer':
      return `what became of the decision: ${outcome}`;
    case 'ending':
      return `it was over here: ${outcome}`;
    case 'command':
      return `${who} asked for ${ink.words(textOf(sent, 'verb'), 20)} (${outcome})`;
    case 'change':
      return `${ink.words(textOf(sent, 'verb'), 20)} by ${who}: ${ink.words(textOf(note, 'phase'), 20)}`;
    case 'change-outcome':
      return `what became of the change by ${who}: ${outcome}`;
    case 'told':
      return `its workflow asked for people (${outcome})`;
    default:
      return `${ink.words(entry.kind, 40)} by ${who}${outcome === '—' ? '' : ` (${outcome})`}`;
  }
}

function nameOf({ name, ...id }: NonNullable<LedgerEntry['person']>, ink: Wording['ink']): string {
  return name === undefined ? ink.person(id) : ink.words(name, 60);
}

function textOf(group: PlainGroup, name: string): string {
  const value = group[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
