import { isDeepStrictEqual } from 'node:util';
import { ConfigError, type Problem, type Settings } from './config.js';
import type { Jobs } from './jobs.js';
import type { WebRoute } from './ports/chat.js';
import type { Log } from './ports/runtime.js';
import type { Transaction } from './ports/store.js';
import { createJob, runByCron } from './scheduler.js';
import { withTimeout } from './shared/async.js';
import { sha256Of } from './shared/fingerprint-of.js';
import { asError, defined } from './shared/language.js';
import type { UseCases } from './slack/use-cases.js';
import { retireApprovals } from './use-cases/approvals/observe.js';
import { retireChanges } from './use-cases/commands/change.js';
import type { Context } from './use-cases/context.js';
import { recordSettings } from './use-cases/ledger/record.js';
import { applyRules, areAgreed, listLoadedRules, offerRules, RulesChanged } from './use-cases/rules.js';

/** What a bot works by: settings, and all that was made of them. */
export interface AtWork {
  readonly settings: Settings;
  readonly context: Context;
  readonly jobs: Jobs;
  /** What is answered to the outside because of these settings. */
  readonly routes: readonly WebRoute[];
  readonly useCases: UseCases;
}

/** What came of loading settings anew; but for `applied` and `waiting` the old ones stay. */
export type ReloadResult =
  | { readonly kind: 'applied'; readonly changed: readonly string[] }
  | { readonly kind: 'unchanged' }
  /** They are in force once as many other replicas have loaded them too. */
  | { readonly kind: 'waiting'; readonly others: number }
  /** These are read at a start only. */
  | {
      readonly kind: 'needs-restart';
      readonly settings: readonly string[];
      /** Set where none of them differs, and the port they name would have to be opened. */
      readonly why?: 'port-not-open';
    }
  /** Systems that would be gone, with so many open approvals; to be confirmed. */
  | {
      readonly kind: 'ends-approvals';
      readonly systems: readonly { readonly name: string; readonly open: number }[];
    }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] }
  | { readonly kind: 'stopping' };

/** The settings a bot goes by, which can be exchanged while it runs. */
interface Rules {
  current(): AtWork;
  /** The use cases by the settings in force; what finds them changed while it works is begun anew by the new ones. */
  readonly useCases: UseCases;
  isInForce(context: Context, transaction: Pick<Transaction, 'getNote'>): Promise<boolean>;
  /** Takes up the settings of a start, of which these sections are not as at the last. */
  begin(how: { readonly changed: readonly string[] }): Promise<void>;
  /** Has the jobs run by themselves, where the runtime wants that. */
  run(): void;
  /** Has no job begin any more. */
  rest(): void;
  /** Goes by other settings. */
  load(settings: Settings, options: { readonly isConfirmed: boolean }): Promise<ReloadResult>;
  /** The same from where the bot reads its settings; absent where it does not know. */
  readonly reload?: (options: { readonly isConfirmed: boolean }) => Promise<ReloadResult>;
  /** Tells the other replicas what this one has loaded, and goes by what all have. */
  agree(): Promise<void>;
  /** Takes no other settings any more. */
  end(): Promise<void>;
}

/** Jobs by the old settings end within this, or are left to find out that these are not in force any more. */
const releasedWithinMs = 10_000;

/** A bot that is told to stop waits no longer for an exchange of settings; its next start goes on with it. */
const endedWithinMs = 1_000;

const warnEveryMs = 60_000;

const outOfForce = 'Other replicas go by other settings; until all have the same, nothing is decided here';

