import { type Change, type ChangeRecord, isProposalFresh, mayRun, newProposal } from '../../domain/change.js';
import type { Verb } from '../../domain/commands.js';
import type { AlertReply, Incident, IncidentEvent, MuteSpan, RecoveryAction } from '../../domain/incident.js';
import type { InstanceRef } from '../../domain/instance.js';
import { isSamePerson, type Person } from '../../domain/person.js';
import type { Asker } from '../../ports/chat.js';
import { ChatError } from '../../ports/errors.js';
import { asError, defined } from '../../shared/language.js';
import { traceId } from '../../shared/trace.js';
import { advanceChange, carryOutChange } from '../commands/change.js';
import { type Context, codeOfRun, isNamedByNone, lookUpPerson } from '../context.js';
import { recordAlertAction } from '../ledger/record.js';
import { advanceIncident, knownName, showAlert } from './track-failures.js';

/** Gives an alert with all its samples, as it stands now. */
export function showDetails(context: Context, incidentId: string, asker: Asker): Promise<AlertReply> {
  return atAlert(context, { incidentId, verb: 'status', asker, isReading: true }, async (at) => {
    const alert = await showAlert(context, at.incident);
    return recordAlertAction(at, () => Promise.resolve({ kind: 'details', alert }));
  });
}

/** Writes down that a proposal for many runs was confirmed: all of it, once, by whom it was shown to. */
export async function confirmBatch(
  context: Context,
  batchId: string,
  asker: Asker,
): Promise<'confirmed' | 'repeated' | 'unknown'> {
  return context.store.inTransaction(async (transaction) => {
    const records = await transaction.listBatch(batchId);
    const [first] = records;
    if (!first || !isSamePerson(first.person, asker.person)) return 'unknown';
    if (records.some(wasConfirmed)) return 'repeated';
    if (context.policy.shadow) return 'unknown';
    if (records.some(({ phase }) => phase !== 'proposed')) return 'unknown';
    const { replicaId } = context;
    const atMs = context.now();
    if (!isProposalFresh(first, atMs)) return 'unknown';
    for (const record of records)
      await advanceChange(context, transaction, record, { kind: 'confirmed', atMs, replicaId });
    return 'confirmed';
  });
}

/**
 * Carries a confirmed batch out, one run after the other, so that its system is not flooded.
 *
 * Each run is checked, sent and told for itself: a failure of one stops no other.
 */
export async function carryOutBatch(context: Context, batchId: string): Promise<void> {
  context.scheduleDelivery();
  for (const record of await context.store.listBatch(batchId)) {
    try {
      await carryOutChange(context, record.id);
    } catch (error) {
      const err = asError(error);
      context.log.error({ change: record.id, err }, 'Carrying out one change of several failed');
    }
  }
}

/** Drops a proposal for many runs, so that it can never be confirmed; one that was confirmed stands. */
export async function cancelBatch(
  context: Context,
  batchId: string,
  asker: Asker,
): Promise<'cancelled' | 'confirmed' | 'unknown'> {
  return context.store.inTransaction(async (transaction) => {
    const records = await transaction.listBatch(batchId);
    const [first] = records;
    if (!first || !isSamePerson(first.person, asker.person)) return 'unknown';
    if (records.some(wasConfirmed)) return 'confirmed';
    for (const record of records) await advanceChange(context, transaction, record, { kind: 'canceled' });
    return 'cancelled';
  });
}

function wasConfirmed({ confirmedAtMs }: ChangeRecord): boolean {
  return confirmedAtMs !== undefined;
}

const hourMs = 60 * 60_000;

const spansMs: Readonly<Record<MuteSpan, number>> = {
  hour: hourMs,
  day: 24 * hourMs,
  cause: 30 * 24 * hourMs,
};

