import { activityIdOf } from '../../../domain/alert-conflict.js';
import { type Change, isAllowed, mayRun, systemOfChange } from '../../../domain/change.js';
import type { ChangeRecord } from '../../../domain/change-record.js';
import type { CommandLine } from '../../../domain/command-line.js';
import type { Instance, InstanceRef } from '../../../domain/instance.js';
import type { Reply } from '../../../domain/reply.js';
import type { CommandWork } from '../command-work.js';
import { findRun, targetOf } from '../runs/find-run.js';
import { rowOf } from '../runs/rows.js';
import { unsupported } from '../runs/show-value.js';
import { findOpenApproval } from './find-open-approval.js';

/** A command that changes one run. */
export type ChangingLine = Extract<
  CommandLine,
  { verb: 'restart' | 'stop' | 'pause' | 'resume' | 'abort' | 'alert' }
>;

/** Shows what a change to a run would do, and to which run; nothing happens before it is confirmed. */
export async function proposeChange(work: CommandWork, line: ChangingLine): Promise<Reply> {
  const found = await findRun(work, line.verb, line.ref ?? '');
  if (found.kind === 'reply') return found.reply;
  const { instance } = found;
  const { context, person } = work;
  const may = mayRun(person, line.verb, targetOf(instance), context.policy.operators);
  if (may.kind !== 'yes') return { kind: 'not-allowed', verb: line.verb, why: may };
  const backend = context.backends.get(instance.ref.system);
  if (!backend?.operations.changes.includes(line.verb))
    return unsupported(backend, line.verb, instance.ref.system);
  const change = changeOf(line, instance.ref, instance);
  const approval = await findOpenApproval(context.store, change, work.asker);
  if (approval && change.kind === 'alert')
    return { kind: 'approval-open', instance: instance.ref, activityId: change.activityId, approval };
  const isFine = isAllowed(line.verb, instance);
  const { code } = await rowOf(context, instance);
  const record = await propose(work, {
    change,
    title: instance.title,
    definition: instance.definition.name,
    code,
    ...(instance.step ? { shownStep: instance.step.uniqueName } : {}),
    isOverride: !isFine,
  });
  return { kind: 'proposal', record, now: instance, isAllowed: isFine };
}

function changeOf(line: ChangingLine, instance: InstanceRef, { status }: Instance): Change {
  switch (line.verb) {
    case 'restart':
      return { kind: 'restart', instance, ...(line.version === undefined ? {} : { version: line.version }) };
    case 'resume':
      return { kind: 'resume', instance, afterError: status.kind === 'failed' };
    case 'alert':
      return {
        kind: 'alert',
        instance,
        activityId: activityIdOf(line.activityId ?? ''),
        output: line.output ?? '',
      };
    default:
      return { kind: line.verb, instance };
  }
}

/** Writes a proposal down, so that it can be confirmed. */
export async function propose(
  { context, asker }: CommandWork,
  what: Pick<ChangeRecord, 'change' | 'title' | 'definition' | 'isOverride' | 'code' | 'shownStep'>,
): Promise<ChangeRecord> {
  const record: ChangeRecord = {
    ...what,
    id: context.newId(),
    person: asker.person,
    phase: 'proposed',
    holder: context.replicaId,
    proposedAtMs: context.now(),
    ...(asker.channel === undefined ? {} : { channel: asker.channel }),
    ...(asker.responseUrl === undefined ? {} : { responseUrl: asker.responseUrl }),
  };
  await context.store.addChange(record);
  const system = systemOfChange(record.change);
  context.log.info(
    { system, change: record.id, verb: record.change.kind, person: asker.person.userId },
    'A change was proposed',
  );
  return record;
}
