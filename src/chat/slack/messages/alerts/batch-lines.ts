import { systemOfChange } from '../../../../domain/change.js';
import type { ChangeOutcome, ChangeRecord } from '../../../../domain/change-record.js';
import { whereaboutsText } from '../cards/whereabouts.js';
import { changeOutcomeText } from '../replies/changes/change-lines.js';
import { changeText } from '../replies/changes/change-words.js';
import type { RenderContext } from '../wording.js';
import { runsText } from './incident-words.js';

/** Tells what became of changes that were asked for together: how many of what, then one line each. */
export function batchLines(
  records: readonly ChangeRecord[],
  renderContext: RenderContext,
): readonly string[] {
  const fate = records.length === 1 ? fateOf : briefFateOf;
  const lines = records.map((record) => lineOf(record, fate(record, renderContext), renderContext));
  return [batchHead(records, renderContext), ...lines];
}

/** Tells the same with no more than a word for each; for when the whole would be too long for a message. */
export function shortBatchLines(
  records: readonly ChangeRecord[],
  renderContext: RenderContext,
): readonly string[] {
  return [
    batchHead(records, renderContext),
    ...records.map((record) => `${codeOf(record, renderContext)} ${wordOf(record)}`),
  ];
}

function batchHead(records: readonly ChangeRecord[], renderContext: RenderContext): string {
  const [first] = records;
  if (!first) return 'Nothing was asked for.';
  const { act } = changeText[first.change.kind];
  const head = renderContext.formatter.label(`${act}: ${runsText(records.length)}`);
  const counts = new Map<string, number>();
  for (const record of records) counts.set(wordOf(record), (counts.get(wordOf(record)) ?? 0) + 1);
  const summary = [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
  return `${head} for ${renderContext.formatter.person(first.person)} — ${summary}.`;
}

function codeOf({ code, title }: ChangeRecord, { formatter }: RenderContext): string {
  return code === undefined ? formatter.text(title, 24) : formatter.exact(code, 24);
}

function lineOf(record: ChangeRecord, fate: string, { formatter }: RenderContext): string {
  const code = record.code === undefined ? '' : `${formatter.exact(record.code, 24)} `;
  return `${code}${formatter.text(record.title, 80)} — ${fate}`;
}

/** Of many restarted runs the ids of the new ones would bury what became of them. */
function briefFateOf(record: ChangeRecord, renderContext: RenderContext): string {
  const { change, outcome } = record;
  if (change.kind !== 'restart' || outcome?.kind !== 'done' || !outcome.now || !outcome.started)
    return fateOf(record, renderContext);
  const now = whereaboutsText(outcome.now, renderContext.formatter);
  return `${changeText.restart.done}. The new run is now ${now}.`;
}

function fateOf(record: ChangeRecord, renderContext: RenderContext): string {
  if (record.phase === 'over') return changeOutcomeText(record, renderContext);
  const system = renderContext.formatter.text(renderContext.labelOf(systemOfChange(record.change)), 60);
  if (record.phase === 'following') {
    const run = record.started
      ? ` It goes on as run ${renderContext.formatter.exact(record.started.id, 80)}.`
      : '';
    return `⏳ ${system} took it.${run}`;
  }
  return record.phase === 'sending' ? `⏳ on its way to ${system}` : '⏳ waits for its turn';
}

/** A word for each fate, so that fifty of them can be counted at a glance. */
const text: Readonly<Record<ChangeOutcome['kind'], string>> = {
  done: 'taken',
  'not-allowed': 'not allowed',
  'person-not-checked': 'not checked',
  'not-found': 'not found',
  'moved-meanwhile': 'moved meanwhile',
  'approval-open': 'approval open',
  refused: 'refused',
  unreachable: 'not reached',
  unknown: 'outcome not known',
  'not-sent': 'not sent',
};

function wordOf({ phase, outcome }: ChangeRecord): string {
  if (phase === 'over') return outcome ? text[outcome.kind] : 'over';
  return phase === 'proposed' ? 'not confirmed' : 'under way';
}
