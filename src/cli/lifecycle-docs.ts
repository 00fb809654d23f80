import { approvalLifecycle } from '../domain/approval-lifecycle.js';
import { changeLifecycle } from '../domain/change-lifecycle.js';
import { incidentLifecycle } from '../domain/incident-lifecycle.js';
import type { LifecycleTable } from '../domain/lifecycle-table.js';

/** Renders `docs/lifecycle.md`: every life the bot keeps, each as a diagram and as tables. */
export function renderLifecycleDocs(tables: readonly LifecycleTable[] = lifecycles): string {
  return `${[introduction, ...tables.map(renderLifecycle)].join('\n')}`;
}

/** Every table of a life there is. */
const lifecycles: readonly LifecycleTable[] = [approvalLifecycle, changeLifecycle, incidentLifecycle];

const introduction = `# Lifecycles

<!-- Written by "npm run fix" from the tables in src/domain. Changes made here are lost. -->

Each life is one table in \`src/domain\`: its states, what each promises to people, and what may follow. Whoever changes
something goes through the table, in the transaction that saves it. An event that is not listed for a state changes
nothing there: it came too late, or somebody else was faster.
`;

function renderLifecycle(table: LifecycleTable): string {
  const { name, states, events, transitions } = table;
  const rows = transitions.map(({ from, event, to, note = '' }) => [
    code(from),
    code(event),
    to.map(code).join(', '),
    note,
  ]);
  return [
    `## ${name}`,
    '',
    renderDiagram(table),
    '',
    'Events that leave the state as it is are not in the diagram.',
    '',
    renderTable(
      ['State', 'Promises'],
      states.map(({ kind, promise }) => [code(kind), promise]),
    ),
    '',
    renderTable(
      ['Event', 'Means'],
      events.map(({ kind, meaning }) => [code(kind), meaning]),
    ),
    '',
    renderTable(['In', 'when', 'becomes', 'because'], rows),
    '',
  ].join('\n');
}

/** One arrow from a state to another, with every event that leads there. */
function renderDiagram({ states, transitions }: LifecycleTable): string {
  const [first] = states;
  const leading = new Map<string, string[]>();
  for (const { from, event, to } of transitions) {
    for (const next of to.filter((one) => one !== from)) {
      const arrow = `${idOf(from)} --> ${idOf(next)}`;
      leading.set(arrow, [...(leading.get(arrow) ?? []), event]);
    }
  }
  return [
    '```mermaid',
    'stateDiagram-v2',
    ...states.map(({ kind }) => `  state "${kind}" as ${idOf(kind)}`),
    ...(first ? [`  [*] --> ${idOf(first.kind)}`] : []),
    ...[...leading].map(([arrow, events]) => `  ${arrow}: ${events.join(', ')}`),
    ...states
      .filter(({ kind }) =>
        transitions.every(({ from, to }) => from !== kind || to.every((one) => one === kind)),
      )
      .map(({ kind }) => `  ${idOf(kind)} --> [*]`),
    '```',
  ].join('\n');
}

/** A dash would be read as part of an arrow. */
function idOf(kind: string): string {
  return kind.replaceAll('-', '_');
}

function code(text: string): string {
  return `\`${text}\``;
}

function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
