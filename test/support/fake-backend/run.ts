import type { Verdict } from '../../../src/domain/approval.js';
import type { Instance, InstanceRef, InstanceStatus } from '../../../src/domain/instance.js';
import type { RequestFacts } from '../../../src/domain/request.js';
import { defined } from '../../../src/shared/language.js';
import { anInstance } from '../an-approval.js';

/** A step that waits until so many identities have approved, or one has denied. */
export interface RunStep {
  readonly uniqueName: string;
  readonly needed: number;
}

/** What becomes of a signal that is accepted: counted, counted without moving the run, or forgotten. */
export type Fate = 'counted' | 'stuck' | 'lost';

/** One run of a workflow, as the fake Command keeps it. */
export interface Run {
  readonly id: string;
  readonly steps: readonly RunStep[];
  /** Index of the step where it stands; past the last one it is complete. */
  readonly at: number;
  /** Counts how often it has come to wait. */
  readonly visit: number;
  readonly status: InstanceStatus['kind'];
  /** What was answered at the step where it stands. */
  readonly received: readonly { readonly identity: string; readonly verdict: Verdict }[];
  readonly facts: RequestFacts;
  /** Whether the bot's account may read it. */
  readonly isVisible: boolean;
  /** Whether the bot's account still holds the role the step asks for. */
  readonly isForBot: boolean;
  readonly changes: number;
  /** Counts up with every change of any run. */
  readonly place: number;
  readonly statusMessage?: string;
  /** Type of its workflow; an enrollment unless told. */
  readonly type?: string;
  readonly modifiedAtMs?: number;
  readonly successors?: readonly InstanceRef[];
}

/** Starts a run, which waits at its first step. */
export function startRun(id: string, steps: readonly RunStep[]): Run {
  const { facts } = anInstance();
  return {
    id,
    steps,
    at: 0,
    visit: 1,
    status: 'suspended',
    received: [],
    facts,
    isVisible: true,
    isForBot: true,
    changes: 1,
    place: 0,
  };
}

/** Changes a run, which a list then shows. */
export function changed(run: Run, change: Partial<Run>): Run {
  return { ...run, ...change, changes: run.changes + 1 };
}

/** Tells whether a run waits for an identity that has not answered. */
export function waitsFor(run: Run, identity: string): boolean {
  return run.isForBot && run.status === 'suspended' && !run.received.some((one) => one.identity === identity);
}

/** Takes an answer in, and moves the run on if that is enough. */
export function arrive(
  run: Run,
  signal: {
    readonly step: string;
    readonly verdict: Verdict;
    readonly identity: string;
    readonly how: Fate;
  },
): { readonly next: Run; readonly outcome: 'counted' | 'lost' | 'refused' } {
  const { step, verdict, identity, how } = signal;
  const isKnown = run.received.some((one) => one.identity === identity);
  if (run.status !== 'suspended' || run.steps[run.at]?.uniqueName !== step || isKnown) {
    return { next: run, outcome: 'refused' };
  }
  if (how === 'lost') return { next: run, outcome: 'lost' };
  const counted = changed(run, { received: [...run.received, { identity, verdict }] });
  return { next: how === 'stuck' ? counted : wake(counted), outcome: 'counted' };
}

/** Moves a run on if what it has received is enough. */
export function wake(run: Run): Run {
  const step = run.steps[run.at];
  if (run.status !== 'suspended' || !step) return run;
  if (run.received.some(({ verdict }) => verdict === 'deny')) return changed(run, { status: 'rejected' });
  if (run.received.length < step.needed) return run;
  const at = run.at + 1;
  const status = at < run.steps.length ? 'suspended' : 'complete';
  return changed(run, { at, status, received: [], visit: run.visit + 1 });
}

/** Shows a run the way the port tells of one. */
export function toInstance(run: Run): Instance {
  const step = run.steps[run.at];
  const { step: _none, ...rest } = anInstance();
  return {
    ...rest,
    ...(run.type === undefined ? {} : { definition: { ...rest.definition, type: run.type } }),
    ref: { system: 'command', id: run.id },
    status: { kind: run.status, raw: run.status },
    ...(step ? { step: { uniqueName: step.uniqueName, name: `Step ${step.uniqueName}` } } : {}),
    awaitsApproval: run.status === 'suspended',
    facts: run.facts,
    ...defined({ statusMessage: run.statusMessage, modifiedAtMs: run.modifiedAtMs }),
    fingerprint: `change ${run.changes}`,
  };
}