/** Creates what exchanges settings; `make` makes of settings what the bot works by. */
export function createRules(
  first: AtWork,
  {
    make,
    runtime,
  }: {
    readonly make: (settings: Settings) => Promise<AtWork>;
    readonly runtime: {
      readonly log: Log;
      readonly jobs: 'cron' | 'by-hand';
      readonly readSettings?: () => Settings;
    };
  },
): Rules {
  const { log, readSettings } = runtime;
  const { store } = first.context;
  let current = first;
  /** A port that was opened at the start stays open, also while nobody answers there. */
  const isListening = first.routes.length > 0 || first.settings.slack.mode === 'http';
  let warnedAtMs = Number.NEGATIVE_INFINITY;
  /** Loaded, and not in force before every other replica has loaded the same. */
  let prepared: AtWork | undefined;
  /** Whether everything follows the present settings by now; those of a start may have to wait for others. */
  let hasBegun = false;
  let isOver = false;
  let stopCron: (() => void) | undefined;
  let swapped = deferred();
  let busy: Promise<unknown> = Promise.resolve();

  /** One exchange at a time. */
  const oneByOne = <T>(work: () => Promise<T>): Promise<T> => {
    const done = busy.then(work, work);
    busy = done.catch(() => {});
    return done;
  };

  /** Has votes and cards follow the present rules, and notes that they do: a bot that dies before goes on at its start. */
  const apply = async (before?: AtWork): Promise<void> => {
    await applyRules(current.context, before?.context.policy);
    await store.putNote(appliedKey, decisiveHash(current.settings));
  };

  /** Can be repeated: until it was whole once, `agree` goes on with it. */
  const take = async (before?: AtWork): Promise<void> => {
    const { context } = current;
    hasBegun = false;
    await retireApprovals(context);
    await retireChanges(context);
    await apply(before);
    await store.renewReminders();
    for (const { person } of await store.listHomes())
      await store.wantHome(person, { dueAtMs: context.now() });
    hasBegun = true;
  };

  const exchange = async (next: AtWork): Promise<void> => {
    const old = current;
    // What did not follow those before either is drawn anew whatever differs.
    const before = hasBegun ? old : undefined;
    const isRunning = stopCron !== undefined;
    // From here on whatever still works by the old settings finds in its transaction that they are not in force.
    current = next;
    prepared = undefined;
    swapped.resolve();
    swapped = deferred();
    stopCron?.();
    old.jobs.endPolls();
    try {
      await withTimeout(old.jobs.release(), releasedWithinMs, undefined);
      await take(before);
    } finally {
      // Whatever broke, nothing is polled or delivered without jobs.
      if (isRunning) run();
    }
    log.info(
      { changed: changedIn(old.settings, next.settings) },
      'The settings were reloaded and are in effect',
    );
  };

  /** Says, each minute, which replicas keep loaded settings from coming into force. */
  const warnOfWaiting = async ({ context, settings }: AtWork): Promise<void> => {
    const nowMs = context.now();
    if (nowMs - warnedAtMs < warnEveryMs) return;
    warnedAtMs = nowMs;
    const loaded = await listLoadedRules(store, nowMs);
    const hash = hashOf(settings);
    const replicas = [...loaded].flatMap(([replicaId, of]) => (of === hash ? [] : [replicaId]));
    log.warn({ replicas }, 'Loaded settings wait until these replicas have loaded the same');
  };

  const offer = async () => {
    const mine = prepared ?? current;
    const offered = await offerRules(mine.context, hashOf(mine.settings), async (transaction) => {
      if (prepared || hasBegun) await recordSettings(mine.context, transaction, mine.settings.sections);
    });
    if (!offered.isInForce) {
      if (prepared) await warnOfWaiting(mine);
      else log.warn({ others: offered.others }, outOfForce);
      return offered;
    }
    if (prepared) await exchange(prepared);
    else if (!hasBegun) await take();
    return offered;
  };

  const load: Rules['load'] = (settings, { isConfirmed }) =>
    oneByOne(async () => {
      if (isOver) return { kind: 'stopping' };
      const changed = changedIn(current.settings, settings);
      const fixed = fixedIn(current.settings, settings);
      if (fixed.length > 0) return { kind: 'needs-restart', settings: fixed };
      if (changed.length === 0 && !haveServersChanged(current.settings, settings)) {
        prepared = undefined;
        return { kind: 'unchanged' };
      }
      const gone = await openApprovalsGone(current, settings);
      if (gone.length > 0 && !isConfirmed) return { kind: 'ends-approvals', systems: gone };
      const next = await make(settings);
      if (!isListening && next.routes.length > 0)
        return { kind: 'needs-restart', settings: ['http'], why: 'port-not-open' };
      prepared = next;
      const { isInForce, others } = await offer();
      return isInForce ? { kind: 'applied', changed } : { kind: 'waiting', others };
    });

  const run = (): void => {
    if (runtime.jobs !== 'cron') return;
    const stops = [current.jobs.start(cronsOf(current.settings))];
    const onBreak = (error: unknown) => log.error({ err: asError(error) }, 'Agreeing on the settings failed');
    stops.push(runByCron('*/2 * * * * *', createJob(agree, onBreak)));
    stopCron = () => {
      for (const stop of stops) stop();
    };
  };

  const agree = async (): Promise<void> => {
    if (isOver || (hasBegun && !store.isShared)) return;
    await oneByOne(offer);
  };

  return {
    current: () => current,
    useCases: useCasesInForce(
      () => current.useCases,
      () => swapped.promise,
    ),
    isInForce: async (context, transaction) => {
      if (context !== current.context) return false;
      return !store.isShared || areAgreed(transaction, hashOf(current.settings));
    },
    async begin({ changed }) {
      const { isInForce, others } = await offerRules(current.context, hashOf(current.settings));
      if (!isInForce) {
        log.warn({ others }, outOfForce);
        return;
      }
      await retireApprovals(current.context);
      await retireChanges(current.context);
      const applied = await store.getNote(appliedKey);
      const isNew =
        applied === undefined
          ? changed.some((name) => decisive.includes(name))
          : applied !== decisiveHash(current.settings);
      if (isNew) await apply();
      else if (applied === undefined) await store.putNote(appliedKey, decisiveHash(current.settings));
      await store.renewReminders();
      hasBegun = true;
    },
    run,
    rest: () => stopCron?.(),
    load,
    ...(readSettings
      ? {
          reload: async (options) => {
            try {
              return await load(readSettings(), options);
            } catch (error) {
              if (error instanceof ConfigError) return { kind: 'invalid', problems: error.problems };
              throw error;
            }
          },
        }
      : {}),
    agree,
    async end() {
      isOver = true;
      await withTimeout(busy, endedWithinMs, undefined);
    },
  };
}

