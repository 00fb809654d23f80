import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBackends } from '../backends/kind.js';
import { ConfigError, type Settings } from '../config.js';
import type { Instance } from '../domain/instance.js';
import type { Simulation } from '../domain/simulation.js';
import { createLog } from '../log.js';
import type { WorkflowBackend } from '../ports/backend.js';
import type { Store } from '../ports/store.js';
import { parseDuration, parseMoment } from '../shared/duration.js';
import { isPublicSuffix, toUnicode } from '../shared/host-names.js';
import { messageOf } from '../shared/language.js';
import { isPostgresUrl } from '../shared/text.js';
import { openStore } from '../stores/index.js';
import { simulate as simulateOn } from '../use-cases/simulate.js';
import { problemsAsChecks } from './doctor.js';
import { reportProblems, type SettingsSource, tryToRead } from './settings.js';

/** What was asked of a simulation; `file` holds the new settings. */
export interface SimulateCommand extends SettingsSource {
  /** The settings in force, which name the store as well. */
  readonly current: string;
  /** A span such as `30d`, or a moment. */
  readonly since: string;
  /** Whether what waits on the servers is judged besides what is stored. */
  readonly isFromServer: boolean;
  readonly isJson: boolean;
}

/**
 * Says what other settings would have changed about stored requests; returns the exit code: 0 nothing, 3 something, 2 if
 * it cannot be told. Only reads, also beside a running bot.
 */
export async function simulate(command: SimulateCommand): Promise<number> {
  const { file, current, env, isJson, isFromServer } = command;
  const fail = (text: string) => refuse(text, isJson);
  if (file === current)
    return fail('Name the new settings with --config, and those in force with --current.');
  const sinceMs = sinceOf(command.since, Date.now());
  if (sinceMs === undefined) return fail('--since is a span such as 30d, or a day such as 2026-01-01.');
  const [before, after] = [tryToRead({ file: current, env }), tryToRead({ file, env })];
  if (before instanceof ConfigError || after instanceof ConfigError) {
    const wrong = [before, after].filter((one) => one instanceof ConfigError);
    if (isJson) writeJson(wrong.flatMap(problemsAsChecks));
    else for (const one of wrong) reportProblems(one);
    return 2;
  }
  const { store: place, storePassword: password } = before;
  if (!isPostgresUrl(place) && !existsSync(place)) return fail(`There is no store at ${place}.`);
  const store = await openStore(place, { password, readOnly: true }).catch((error: unknown) =>
    messageOf(error),
  );
  if (typeof store === 'string') return fail(store);
  try {
    const hosts = { toUnicode, isPublicSuffix };
    const unread: string[] = [];
    const result = await simulateOn(store, {
      before: { ...before.policy, hosts },
      after: { ...after.policy, hosts },
      sinceMs,
      ...(isFromServer ? { more: waitingOn(before, store, unread) } : {}),
    });
    if (isJson) writeJson(result);
    else process.stdout.write(renderSimulation(result));
    for (const line of unread) process.stderr.write(`${line}\n`);
    if (result.changed > 0) return 3;
    return unread.length > 0 ? 2 : 0;
  } finally {
    await store.close();
  }
}

/** Whoever reads JSON reads JSON, in the form the doctor has. */
function refuse(text: string, isJson: boolean): 2 {
  if (isJson) writeJson([{ name: 'simulate', verdict: 'bad', detail: text }]);
  else process.stderr.write(`${text}\n`);
  return 2;
}

function writeJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

function sinceOf(text: string, nowMs: number): number | undefined {
  const span = parseDuration(text);
  return span === undefined ? parseMoment(text) : nowMs - span;
}

/** A server is asked no faster than this. */
const readEveryMs = 500;

/** Reads, two a second, what waits on the servers and is not stored; adds to `unread` what could not be read, and why. */
async function* waitingOn({ servers }: Settings, store: Store, unread: string[]) {
  const noNotes = { getNote: async () => undefined, putNote: async () => {} };
  const runtime = { log: createLog({ level: 'silent' }), now: Date.now, notes: noNotes, isReadOnly: true };
  for (const backend of (await createBackends(servers, runtime)).values()) {
    for await (const instance of waitingIn(backend, store, unread)) {
      const waitingSinceMs = instance.modifiedAtMs ?? Date.now();
      yield { code: instance.referenceId ?? instance.ref.id, instance, waitingSinceMs };
    }
  }
}

const pageSize = 50;

async function* waitingIn(
  { operations, getInstance, system }: WorkflowBackend,
  store: Store,
  unread: string[],
): AsyncGenerator<Instance, void> {
  try {
    for (let page = 1, hasMore = true; hasMore && operations.list; page += 1) {
      await sleep(readEveryMs);
      const listed = await operations.list({ state: 'waiting', page, pageSize });
      hasMore = listed.hasMore;
      if (page === 1 && listed.missingPermission !== undefined)
        unread.push(
          `${system}: the account lacks ${listed.missingPermission}, so only part of what waits is seen.`,
        );
      for (const { ref } of listed.instances) {
        if (await store.latestApprovalOf(ref)) continue;
        await sleep(readEveryMs);
        const reading = await getInstance(ref);
        if (reading.kind === 'found' && reading.instance.awaitsApproval) yield reading.instance;
      }
    }
  } catch (error) {
    unread.push(`${system}: ${messageOf(error)}; the rest of what waits there is left out.`);
  }
}

/** Writes how many requests would have been treated otherwise, and a line for each difference. */
export function renderSimulation({ sinceMs, requests, notKnown, changed, differences }: Simulation): string {
  const since = new Date(sinceMs).toISOString().slice(0, 10);
  const head = `${requests} requests since ${since}: ${changed} would be treated differently, ${notKnown} not known.`;
  const rows = differences.map(({ kind, rules, from, to, isWeaker, count, codes }) => [
    isWeaker ? `! ${kind}` : `  ${kind}`,
    rules,
    `${from} → ${to}`,
    String(count),
    codes.join(' '),
  ]);
  if (rows.length === 0) return `${head}\n`;
  const table = [['  what', 'rule', 'change', 'requests', 'such as'], ...rows];
  const widths = table[0]?.map((_cell, at) => Math.max(...table.map((row) => row[at]?.length ?? 0))) ?? [];
  const lines = table.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const isAnyWeaker = differences.some(({ isWeaker }) => isWeaker);
  return `${[head, '', ...lines, ...(isAnyWeaker ? ['', '! requires less of those who decide'] : [])].join('\n')}\n`;
}
