import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeSettingsDocs } from '../config/docs.js';
import { ConfigError, formatProblems, loadSettings, type Settings } from '../config.js';
import { approvalLifecycle } from '../domain/approval-lifecycle.js';
import { changeLifecycle } from '../domain/change.js';
import { incidentLifecycle } from '../domain/incident.js';
import type { LifecycleTable } from '../domain/lifecycle-table.js';
import { renderManifest } from '../slack/manifest.js';

/** Where settings are read from: every command that needs them takes this. */
export interface SettingsSource {
  /** The settings file. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Gives the path of a file from the root, by the name it really has; of one that is not there, as it is written. */
export function wholePath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return resolve(file);
  }
}

/** Gives the settings, or prints every problem and gives nothing. */
export function readSettings(source: SettingsSource): Settings | undefined {
  const read = tryToRead(source);
  return read instanceof ConfigError ? reportProblems(read) : read;
}

/** Gives the settings, or what is wrong with them. */
export function tryToRead({ file, env }: SettingsSource): Settings | ConfigError {
  try {
    return loadSettings({ file, env, readFile: (path) => readFileSync(path) });
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

/** Prints what is wrong with the settings; throws what is something else. */
export function reportProblems(error: unknown): undefined {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${formatProblems(error)}\n`);
}

/** Checks a settings file, or writes what is generated: documentation and manifest; returns the exit code. */
export async function settings(options: SettingsSource & { readonly write: boolean }): Promise<number> {
  if (options.write) {
    writeSettingsDocs(fileURLToPath(new URL('../../docs/', import.meta.url)));
    writeFileSync(new URL('../../docs/lifecycle.md', import.meta.url), renderLifecycleDocs());
    writeFileSync(new URL('../../manifest.yml', import.meta.url), manifest(undefined));
    return 0;
  }
  const found = readSettings(options);
  if (!found) return 2;
  for (const warning of found.warnings) process.stdout.write(`Note: ${warning}\n`);
  for (const note of found.notes) process.stdout.write(`Note: ${note}\n`);
  process.stdout.write(`${options.file} is valid.\n`);
  return 0;
}

/** Gives the Slack app manifest for Socket Mode, or, with a public address, for HTTP. */
export function manifest(url: string | undefined): string {
  return renderManifest(url === undefined ? { mode: 'socket' } : { mode: 'http', url });
}

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
