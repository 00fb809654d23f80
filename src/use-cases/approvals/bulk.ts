import { type Approval, roomForComment, subjectOf } from '../../domain/approval.js';
import type { Card } from '../../domain/card.js';
import type { BulkResult } from '../../domain/notification.js';
import { isSamePerson, type PersonId } from '../../domain/person.js';
import { identitiesOf, mayDecide } from '../../domain/policy.js';
import {
  type BulkItem,
  type BulkPart,
  type BulkWindow,
  type Click,
  type ClickReply,
  signalsAsPerson,
  whyNotInBulk,
} from '../../domain/voting.js';
import { OutcomeUnknown } from '../../ports/store.js';
import { defined } from '../../shared/language.js';
import { findCopy } from '../commands/queries.js';
import { type Context, lookUpPerson, recallPerson, whoIsAway } from '../context.js';
import { openApprovalsOf, ownLists } from '../home.js';
import { showCard } from '../show-card.js';

/** A request that may be approved together with others, and what binds a decision about it. */
export interface BulkCandidate {
  readonly card: Card;
  readonly item: BulkItem;
}

/** So many that wait are gone through at most, the most pressing first. */
const mostWeighed = 200;

/** Lists what somebody may approve together, the most pressing first, and how much else waits for them. */
export async function listForBulk(
  context: Context,
  id: PersonId,
): Promise<{ readonly candidates: readonly BulkCandidate[]; readonly waiting: number }> {
  const { store, policy } = context;
  const person = (await recallPerson(store, id)) ?? (await lookUpPerson(context, id));
  const { waiting } = await openApprovalsOf({ context, person }, await ownLists({ context, person }));
  const { delegations } = await whoIsAway(context, store);
  const candidates: BulkCandidate[] = [];
  for (const { approvalId } of waiting.slice(0, mostWeighed)) {
    if (candidates.length >= (policy.bulkLimit ?? 0)) break;
    const approval = await store.findApproval(approvalId);
    if (!approval || whyNotInBulk(approval, policy) !== undefined) continue;
    const { system } = approval.instance.ref;
    if (signalsAsPerson(policy, system) && person.linkedAs?.[system] === undefined) continue;
    const copy = await findCopy(context, approvalId, { person: id });
    const card = await showCard(context, approval);
    if (!copy || !card.actions.includes('approve')) continue;
    const may = mayDecide(person, approval.instance, policy, delegations);
    const seat = may.kind === 'yes' ? may.seats?.[0] : undefined;
    const wantsReason = card.rule?.approveWith === 'reason';
    const item = {
      approvalId,
      revision: approval.revision,
      basis: card.basis,
      message: copy.message,
      wantsReason,
      room: roomForComment('approve', card.votes, {
        name: person.name,
        identities: identitiesOf(person, system, policy),
        person: id,
        isReason: wantsReason,
        ...defined({ seat }),
      }),
    };
    candidates.push({ card, item });
  }
  return { candidates, waiting: waiting.length };
}

/** Writes one decision down; `different` if another one was taken from its window before. */
export async function writeOne(
  store: Pick<Context['store'], 'addClick' | 'findClick'>,
  click: Click,
): Promise<'written' | 'repeated' | 'different'> {
  if ((await store.addClick(click)) === 'written') return 'written';
  return (await isSameAsBefore(store, click)) ? 'repeated' : 'different';
}

/**
 * Writes down the decisions of one window, all or none; `different` if others were taken from it before.
 *
 * The chat leaves a window open whose acknowledgement it did not get in time, and somebody may tick more in it.
 */
export async function writeBulk(
  { store }: Pick<Context, 'store'>,
  clicks: readonly Click[],
): Promise<'written' | 'repeated' | 'different'> {
  if ((await store.addClicks(clicks)) === 'written') return 'written';
  for (const click of clicks) if (!(await isSameAsBefore(store, click))) return 'different';
  return 'repeated';
}

async function isSameAsBefore(
  store: Pick<Context['store'], 'findClick'>,
  { id, approvalId, comment, typed, bulk }: Click,
): Promise<boolean> {
  const before = await store.findClick(id).catch((cause: unknown) => {
    throw new OutcomeUnknown('A click was stored before, and cannot be read now', { cause });
  });
  return (
    before?.approvalId === approvalId &&
    before.comment === comment &&
    before.typed === typed &&
    before.bulk?.size === bulk?.size
  );
}

/** Tells what came of approvals that were given together, as they stand now. */
export async function composeBulkSummary(
  { store }: Pick<Context, 'store'>,
  { id, size }: Pick<BulkPart, 'id' | 'size'>,
): Promise<readonly BulkResult[]> {
  const results: BulkResult[] = [];
  for (let at = 0; at < size; at += 1) {
    const click = await store.findClick(`${id}.${at}`);
    if (!click?.reply) continue;
    const approval = await store.findApproval(click.approvalId);
    const about = approval
      ? { code: approval.code, subject: subjectOf(approval) }
      : { code: '', subject: '' };
    results.push({ ...about, ...resultOf(click.reply, approval) });
  }
  return results;
}

/** Says no more than can be seen: a decision that was taken up need not have reached its system. */
function resultOf(reply: ClickReply, approval: Approval | undefined): Pick<BulkResult, 'how' | 'reply'> {
  if (reply.kind === 'vote-counted') return { how: 'counted' };
  if (reply.kind !== 'decided') return { how: 'refused', reply };
  const { state } = approval ?? reply.approval;
  if (state.kind === 'waiting') return { how: 'not-taken' };
  const isApproved = state.kind === 'ended' && state.ending.kind === 'approved';
  return { how: isApproved ? 'approved' : 'under-way' };
}

/** Remembers a window before it can be submitted; it decides nothing by itself. */
export function openBulkWindow({ store, now }: Context, window: BulkWindow): Promise<void> {
  return store.keepText(keyOf(window.id), JSON.stringify(window), now());
}

/** Finds a window somebody submits; absent when it was never opened by that person, or is too old. */
export async function findBulkWindow(
  { store }: Context,
  id: string,
  person: PersonId,
): Promise<BulkWindow | undefined> {
  const text = await store.keptText(keyOf(id));
  if (text === undefined) return undefined;
  const window: BulkWindow = JSON.parse(text);
  return isSamePerson(window.person, person) ? window : undefined;
}

function keyOf(id: string): string {
  return `bulk:${id}`;
}
