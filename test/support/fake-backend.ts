import type { Instance, InstanceRef } from '../../src/domain/instance.js';
import type { RequestFacts } from '../../src/domain/request.js';
import type { LiveBackend, OutgoingSignal } from '../../src/ports/backend.js';
import {
  type Arrival,
  botIdentity,
  brokenRead,
  createFaults,
  type Faults,
  unreachable,
} from './fake-backend/faults.js';
import { pollRuns } from './fake-backend/poll-runs.js';
import { reportChanges } from './fake-backend/report-changes.js';
import {
  arrive,
  changed,
  type Fate,
  type Run,
  type RunStep,
  startRun,
  toInstance,
  waitsFor,
  wake,
} from './fake-backend/run.js';
import { createSteering } from './fake-backend/steer.js';
import { takeSignal } from './fake-backend/take-signal.js';
import { type TestRuntime, undisturbed } from './runtime.js';

/** A tiny Command: a few runs that wait for approvals, honest about everything but the faults switched on. */
export interface FakeBackend {
  readonly backend: LiveBackend;
  /** What goes wrong; a test sets these as it likes. */
  readonly faults: Faults;
  /** Every signal that reached the system through the bot, oldest first. */
  readonly arrivals: readonly Arrival[];
  start(id: string, steps?: readonly RunStep[]): InstanceRef;
  /** Reads a run without any network. */
  run(id: string): Run;
  /** Lets somebody else answer in the portal. */
  decideElsewhere(id: string, approved: boolean, identity?: string): void;
  changeFacts(id: string, facts: Partial<RequestFacts>): void;
  /** Changes a run by hand. */
  set(id: string, change: Partial<Run>): void;
  /** Looks again at runs whose signals were counted and that did not move. */
  runDailyTask(): void;
}

/** How long a signal's request may take. */
const signalTimeoutMs = 10_000;

/** Opens a Command without runs. */
export function createFakeBackend(options: {
  readonly now: () => number;
  readonly runtime?: TestRuntime;
  /** Whether it tells what has changed, and takes changes itself. */
  readonly reportsChanges?: boolean;
}): FakeBackend {
  const { now, runtime = undisturbed, reportsChanges = false } = options;
  const runs = new Map<string, Run>();
  const arrivals: Arrival[] = [];
  const late: { readonly atMs: number; readonly arrive: () => void }[] = [];
  const faults = createFaults();
  const run = (id: string): Run => {
    const found = runs.get(id);
    if (!found) throw new Error(`No run ${id} was ever started`);
    return found;
  };
  let place = 0;
  const keep = (next: Run): void => {
    place += 1;
    const dated = reportsChanges ? { modifiedAtMs: now() } : {};
    runs.set(next.id, { ...next, ...dated, place });
  };
  const catchUp = (): void => {
    for (const one of late.filter(({ atMs }) => atMs <= now())) {
      late.splice(late.indexOf(one), 1);
      one.arrive();
    }
  };
  const ask = <T>(name: string, work: () => T): Promise<T> =>
    runtime(`command.${name}`, async () => {
      catchUp();
      if (faults.isUnreachable) throw unreachable();
      return work();
    });

  const arriveNow = (sent: Run, { step }: Instance, signal: OutgoingSignal & { readonly how: Fate }) => {
    const { verdict, comment, how } = signal;
    const meant = step?.uniqueName ?? '';
    const { next, outcome } = arrive(run(sent.id), { step: meant, verdict, identity: botIdentity, how });
    const { id, visit, facts } = sent;
    arrivals.push({ id, step: meant, visit, verdict, comment, outcome, facts, atMs: now() });
    keep(next);
    return outcome;
  };

  const backend: LiveBackend = {
    system: 'command',
    label: 'Command',
    signalTimeoutMs,
    operations: reportsChanges
      ? createSteering({ ask, run, keep, faults })
      : { changes: [], changeTimeoutMs: 1_000 },
    linkTo: ({ ref }) => `https://command.example.com/workflows/${ref.id}`,
    observe: (remembered, since) =>
      ask('observe', () => {
        const all = [...runs.values()];
        const observation = pollRuns(all, remembered);
        if (!reportsChanges || !since) return observation;
        const permission = '/workflows/instances/read/';
        const forbidden = { kind: 'not-permitted', permission } as const;
        return {
          ...observation,
          changes: faults.areChangesForbidden ? forbidden : reportChanges(all, since),
        };
      }),
    getInstance: (ref) =>
      ask('getInstance', () => {
        if (faults.isDetailUnreadable) throw brokenRead();
        const found = runs.get(ref.id);
        return found?.isVisible ? { kind: 'found', instance: toInstance(found) } : { kind: 'not-visible' };
      }),
    isAssigned: (ref) => ask('isAssigned', () => waitsFor(run(ref.id), botIdentity)),
    requirementOf: (instance) =>
      ask('requirementOf', () => {
        if (faults.isDefinitionUnreadable) throw brokenRead();
        const { steps, at } = run(instance.ref.id);
        const needed = steps[at]?.needed ?? 1;
        return { ...(faults.isNeededUnknown ? {} : { needed }), roles: ['PKI Approvers'] };
      }),
    sendSignal: (instance, signal) =>
      ask('sendSignal', () => {
        const fault = faults.nextSignal;
        const happensBefore = faults.beforeNextSignal;
        faults.nextSignal = undefined;
        faults.beforeNextSignal = undefined;
        const sent = run(instance.ref.id);
        happensBefore?.();
        return takeSignal(fault, {
          arrive: (how) => arriveNow(sent, instance, { ...signal, how }),
          arriveLate: (arrive) => void late.push({ atMs: now() + signalTimeoutMs - 1_000, arrive }),
        });
      }),
  };

  return {
    backend,
    faults,
    arrivals,
    start(id, steps = [{ uniqueName: 'approval-1', needed: 1 }]) {
      keep(startRun(id, steps));
      return { system: 'command', id };
    },
    run(id) {
      catchUp();
      return run(id);
    },
    decideElsewhere(id, approved, identity = 'KEYEXAMPLE\\portal-pat') {
      catchUp();
      const now = run(id);
      const step = now.steps[now.at]?.uniqueName ?? '';
      const verdict = approved ? 'approve' : 'deny';
      keep(arrive(now, { step, verdict, identity, how: 'counted' }).next);
    },
    changeFacts: (id, facts) => keep(changed(run(id), { facts: { ...run(id).facts, ...facts } })),
    set: (id, change) => keep(changed(run(id), change)),
    runDailyTask() {
      for (const one of runs.values()) keep(wake(one));
    },
  };
}
