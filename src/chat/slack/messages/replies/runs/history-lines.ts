import type { PlainGroup } from '../../../../../domain/ledger/canonical.js';
import type { LedgerEntry } from '../../../../../domain/ledger/ledger-entry.js';
import type { Reply } from '../../../../../domain/reply.js';
import type { RenderContext } from '../../wording.js';
import { runLines } from './run-lines.js';

/** Tells what is on record about a run, the latest first, one line each. */
export function historyLines(
  history: Extract<Reply, { kind: 'history' }>,
  renderContext: RenderContext,
): readonly string[] {
  const { formatter } = renderContext;
  const { entries, page, hasMore } = history;
  if (entries.length === 0) {
    const none = page > 1 ? `There is nothing on page ${page}.` : 'Nothing is on record about it.';
    return [...runLines(history, renderContext), none];
  }
  return [
    ...runLines(history, renderContext),
    formatter.label(
      page > 1 || hasMore ? `On record, latest first, page ${page}` : 'On record, latest first',
    ),
    ...entries.map((entry) => `• ${formatter.moment(entry.atMs)}: ${entryText(entry, renderContext)}`),
  ];
}

function entryText(entry: LedgerEntry, { formatter }: RenderContext): string {
  const { person, sent = {}, answered = {}, note = {} } = entry;
  const who = person ? nameOf(person, formatter) : 'somebody';
  const said = textOf(note, 'comment');
  const text = said === '' ? '' : `: “${formatter.text(said, 120)}”`;
  const wish = `${textOf(note, 'verb') === 'deny' ? 'denied' : 'approved'}${text}`;
  const outcome = formatter.text(
    [textOf(answered, 'kind'), textOf(answered, 'reason')].filter(Boolean).join(', '),
    80,
  );
  switch (entry.kind) {
    case 'vote':
      return `${who} ${wish} (${textOf(answered, 'have')} of ${textOf(answered, 'of')})`;
    case 'decision':
      return `${who} ${wish}; that decided it`;
    case 'refusal':
      return `${who} pressed ${formatter.text(textOf(note, 'verb'), 20)}; nothing was decided (${outcome})`;
    case 'withdrawal':
      return `${who} withdrew`;
    case 'taken-back':
      return `${who} took the decision back`;
    case 'signal':
      return `the decision was sent (${formatter.text(textOf(sent, 'output') || textOf(sent, 'verdict'), 60)})`;
    case 'signal-answer':
      return `what became of the decision: ${outcome}`;
    case 'ending':
      return `it was over here: ${outcome}`;
    case 'command':
      return `${who} asked for ${formatter.text(textOf(sent, 'verb'), 20)} (${outcome})`;
    case 'change':
      return `${formatter.text(textOf(sent, 'verb'), 20)} by ${who}: ${formatter.text(textOf(note, 'phase'), 20)}`;
    case 'change-outcome':
      return `what became of the change by ${who}: ${outcome}`;
    case 'told':
      return `its workflow asked for people (${outcome})`;
    default:
      return `${formatter.text(entry.kind, 40)} by ${who}${outcome === '—' ? '' : ` (${outcome})`}`;
  }
}

function nameOf(
  { name, ...id }: NonNullable<LedgerEntry['person']>,
  formatter: RenderContext['formatter'],
): string {
  return name === undefined ? formatter.person(id) : formatter.text(name, 60);
}

function textOf(group: PlainGroup, name: string): string {
  const value = group[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
