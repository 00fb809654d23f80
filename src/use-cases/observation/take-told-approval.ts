import type { Approval, InboundDetails } from '../../domain/approval.js';
import { decisionFactsOf, factChanges } from '../../domain/decision-facts.js';
import { priorities } from '../../domain/delivery.js';
import type { Signal } from '../../domain/signal.js';
import { isDecided, matchInbound, suggestedPeople, usualOutputs, withNews } from '../../domain/told-step.js';
import type { Transaction } from '../../ports/store.js';
import type { InboundRequest, InboundResult } from '../../ports/told-desk.js';
import type { Context } from '../context.js';
import { recordInbound } from '../ledger/record-told.js';
import { notifyVotesVoid } from '../notifications/notify.js';
import { learnPeople } from '../people/find-role-gap.js';
import { release } from '../signals/signal-steps.js';
import { openApprovalIn } from './put-approval.js';

/**
 * Takes a workflow's own word that one of its steps waits for people, and puts it to them.
 *
 * Saying the same again changes nothing; saying later which activity waits makes the card one that can be
 * answered; saying something else makes earlier votes void, and calls off a decision that was not sent yet. Who
 * may decide is what the rules say, whomever the workflow suggests.
 */
export async function takeInboundApproval(context: Context, request: InboundRequest): Promise<InboundResult> {
  await learnPeople(context, request.instance);
  const result = await context.store.inTransaction(async (transaction) => {
    const taken = await takeIn(context, transaction, request);
    await recordInbound(context, transaction, { asked: request, answer: taken });
    return taken;
  });
  const { ref } = request.instance;
  context.log.info(
    { system: ref.system, instance: ref.id, answer: result.kind },
    'A workflow asked for people',
  );
  context.scheduleDelivery();
  return result;
}

async function takeIn(
  context: Context,
  transaction: Transaction,
  request: InboundRequest,
): Promise<InboundResult> {
  const { instance, key, activityId, activity } = request;
  const step = instance.step?.uniqueName ?? '';
  const known = await transaction.listApprovalsOf(instance.ref);
  const match = matchInbound(known, { step, hasKey: key !== undefined, activityId, activity });
  if (match.kind === 'several') return { kind: 'ambiguous', codes: match.approvals.map(({ code }) => code) };
  if (match.kind === 'none') return open(context, transaction, request);
  const { approval } = match;
  const other = approval.told?.activityId;
  if (activityId === undefined || other === undefined || other === activityId)
    return refresh(context, transaction, { approval, asked: request });
  // The key came back with another activity: the workflow has come to this step once more.
  if (isDecided(approval.state)) return open(context, transaction, request);
  return { kind: 'key-taken', code: approval.code };
}

async function open(
  context: Context,
  transaction: Transaction,
  request: InboundRequest,
): Promise<InboundResult> {
  const inbound = inboundOf(request, { outputs: usualOutputs, suggested: [] });
  const approval = await openApprovalIn(context, transaction, {
    instance: request.instance,
    requirement: { roles: [] },
    told: inbound,
  });
  await showToSuggested(context, transaction, approval);
  return { kind: 'put', code: approval.code };
}

async function showToSuggested(
  context: Context,
  transaction: Transaction,
  approval: Approval,
): Promise<void> {
  for (const person of suggestedPeople(approval, context.policy)) {
    await transaction.addCard(approval.id, { kind: 'person', person }, priorities.newCard, context.now());
  }
}

function inboundOf(
  { outputs, suggested, ...request }: InboundRequest,
  before: InboundDetails,
): InboundDetails {
  const { activityId = before.activityId, activity = before.activity } = request;
  return {
    ...(activityId === undefined ? {} : { activityId }),
    ...(activity === undefined ? {} : { activity }),
    outputs: outputs ?? before.outputs,
    suggested: suggested.length > 0 ? suggested : before.suggested,
  };
}

async function refresh(
  context: Context,
  transaction: Transaction,
  { approval, asked: request }: { readonly approval: Approval; readonly asked: InboundRequest },
): Promise<InboundResult> {
  const { code } = approval;
  const delayed = await delayedSignal(transaction, approval);
  if ((approval.state.kind !== 'waiting' && !delayed) || !approval.told) return { kind: 'over', code };
  const inbound = inboundOf(request, approval.told);
  const instance = withNews(approval.instance, request.instance);
  const changes = factChanges(decisionFactsOf(approval.instance), decisionFactsOf(instance));
  const isOther =
    changes.length > 0 || JSON.stringify(inbound.outputs) !== JSON.stringify(approval.told.outputs);
  if (isOther) {
    const note = { kind: 'facts-changed', changes } as const;
    const next = { ...approval, instance, told: inbound, revision: approval.revision + 1 };
    const saved = delayed
      ? await release(context, { transaction, signal: delayed, approval: next }, { note, keep: [] })
      : await transaction.saveApproval(
          { ...next, state: { kind: 'waiting', note } },
          priorities.staleButtons,
          context.now(),
        );
    const votes = [...(await transaction.listVotes(saved.id)), ...(delayed?.decision.votes ?? [])];
    await transaction.removeVotes(saved.id);
    await notifyVotesVoid(context, transaction, { approval: saved, votes, why: 'facts-changed' });
    await showToSuggested(context, transaction, saved);
    return { kind: 'changed', code };
  }
  if (delayed) return { kind: 'over', code };
  if (JSON.stringify(inbound) === JSON.stringify(approval.told)) return { kind: 'repeated', code };
  const saved = await transaction.saveApproval(
    { ...approval, told: inbound },
    priorities.newCard,
    context.now(),
  );
  await showToSuggested(context, transaction, saved);
  return { kind: inbound.activityId === approval.told.activityId ? 'repeated' : 'completed', code };
}

/** Finds the decision that is held and can still be called off. */
async function delayedSignal(
  transaction: Transaction,
  { id, state, instance }: Approval,
): Promise<Signal | undefined> {
  if (state.kind !== 'held') return undefined;
  const unsettled = await transaction.listUnsettledSignals(instance.ref.system);
  return unsettled.find(({ approvalId, phase }) => approvalId === id && phase === 'claimed');
}
