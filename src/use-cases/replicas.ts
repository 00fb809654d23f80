import type { Snapshot } from '../domain/approval-lifecycle.js';
import type { Observation, WorkflowBackend } from '../ports/backend.js';
import { endedBy, endSignal } from '../shared/async.js';
import { resumeClicks, takeUpClicks } from './approvals/decide.js';
import { decideByRules } from './approvals/decide-by-rule.js';
import { observeWorkflows } from './approvals/observe.js';
import { adoptSignals } from './approvals/send-signal.js';
import { settleMode } from './approvals/switch-mode.js';
import { settleChanges } from './commands/change.js';
import type { Context } from './context.js';
import { fenced, LeaseLost, type ObservationLease } from './leases.js';
import type { ResponseTimes } from './monitoring.js';
import { postExpiryDigest, remindPeople, sendSummaries } from './notifications/remind.js';
import { postWeeklyReport } from './report.js';
import { RulesChanged } from './rules.js';
import { postShadowDay } from './shadow.js';

/** Often enough for other replicas, and seldom enough for the store. */
const reportEveryMs = 5_000;

/** One look at a system, and what belongs to it. */
interface Poll {
  readonly backend: WorkflowBackend;
  readonly lease: ObservationLease;
  readonly responseTimes: ResponseTimes;
  /** Set for a poll that was not due: a peek has called for it. */
  readonly isExtra?: boolean;
}

/**
 * Looks at a system and settles what was left half-way there, as the only one of several replicas.
 *
 * A replica that has no right to look learns from the store whether the system answers. One that loses the right
 * meanwhile, as when it was frozen, writes nothing more.
 */
export async function observeAlone(context: Context, poll: Poll): Promise<void> {
  const { store, log } = context;
  const { system } = poll.backend;
  try {
    if (!store.isShared) return await observe(context, poll);
    const fence = await poll.lease.take();
    if (!fence) return await learn(context, poll);
    await observe({ ...context, store: fenced(store, fence) }, poll);
  } catch (error) {
    if (endSignal()?.aborted) return log.info({ system }, 'A poll was ended because Countersign is stopping');
    if (error instanceof RulesChanged)
      return log.info({ system }, 'Other settings took effect during a poll; the next poll uses them');
    if (!(error instanceof LeaseLost)) throw error;
    log.warn({ system }, 'Another replica now polls this system; this poll was abandoned');
  }
}

/**
 * Peeks at a system as the only one of several replicas, and has it polled where that would find something new.
 *
 * Nothing is concluded from a peek: not that a system is there, and not that it is away.
 */
export async function peekAlone(
  { store }: Context,
  { backend, lease, poll }: Pick<Poll, 'backend' | 'lease'> & { readonly poll: () => Promise<void> },
): Promise<void> {
  if (!backend.peek) return;
  if (store.isShared && !(await lease.take())) return;
  if (await backend.peek()) await poll();
}

async function observe(context: Context, { backend, responseTimes, isExtra = false }: Poll): Promise<void> {
  const { store, now } = context;
  const { system } = backend;
  let reportedAtMs = 0;
  const outcome = await observeWorkflows(
    context,
    noting(backend, async () => {
      responseTimes.noteResponse(system, now());
      if (!store.isShared || now() - reportedAtMs < reportEveryMs) return;
      reportedAtMs = now();
      await store.putNote(noteKey(system), String(reportedAtMs));
    }),
    { isExtra },
  );
  if (endSignal()?.aborted) return;
  await endedBy(undefined, () => settleChanges(context, backend));
  await postWeeklyReport(context);
  if (outcome.kind !== 'observed' || !outcome.isWhole) return;
  await settleMode(context, backend);
  await decideByRules(context, system);
  await remindPeople(context, system);
  await postShadowDay(context);
  await sendSummaries(context);
  await postExpiryDigest(context, system);
}

/** Has every finding of a look noted as an answer too: the system would else seem silent during a long one. */
function noting(backend: WorkflowBackend, note: () => Promise<void>): WorkflowBackend {
  async function* noted(snapshots: Observation['snapshots']): AsyncGenerator<Snapshot, void> {
    for await (const snapshot of snapshots) {
      await note();
      yield snapshot;
    }
  }
  return {
    ...backend,
    async observe(remembered, since) {
      const observation = await backend.observe(remembered, since);
      await note();
      return { ...observation, snapshots: noted(observation.snapshots) };
    },
  };
}

/** Only an answer that is newer than the last one known of counts as one. */
async function learn({ store }: Context, { backend, responseTimes }: Poll): Promise<void> {
  const respondedAtMs = Number(await store.getNote(noteKey(backend.system)));
  const known = responseTimes.of(backend.system).respondedAtMs ?? 0;
  if (respondedAtMs > known) responseTimes.noteResponse(backend.system, respondedAtMs);
}

function noteKey(system: string): string {
  return `observed-at/${system}`;
}

/**
 * Takes over what an earlier run of the bot left under way, where that run must be over.
 *
 * On a shared store it may be alive; there everything is taken over when its lease has ended.
 */
export async function takeOver(context: Context): Promise<void> {
  if (context.store.isShared) return;
  await adoptSignals(context);
  await context.store.reclaimDeliveries(context.now());
}

/** Works on clicks nobody works on any more. */
export function takeUpLeftClicks(context: Context): Promise<void> {
  return context.store.isShared ? takeUpClicks(context) : resumeClicks(context);
}
