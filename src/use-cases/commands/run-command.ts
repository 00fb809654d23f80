import { type Change, systemOfChange } from '../../domain/change.js';
import { type CommandLine, type Verb, verbSpec } from '../../domain/commands.js';
import type { Instance } from '../../domain/instance.js';
import type { LedgerEntry } from '../../domain/ledger.js';
import type { Person } from '../../domain/person.js';
import type { CommonReply } from '../../domain/reply.js';
import type { Asker } from '../../ports/chat.js';
import { BackendError, ChatError, ContractError, faultOf } from '../../ports/errors.js';
import { asError, defined } from '../../shared/language.js';
import { traceId } from '../../shared/trace.js';
import { type CommandWork, type Context, isNamedByNone, lookUpPerson, recallPerson } from '../context.js';
import { recordCommand } from '../ledger/record.js';
import { type AccountReply, accountVerbs, type RequestReply, requestVerbs } from './account.js';
import { proposeChange, proposeExecution } from './change.js';
import { type QueryReply, queries } from './queries.js';

/** What a command is answered with. */
export type Reply = CommonReply | QueryReply | AccountReply | RequestReply;

/**
 * Answers a command, and records that it did.
 *
 * Reads afresh every time; a verb that changes something is answered with a proposal only. Whoever cannot be
 * looked up is refused. What cannot be put on record is not answered: this throws.
 */
export async function runCommand(context: Context, line: CommandLine, asker: Asker): Promise<Reply> {
  const startedAtMs = context.now();
  const reply = await replyTo(context, line, asker);
  await recordCommand(context, { line, asker, ...placeOf(reply), answered: ledgerReplyOf(reply) });
  const tookMs = context.now() - startedAtMs;
  context.metrics.commandReplied({ verb: line.verb, answer: reply.kind, tookMs });
  return reply;
}

async function replyTo(context: Context, line: CommandLine, asker: Asker): Promise<Reply> {
  try {
    const person = await lookUpAsker(context, asker);
    const reply = await run({ context, person, asker }, line);
    const reason = reply.kind === 'not-allowed' ? { reason: reply.why.kind } : {};
    context.log.info(
      { verb: line.verb, person: asker.person.userId, answer: reply.kind, ...reason },
      'A command was answered',
    );
    return reply;
  } catch (error) {
    if (error instanceof ChatError) return { kind: 'person-not-checked' };
    if (error instanceof BackendError || error instanceof ContractError) {
      context.log.warn({ verb: line.verb, err: error }, 'A command could not be answered');
      const label = context.backends.get(error.system)?.label ?? error.system;
      return { kind: 'unreachable', label, fault: faultOf(error) };
    }
    const ref = traceId() ?? context.newCode(6);
    context.log.error({ verb: line.verb, ref, err: asError(error) }, 'A command failed');
    return { kind: 'broke', ref };
  }
}

/** So often Slack is asked about people whom no rule names, all together: that costs what others need more. */
const othersRateLimit = { everyMs: 3_000, burst: 10 } as const;

/**
 * Looks up whoever typed. Of many others only as they were last known, which gives nobody a right that no rule gives.
 * Throws `ChatError` when nothing can be told.
 */
async function lookUpAsker(context: Context, { person }: Asker): Promise<Person> {
  const { policy, store, now } = context;
  if (!(await isNamedByNone(context, person, [...policy.approvers, ...policy.operators])))
    return lookUpPerson(context, person);
  const retryAfterMs = await store.takeSlot('look-ups-of-others', othersRateLimit, now());
  if (retryAfterMs === 0) return lookUpPerson(context, person);
  const known = await recallPerson(store, person);
  if (known) return known;
  throw new ChatError('Too many commands', { code: 'throttled', retryable: true, retryAfterMs });
}

type LineOf<V extends Verb> = Extract<CommandLine, { readonly verb: V }>;

type OtherVerb = Exclude<Verb, Change['kind']>;

/** What every verb does that proposes no change. */
const runs: {
  readonly [V in OtherVerb]: (work: CommandWork, line: LineOf<V>) => Promise<Reply> | Reply;
} = {
  help: (_work, { about }) => ({ kind: 'help', ...defined({ about }) }),
  ...queries,
  ...accountVerbs,
  ...requestVerbs,
};

/** Verbs that are off in shadow mode besides those that change something: they notify others, or speak for people. */
const offInShadow: ReadonlySet<Verb> = new Set(['nudge', 'restore', 'link', 'unlink', 'away', 'back']);

function run(work: CommandWork, line: CommandLine): Promise<Reply> | Reply {
  const { shadow } = work.context.policy;
  if (shadow && (isChange(line) || offInShadow.has(line.verb))) return { kind: 'shadow-off' };
  if (!isChange(line)) return runOf(line.verb)(work, line);
  return line.verb === 'execute' ? proposeExecution(work, line) : proposeChange(work, line);
}

function isChange(line: CommandLine): line is LineOf<Change['kind']> {
  return verbSpec(line.verb)?.changes === true;
}

/** A verb's own line is all its run is ever given. */
function runOf<V extends OtherVerb>(verb: V): (work: CommandWork, line: LineOf<V>) => Promise<Reply> | Reply {
  return runs[verb];
}

/** A command belongs to the run it found; one that found none, or several, to the bot itself. */
function placeOf(reply: Reply): Pick<LedgerEntry, 'system' | 'instance' | 'code'> {
  switch (reply.kind) {
    case 'status':
      return placeOfRun(reply.status.instance, reply.status.code);
    case 'why':
      return placeOfRun(reply.why.instance, reply.why.code);
    case 'history':
    case 'evidence':
      return placeOfRun(reply.instance, reply.code);
    case 'proposal': {
      const { change, code } = reply.record;
      const instance = change.kind === 'execute' ? undefined : change.instance.id;
      return { system: systemOfChange(change), ...defined({ instance, code }) };
    }
    case 'approval-open':
      return placeOfRun({ ref: reply.instance }, reply.approval.code);
    default:
      return { system: '' };
  }
}

function placeOfRun({ ref }: Pick<Instance, 'ref'>, code: string) {
  return { system: ref.system, instance: ref.id, code };
}

function ledgerReplyOf(reply: Reply) {
  const { kind } = reply;
  if (reply.kind === 'not-allowed') return { kind, reason: reply.why.kind };
  if (reply.kind === 'proposal') return { kind, change: reply.record.id };
  if (reply.kind === 'evidence' && reply.sending !== undefined && reply.sending !== 'possible') {
    const { sending } = reply;
    return { kind, ...(typeof sending === 'string' ? { sending } : { sending: 'failed', ...sending }) };
  }
  return reply.kind === 'broke' ? { kind, ref: reply.ref } : { kind };
}