/** Keeps quiet about failures of a kind for a while; they are counted all the same. */
export function muteIncident(
  context: Context,
  { incidentId, span }: { readonly incidentId: string; readonly span: MuteSpan },
  asker: Asker,
): Promise<AlertReply> {
  return atAlert(context, { incidentId, verb: 'status', asker }, (at) => mute(at, span));
}

async function mute(at: AtAlert, span: MuteSpan): Promise<AlertReply> {
  const { incident, context, person } = at;
  const { key } = incident;
  const muted = {
    key,
    untilMs: context.now() + spansMs[span],
    person: person.id,
    name: knownName(context, person),
  };
  return takeStep(at, { kind: 'muted', mute: muted }, (saved) => ({
    kind: 'muted',
    incident: saved,
    mute: muted,
  }));
}

/** Lets failures of a kind be heard again. */
export function unmuteIncident(context: Context, incidentId: string, asker: Asker): Promise<AlertReply> {
  return atAlert(context, { incidentId, verb: 'status', asker }, (at) =>
    takeStep(at, { kind: 'unmuted' }, (saved) => ({ kind: 'unmuted', incident: saved })),
  );
}

/** Notes that somebody is on it: shown on the alert, said in its thread; the first who says so keeps it. */
export function takeIncident(context: Context, incidentId: string, asker: Asker): Promise<AlertReply> {
  return atAlert(context, { incidentId, verb: 'status', asker }, (at) => take(at));
}

/** Takes over from whoever is on it: shown on the alert, said in its thread. */
export function takeOverIncident(context: Context, incidentId: string, asker: Asker): Promise<AlertReply> {
  return atAlert(context, { incidentId, verb: 'status', asker }, (at) => take(at, { isTakeOver: true }));
}

/** Notes that whoever was on it is not any more, so that somebody else can be. */
export function handBackIncident(context: Context, incidentId: string, asker: Asker): Promise<AlertReply> {
  return atAlert(context, { incidentId, verb: 'status', asker }, async (at) => {
    const event = { kind: 'handed-back', person: at.person.id } as const;
    const reply = await takeStep(at, event, (incident) => ({ kind: 'handed-back', incident }));
    return reply.kind === 'taken-before' ? { kind: 'not-owner', incident: reply.incident } : reply;
  });
}

async function take(at: AtAlert, how: { readonly isTakeOver?: true } = {}): Promise<AlertReply> {
  const { context, person } = at;
  const owner = { person: person.id, name: knownName(context, person), atMs: context.now() };
  return takeStep(at, { kind: 'taken', owner, ...how }, (incident) => ({ kind: 'taken', incident }));
}

/** Takes an incident a step, and says so; one that does not take the step is over, or somebody else's. */
async function takeStep(
  at: AtAlert,
  event: IncidentEvent,
  done: (saved: Incident) => AlertReply,
): Promise<AlertReply> {
  const { context } = at;
  const reply = await recordAlertAction(at, async (transaction) => {
    const incident = await transaction.findIncident(at.incident.id);
    if (!incident) return { kind: 'unknown-alert' };
    const saved = await advanceIncident(context, transaction, incident, event);
    if (saved) return done(saved);
    return { kind: incident.state.kind === 'resolved' ? 'over' : 'taken-before', incident };
  });
  context.scheduleDelivery();
  return reply;
}

/** One confirmation covers no more runs than a person can look over, and a system bears at a time. */
const mostRuns = 50;

/** Says what a way out would do, and to which runs; the latest failures go first. */
export function proposeRecovery(
  context: Context,
  { incidentId, way }: { readonly incidentId: string; readonly way: RecoveryAction },
  asker: Asker,
): Promise<AlertReply> {
  return atAlert(context, { incidentId, verb: way, asker }, (at) => propose(at, way));
}