function cronsOf({ observe: { cron, peekCron } }: Settings) {
  return { observe: cron, ...defined({ peek: peekCron }) };
}

/** Sections that say who decides and what stands out, and so what stands on cards. */
const decisive = ['approvers', 'people', 'emailMatching', 'domains', 'zones', 'validityLimits'];

/** Names the rules that votes and cards follow by now. */
const appliedKey = 'rules-applied';

function decisiveHash({ sections }: Settings): string {
  return sha256Of(JSON.stringify(decisive.map((name) => sections[name] ?? '')));
}

/** Where a replica listens, what it logs and traces and where it remembers may differ from one to another. */
const ownSections = ['http', 'operations', 'log', 'otel', 'store'];

/** Names the rules among settings: replicas with the same hash decide alike. */
function hashOf({ sections }: Settings): string {
  const shared = Object.entries(sections).filter(([name]) => !ownSections.includes(name));
  return sha256Of(JSON.stringify(shared.sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** Names the sections of the settings file that differ. */
function changedIn({ sections: old }: Settings, { sections: now }: Settings): readonly string[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return names.filter((name) => old[name] !== now[name]).sort();
}

/** What a start alone can take in: connections, keys, and the mode, each by the name of its setting. */
const fixed: Readonly<Record<string, (settings: Settings) => unknown>> = {
  slack: ({ slack }) => slack,
  mode: ({ shadow }) => shadow,
  store: ({ store, storePassword }) => [store, storePassword],
  ledger: ({ ledger }) => ledger,
  COUNTERSIGN_TOKEN_KEY: ({ tokenKeys }) => tokenKeys,
  http: ({ http }) => http,
  operations: ({ operations }) => operations,
  log: ({ log }) => log,
  otel: ({ otel }) => otel,
};

function fixedIn(old: Settings, now: Settings): readonly string[] {
  return Object.entries(fixed)
    .filter(([, of]) => !isDeepStrictEqual(of(old), of(now)))
    .map(([name]) => name);
}

/** Also tells secrets apart, which are in no section. */
function haveServersChanged(old: Settings, now: Settings): boolean {
  const plain = ({ servers }: Settings) => servers.map(({ server, secrets }) => ({ server, secrets }));
  return !isDeepStrictEqual(plain(old), plain(now));
}

/** Lists systems that are in other settings no more, with how much is open there. */
async function openApprovalsGone({ context }: AtWork, { systems }: Settings) {
  const kept = new Set(systems.map(({ name }) => name));
  const gone = [];
  for (const name of await context.store.listOpenSystems()) {
    if (!kept.has(name)) gone.push({ name, open: (await context.store.listOpenApprovals(name)).length });
  }
  return gone;
}

/** So long somebody waits for the settings that others have put in force already. */
const swapWithinMs = 5_000;

/** Calls the use cases by the settings in force; what finds them changed is begun anew by the new ones, once. */
function useCasesInForce(current: () => UseCases, swapped: () => Promise<void>): UseCases {
  const begin = (group: string, name: string, given: readonly unknown[]): unknown => {
    const used = current();
    const result = callOn(used, group, name, given);
    if (!(result instanceof Promise)) return result;
    return result.catch(async (error: unknown) => {
      if (!(error instanceof RulesChanged)) throw error;
      if (current() === used) await withTimeout(swapped(), swapWithinMs, undefined);
      if (current() === used) throw error;
      return callOn(current(), group, name, given);
    });
  };
  const groups = Object.keys(current()).map((group) => [
    group,
    new Proxy(
      {},
      {
        get:
          (_group, name) =>
          (...given: unknown[]) =>
            begin(group, String(name), given),
      },
    ),
  ]);
  return Object.fromEntries(groups);
}

function callOn(useCases: UseCases, group: string, name: string, given: readonly unknown[]): unknown {
  const found: unknown = Reflect.get(useCases, group);
  const call: unknown = typeof found === 'object' && found !== null ? Reflect.get(found, name) : undefined;
  if (typeof call !== 'function') throw new TypeError(`There is no use case ${group}.${name}`);
  return Reflect.apply(call, undefined, given);
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
