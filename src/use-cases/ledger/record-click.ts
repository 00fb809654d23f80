import type { ClickReply } from '../../domain/answer.js';
import type { Approval } from '../../domain/approval.js';
import { decisionOf } from '../../domain/approval-state.js';
import type { Click } from '../../domain/click.js';
import { decisionFactsOf } from '../../domain/decision-facts.js';
import { canonical } from '../../domain/ledger/canonical.js';
import type { LedgerEntry, LedgerKind } from '../../domain/ledger/ledger-entry.js';
import { identitiesOf } from '../../domain/may-decide.js';
import type { Transaction } from '../../ports/store.js';
import type { Context } from '../context.js';
import { record, recordedPerson } from './record.js';

/**
 * Finishes a click and records what became of it; leaves one that was finished before as it is, and tells whether
 * this answer is the one that counts.
 */
export async function endClick(
  context: Context,
  transaction: Transaction,
  { click, answer: reply }: { readonly click: Click; readonly answer: ClickReply },
): Promise<boolean> {
  const stored = await transaction.findClick(click.id);
  if (!stored || stored.answer) return false;
  await transaction.finishClick(click.id, reply, context.now());
  const approval = await transaction.findApproval(click.approvalId);
  const person = await transaction.recallPerson(click.person);
  const system = approval?.instance.ref.system ?? '';
  const { verb, via, output, comment } = click;
  await record(context, transaction, {
    system,
    kind: kindOf(reply),
    person: recordedPerson(context, click.person),
    ...(person && approval ? { identities: identitiesOf(person, system, context.policy) } : {}),
    ...(approval ? { instance: approval.instance.ref.id, code: approval.code } : {}),
    shown: shownTo(context, click, approval),
    answered: { kind: reply.kind, ...reasonOf(reply) },
    messages: [{ channel: click.message.channel, ts: click.message.ts }],
    note: { click: click.id, verb, via, choice: output, comment, ...votersOf(reply) },
  });
  return true;
}

function kindOf({ kind }: ClickReply): LedgerKind {
  if (kind === 'decided') return 'decision';
  if (kind === 'vote-counted') return 'vote';
  if (kind === 'vote-withdrawn') return 'withdrawal';
  return kind === 'taken-back' ? 'taken-back' : 'refusal';
}

/** The facts of an older revision are not known any more, so only its number tells what was shown. */
function shownTo(
  { signer }: Context,
  { revision }: Click,
  approval: Approval | undefined,
): NonNullable<LedgerEntry['shown']> {
  if (approval?.revision !== revision) return { revision };
  const outputs = approval.told?.outputs.map(({ name, verdict }) => ({ name, verdict }));
  const facts = { ...decisionFactsOf(approval.instance) };
  return { revision, facts: signer.hash(canonical({ facts, outputs })) };
}

function reasonOf(reply: ClickReply) {
  if (reply.kind === 'refused') return { reason: reply.why.kind };
  if (reply.kind === 'vote-counted') return { have: reply.have, of: reply.of };
  return reply.kind === 'broke' ? { ref: reply.ref } : {};
}

/** A decision names everybody it stands on. */
function votersOf(reply: ClickReply) {
  const decision = reply.kind === 'decided' ? decisionOf(reply.approval.state) : undefined;
  if (!decision) return {};
  const { verdict, output, votes } = decision;
  return { verdict, output, voters: votes.map(({ person, name }) => `${name} (${person.userId})`) };
}
