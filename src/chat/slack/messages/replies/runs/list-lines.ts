import type { ListState } from '../../../../../domain/command-line.js';
import type { Reply } from '../../../../../domain/reply.js';
import { listWords } from '../../../../../shared/list-words.js';
import { typedLine, type Wording } from '../../wording.js';
import { runLines } from './run-lines.js';

/** A message takes 50 blocks, and each run is one. */
const mostRows = 30;
const mostDefinitions = 40;
/** A menu in a message may not be long, since all blocks together may not. */
export const mostChoices = 20;

/** A list and what it was asked for. */
export type ListReply = Extract<Reply, { kind: 'list' }>;

/** Lists runs, two lines each. */
export function listLines(list: ListReply, wording: Wording): readonly string[] {
  return listGroups(list, wording).flat();
}

/** The lines of a list, in the groups that stand apart: its head, each run, and what is missing. */
export function listGroups(list: ListReply, wording: Wording): readonly (readonly string[])[] {
  const left = list.rows.length - mostRows;
  const rest = [
    ...(left > 0 ? [`${left} more on this page are not shown; more words find fewer.`] : []),
    ...silentLines(list.silent, 'their workflows are missing here', wording),
    ...cutLines(list.cut ?? [], wording),
  ];
  return [
    [listHead(list, wording)],
    ...list.rows.slice(0, mostRows).map((row) => runLines(row, wording)),
    ...(rest.length > 0 ? [rest] : []),
  ];
}

/** Names the systems that have more than was looked through. */
function cutLines(cut: readonly string[], { ink }: Wording): readonly string[] {
  if (cut.length === 0) return [];
  const names = cut.slice(0, 8).map((label) => ink.words(label, 60));
  return [`Only the newest workflows of ${listWords(names)} were looked through; words find older ones.`];
}

/** Heads a list: what it holds, and which page this is. */
function listHead({ state, text, page, rows, hasMore }: ListReply, { ink }: Wording): string {
  const words = text === undefined ? '' : ` with ${ink.exact(text, 80)}`;
  const what = `${listNames[state]}${words}`;
  if (rows.length === 0)
    return `${what}: ${page > 1 ? `nothing on page ${page}.` : 'none that you may see.'}`;
  return ink.label(page > 1 || hasMore ? `${what}, page ${page}` : what);
}

const listNames: Readonly<Record<ListState, string>> = {
  waiting: 'Waiting workflows',
  failed: 'Failed workflows',
  mine: 'Workflows you started',
  running: 'Running workflows',
  any: 'Workflows, newest first',
};

/** Asks which of several runs was meant. */
export function ambiguousLines(
  { typed, rows }: Extract<Reply, { kind: 'ambiguous' }>,
  wording: Wording,
): readonly string[] {
  const shown = rows.slice(0, mostChoices).flatMap((row) => runLines(row, wording));
  return [...ambiguousHead({ typed, rows }, wording), ...shown];
}

/** Says that one has to be chosen, and whether there are more than can be shown. */
export function ambiguousHead(
  { typed, rows }: Pick<Extract<Reply, { kind: 'ambiguous' }>, 'typed' | 'rows'>,
  { ink }: Wording,
): readonly string[] {
  const left = rows.length - mostChoices;
  return [
    `Several workflows fit ${ink.exact(typed, 120)}. Choose one, or type the short code of the one you mean. Nothing was done.`,
    ...(left > 0 ? [`There are ${left} more; more words find fewer.`] : []),
  ];
}

/** Names the systems that could not be asked; nothing when all could. */
export function silentLines(
  silent: readonly string[],
  consequence: string,
  { ink }: Wording,
): readonly string[] {
  if (silent.length === 0) return [];
  const names = silent.slice(0, 8).map((label) => ink.words(label, 60));
  return [`⚠️ ${listWords(names)} could not be asked; ${consequence}.`];
}

/** Lists recipes. */
export function definitionLines(
  { rows, silent }: Extract<Reply, { kind: 'definitions' }>,
  wording: Wording,
): readonly string[] {
  const { ink } = wording;
  const shown = rows.slice(0, mostDefinitions).map(({ definition: { name, version, type }, label }) => {
    const parts = [
      ink.words(name, 120),
      ...(version > 0 ? [`version ${version}`] : []),
      ...(type.trim() === '' ? [] : [ink.words(type, 60)]),
      ink.words(label, 60),
    ];
    return `• ${parts.join(' · ')}`;
  });
  const left = rows.length - shown.length;
  return [
    rows.length === 0 ? 'No workflow definitions that you may see.' : ink.label('Workflow definitions'),
    ...shown,
    ...(left > 0 ? [`+${left} more; ${typedLine(wording, 'definitions [words]')} finds them by name.`] : []),
    ...silentLines(silent, 'their definitions are missing here', wording),
  ];
}