async function propose(at: AtAlert, way: RecoveryAction): Promise<AlertReply> {
  const { context, asker } = at;
  return recordAlertAction(at, async (transaction) => {
    const incident = await transaction.findIncident(at.incident.id);
    if (!incident) return { kind: 'unknown-alert' };
    const failed = (await transaction.listFailures(incident.id)).filter(({ state }) => state === 'failed');
    if (failed.length === 0) return { kind: 'nothing-failed', incident };
    const batchId = context.newId();
    const chosen = failed.reverse().slice(0, mostRuns);
    const records: ChangeRecord[] = [];
    for (const [place, { instance }] of chosen.entries()) {
      const { ref, title, definition, step } = instance;
      const record = newProposal({
        id: context.newId(),
        person: asker.person,
        change: changeOf(way, ref),
        title,
        definition: definition.name,
        code: await codeOfRun(transaction, context, ref),
        ...defined({ shownStep: step?.uniqueName }),
        // Alerts offer no abort any more; whoever presses it on an older one wants it all the same.
        isOverride: way === 'abort',
        replicaId: context.replicaId,
        proposedAtMs: context.now(),
        batch: { id: batchId, incidentId: incident.id, place },
      });
      await transaction.addChange(record);
      records.push(record);
    }
    return { kind: 'proposal', incident, way, batchId, records, more: failed.length - records.length };
  });
}

function changeOf(way: RecoveryAction, instance: InstanceRef): Change {
  return way === 'resume' ? { kind: 'resume', instance, afterError: true } : { kind: way, instance };
}

/** A person at an alert, just looked up, who may do what they pressed for. */
interface AtAlert {
  readonly context: Context;
  readonly incident: Incident;
  readonly person: Person;
  readonly verb: Verb;
  readonly asker: Asker;
}

/**
 * Does something for a person at an alert if the rules let them run the verb on its workflow.
 *
 * A refusal goes on record here; what is done records itself, with it. Whoever cannot be looked up is refused; a
 * defect of ours is answered with a reference.
 */
async function atAlert(
  context: Context,
  clicked: {
    readonly incidentId: string;
    readonly verb: Verb;
    readonly asker: Asker;
    /** Whether it only shows something, so that shadow mode takes it as well. */
    readonly isReading?: true;
  },
  work: (at: AtAlert) => Promise<AlertReply>,
): Promise<AlertReply> {
  const { incidentId, verb, asker } = clicked;
  try {
    const incident = await context.store.findIncident(incidentId);
    const refuse = (reply: AlertReply) =>
      recordAlertAction({ context, incident, incidentId, verb, asker }, () => Promise.resolve(reply));
    if (!incident) return await refuse({ kind: 'unknown-alert' });
    const { operators, shadow } = context.policy;
    if (shadow && !clicked.isReading) return await refuse({ kind: 'shadow-off' });
    if (await isNamedByNone(context, asker.person, operators))
      return await refuse({ kind: 'not-allowed', verb, why: { kind: 'no-rule' } });
    const person = await check(context, asker);
    if (!person) return await refuse({ kind: 'person-not-checked' });
    const target = { system: incident.system, definition: incident.definition.name };
    const may = mayRun(person, verb, target, operators);
    const reply: AlertReply =
      may.kind === 'yes'
        ? await work({ context, incident, person, verb, asker })
        : await refuse({ kind: 'not-allowed', verb, why: may });
    const { code } = incident;
    context.log.info(
      { incident: code, verb, person: asker.person.userId, answer: reply.kind },
      'A click on an alert was answered',
    );
    return reply;
  } catch (error) {
    const ref = traceId() ?? context.newCode(6);
    const err = asError(error);
    context.log.error({ incident: incidentId, verb, ref, err }, 'A click on an alert failed');
    return { kind: 'broke', ref };
  }
}

/** Looks a person up; undefined when the chat could not be asked. */
async function check(context: Context, { person }: Asker): Promise<Person | undefined> {
  try {
    return await lookUpPerson(context, person);
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    context.log.warn({ person: person.userId, err: error }, 'A person could not be checked at an alert');
    return undefined;
  }
}
