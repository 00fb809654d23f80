import type { ListState } from '../../../../../domain/command-line.js';
import type { Reply } from '../../../../../domain/reply.js';
import { joinList } from '../../../../../shared/list-words.js';
import { type RenderContext, typedLine } from '../../wording.js';
import { runLines } from './run-lines.js';

/** A message takes 50 blocks, and each run is one. */
const mostRows = 30;
const mostDefinitions = 40;
/** A menu in a message may not be long, since all blocks together may not. */
export const mostChoices = 20;

/** A list and what it was asked for. */
export type ListReply = Extract<Reply, { kind: 'list' }>;

/** Lists runs, two lines each. */
export function listLines(list: ListReply, renderContext: RenderContext): readonly string[] {
  return listGroups(list, renderContext).flat();
}

/** The lines of a list, in the groups that stand apart: its head, each run, and what is missing. */
export function listGroups(list: ListReply, renderContext: RenderContext): readonly (readonly string[])[] {
  const left = list.rows.length - mostRows;
  const rest = [
    ...(left > 0 ? [`${left} more on this page are not shown; more words find fewer.`] : []),
    ...silentLines(list.silent, 'their workflows are missing here', renderContext),
    ...cutLines(list.cut ?? [], renderContext),
  ];
  return [
    [listHead(list, renderContext)],
    ...list.rows.slice(0, mostRows).map((row) => runLines(row, renderContext)),
    ...(rest.length > 0 ? [rest] : []),
  ];
}

/** Names the systems that have more than was looked through. */
function cutLines(cut: readonly string[], { formatter }: RenderContext): readonly string[] {
  if (cut.length === 0) return [];
  const names = cut.slice(0, 8).map((label) => formatter.text(label, 60));
  return [`Only the newest workflows of ${joinList(names)} were looked through; words find older ones.`];
}

/** Heads a list: what it holds, and which page this is. */
function listHead({ state, text, page, rows, hasMore }: ListReply, { formatter }: RenderContext): string {
  const phrase = text === undefined ? '' : ` with ${formatter.exact(text, 80)}`;
  const what = `${listNames[state]}${phrase}`;
  if (rows.length === 0)
    return `${what}: ${page > 1 ? `nothing on page ${page}.` : 'none that you may see.'}`;
  return formatter.label(page > 1 || hasMore ? `${what}, page ${page}` : what);
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
  renderContext: RenderContext,
): readonly string[] {
  const shown = rows.slice(0, mostChoices).flatMap((row) => runLines(row, renderContext));
  return [...ambiguousHead({ typed, rows }, renderContext), ...shown];
}

/** Says that one has to be chosen, and whether there are more than can be shown. */
export function ambiguousHead(
  { typed, rows }: Pick<Extract<Reply, { kind: 'ambiguous' }>, 'typed' | 'rows'>,
  { formatter }: RenderContext,
): readonly string[] {
  const left = rows.length - mostChoices;
  return [
    `Several workflows fit ${formatter.exact(typed, 120)}. Choose one, or type the short code of the one you mean. Nothing was done.`,
    ...(left > 0 ? [`There are ${left} more; more words find fewer.`] : []),
  ];
}

/** Names the systems that could not be asked; nothing when all could. */
export function silentLines(
  silent: readonly string[],
  consequence: string,
  { formatter }: RenderContext,
): readonly string[] {
  if (silent.length === 0) return [];
  const names = silent.slice(0, 8).map((label) => formatter.text(label, 60));
  return [`⚠️ ${joinList(names)} could not be asked; ${consequence}.`];
}

/** Lists recipes. */
export function definitionLines(
  { rows, silent }: Extract<Reply, { kind: 'definitions' }>,
  renderContext: RenderContext,
): readonly string[] {
  const { formatter } = renderContext;
  const shown = rows.slice(0, mostDefinitions).map(({ definition: { name, version, type }, label }) => {
    const parts = [
      formatter.text(name, 120),
      ...(version > 0 ? [`version ${version}`] : []),
      ...(type.trim() === '' ? [] : [formatter.text(type, 60)]),
      formatter.text(label, 60),
    ];
    return `• ${parts.join(' · ')}`;
  });
  const left = rows.length - shown.length;
  return [
    rows.length === 0 ? 'No workflow definitions that you may see.' : formatter.label('Workflow definitions'),
    ...shown,
    ...(left > 0
      ? [`+${left} more; ${typedLine(renderContext, 'definitions [words]')} finds them by name.`]
      : []),
    ...silentLines(silent, 'their definitions are missing here', renderContext),
  ];
}
