import { type Approval, isPlanned, type RulePlan } from '../../domain/approval.js';
import { claimedSignal } from '../../domain/approval-lifecycle.js';
import { type Attendance, attend, planStep } from '../../domain/automatic.js';
import { approverRuleFor } from '../../domain/policy.js';
import { ChatError } from '../../ports/errors.js';
import type { Transaction } from '../../ports/store.js';
import { asError } from '../../shared/language.js';
import { type Context, isSettling } from '../context.js';
import { LeaseLost } from '../leases.js';
import { recordRuleDecision } from '../ledger/record.js';
import { isHeldByRestore } from '../ledger/verify.js';
import { areRulesInForce } from '../rules.js';
import { advance } from './advance.js';
import { sendSignal } from './send-signal.js';

/**
 * Goes on with what rules approve by themselves on a system: begins holds, and decides where one is over.
 *
 * Runs after a whole poll of the system, and only if the chat answers as well: while either is away nobody could see or
 * stop anything, so every hold begins anew afterwards.
 */
export async function decideByRules(context: Context, system: string): Promise<void> {
  if (context.policy.shadow || (await isSettling(context, system))) return;
  const planned = await context.store.listPlanned(system);
  if (planned.length === 0) return;
  const attendance = await attendNow(context, system);
  if (!attendance) return;
  for (const { id } of planned) {
    try {
      const signalId = await goOn(context, id, attendance);
      if (signalId !== undefined) await sendSignal(context, signalId);
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      context.log.error({ approval: id, err: asError(error) }, 'A rule could not continue an approval');
    }
  }
  context.scheduleDelivery();
}

/** Gives since when somebody could have stopped a rule at any time; absent while the chat cannot be reached. */
async function attendNow(context: Context, system: string): Promise<Attendance | undefined> {
  const { store, chat, log, replicaId, now } = context;
  try {
    await chat.checkConnection();
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    log.warn({ system, err: error }, 'Slack cannot be reached: no rule approves anything by itself');
    return undefined;
  }
  const key = `attendance/${system}`;
  const note = await store.getNote(key);
  const before: Attendance | undefined = note === undefined ? undefined : JSON.parse(note);
  const attendance = attend(before, replicaId, now());
  await store.putNote(key, JSON.stringify(attendance));
  return attendance;
}

/** Goes on with one approval, in one transaction; gives the signal that it claimed, if it did. */
function goOn(context: Context, id: string, attendance: Attendance): Promise<string | undefined> {
  const { policy, store } = context;
  return store.inTransaction(async (transaction) => {
    const approval = await transaction.findApproval(id);
    if (!approval || !isPlanned(approval) || !(await areRulesInForce(context, transaction))) return undefined;
    const clicks = await transaction.listUnfinishedClicks();
    // What somebody clicked comes first, whatever it is.
    if (clicks.some(({ approvalId }) => approvalId === id)) return undefined;
    // What was stopped after a backup was made is not known in it.
    const opened = { votes: [], rule: approval.plan.rule, atMs: approval.waitingSinceMs };
    if (await isHeldByRestore({ store: transaction }, opened)) {
      await advance(context, { transaction, approval }, { kind: 'left-to-people', why: 'brake' });
      return undefined;
    }
    const isShown = await isShownEverywhere(transaction, approval);
    const step = planStep(approval, { policy, isShown, attendance });
    switch (step.kind) {
      case 'wait':
        return undefined;
      case 'begin': {
        const { sinceMs, untilMs } = step;
        await advance(context, { transaction, approval }, { kind: 'hold-began', sinceMs, untilMs });
        return undefined;
      }
      case 'brake':
        await advance(context, { transaction, approval }, { kind: 'left-to-people', why: 'brake' });
        return undefined;
      case 'decide':
        return decide(context, transaction, approval);
    }
  });
}

/** Tells whether every copy of a card is there and says what is true now; without a copy it is not. */
async function isShownEverywhere(transaction: Transaction, { id, version }: Approval): Promise<boolean> {
  const copies = await transaction.listCards(id);
  return (
    copies.length > 0 &&
    copies.every(({ message, shownVersion }) => message !== undefined && shownVersion === version)
  );
}

/** Claims the signal of a rule's decision, counted against its limit of the day and put on record with it. */
async function decide(
  context: Context,
  transaction: Transaction,
  approval: Approval & { readonly plan: RulePlan },
): Promise<string | undefined> {
  const { policy, now, newId, replicaId } = context;
  const { rule } = approval.plan;
  const { system, id: instance } = approval.instance.ref;
  const unsettled = await transaction.listUnsettledSignals(system);
  // A decision about another step of the run is on its way.
  if (unsettled.some((one) => one.instance.id === instance)) return undefined;
  const { limit = 0 } = approverRuleFor(approval.instance, policy)?.automatic ?? {};
  const nowMs = now();
  if (!(await transaction.noteRuleDecision(rule, nowMs, limit))) {
    await advance(context, { transaction, approval }, { kind: 'left-to-people', why: 'limit' });
    return undefined;
  }
  const decision = { verdict: 'approve', votes: [], rule, atMs: nowMs } as const;
  const signal = claimedSignal({ id: newId(), replicaId, decision }, approval, nowMs);
  const decided = await advance(context, { transaction, approval }, { kind: 'rule-decided', signal });
  // Nothing of this is kept then, the count neither.
  if (!decided) throw new Error(`The decision of rule ${rule} was not taken`);
  await recordRuleDecision(context, transaction, { approval, signal });
  return signal.id;
}
