import type { ClickReply } from '../../domain/answer.js';
import { type Click, clickLeaseMs } from '../../domain/click.js';
import { type Person, type PersonId, personKey } from '../../domain/person.js';
import type { Context } from '../context.js';
import { endClick } from '../ledger/record-click.js';
import { notifyPerson } from '../notifications/notify.js';
import { countClick } from '../watch/count-click.js';
import { decideApproval, type LeftOver } from './decide-approval.js';

/** Works on a click somebody is waiting for, and answers privately; where no way is open, by direct message. */
export async function workOnClick(context: Context, clickId: string): Promise<void> {
  const reply = await decideOrBreak(context, clickId);
  const click = await context.store.findClick(clickId);
  if (!reply || !click || isShownOnCard(reply)) return;
  if (await context.chat.replyToClick(click, reply)) return;
  if (!isKept(reply)) await replyLate(context, click, reply);
}

/** Works on every click that was written down and not finished, as after a restart; answers by direct message. */
export async function resumeClicks(context: Context): Promise<void> {
  await replyToAll(context, await context.store.listUnfinishedClicks());
}

/**
 * Works on clicks that whoever took them has not finished in time, as when that bot is dead; answers by direct
 * message. If it is only slow, whoever ends first counts.
 */
export async function takeUpClicks(context: Context): Promise<void> {
  await replyToAll(context, await context.store.claimClicks(context.now(), clickLeaseMs));
}

/** All of them were made before now, so nobody need be asked about twice. */
async function replyToAll(context: Context, clicks: readonly Click[]): Promise<void> {
  const requested = new Map<string, Promise<Person>>();
  const lookUp = (id: PersonId) => {
    const known = requested.get(personKey(id)) ?? context.chat.lookUpPerson(id);
    requested.set(personKey(id), known);
    return known;
  };
  for (const click of clicks) {
    const reply = await decideOrBreak(context, click.id, { lookUp });
    if (!reply || isKept(reply)) continue;
    if (!isShownOnCard(reply)) await replyLate(context, click, reply);
    await countClick(context, click.id);
  }
}

/** What is taken up again has no answer yet; one that were told by message would be the only one. */
function isKept({ kind }: ClickReply): boolean {
  return kind === 'kept' || kind === 'checked-later';
}

/** The first word about a decision that was taken up is the card's. */
function isShownOnCard(reply: ClickReply): boolean {
  return reply.kind === 'decided';
}

async function replyLate(context: Context, click: Click, reply: ClickReply): Promise<void> {
  const approval = await context.store.findApproval(click.approvalId);
  await context.store.inTransaction((transaction) =>
    notifyPerson(context, transaction, click.person, `answer:${click.id}`, {
      kind: 'late-answer',
      approval,
      answer: reply,
    }),
  );
  context.scheduleDelivery();
}

/**
 * A defect of ours must not leave a person without an answer.
 *
 * A click that was not finished is finished as broken: cast later, it would be a decision its person was told
 * is none.
 */
async function decideOrBreak(
  context: Context,
  clickId: string,
  leftOver?: LeftOver,
): Promise<ClickReply | undefined> {
  try {
    return await decideApproval(context, clickId, leftOver);
  } catch (error) {
    const ref = context.newCode(6);
    context.log.error(
      { click: clickId, ref, err: error instanceof Error ? error : new Error(String(error)) },
      'Working on a click broke',
    );
    return finishBroken(context, clickId, ref);
  }
}

/**
 * Finishes a click as broken, and gives what became of it: where the store was lost just after it had written
 * the outcome, that outcome stands; where it can write nothing, the click is there to be taken up.
 */
async function finishBroken(context: Context, clickId: string, ref: string): Promise<ClickReply> {
  const broke: ClickReply = { kind: 'broke', ref };
  try {
    const click = await context.store.findClick(clickId);
    if (click)
      await context.store.inTransaction((transaction) =>
        endClick(context, transaction, { click, answer: broke }),
      );
    return (await context.store.findClick(clickId))?.answer ?? broke;
  } catch (error) {
    context.log.error(
      { click: clickId, err: error instanceof Error ? error : new Error(String(error)) },
      'A broken click could not be finished',
    );
    return { kind: 'kept', ref };
  }
}
