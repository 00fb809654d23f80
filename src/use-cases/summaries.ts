import { digestDue } from '../domain/incident.js';
import { isExpiration } from '../domain/instance.js';
import type { Delivery, FixedNotice, HeldNotice, LiveNotice } from '../domain/notification.js';
import { type PersonId, personKey } from '../domain/person.js';
import { isHeldNotice, type NotificationPreferences, summaryDue } from '../domain/preferences.js';
import { dayDue } from '../domain/quiet-hours.js';
import { byUrgency, type UrgencyPlace, urgencyOf, urgencyPlace } from '../domain/urgency.js';
import type { Content, ExpiringRow, HeldContent, WaitingItem } from '../ports/chat.js';
import type { Transaction } from '../ports/store.js';
import { defined } from '../shared/language.js';
import { composeReminder, listWaiting } from './approvals/remind.js';
import type { Context } from './context.js';
import { isBulkOffered } from './home.js';
import { record, recordedPerson } from './ledger/record.js';
import { showCard } from './show-card.js';

/** Notes how somebody wants their direct messages from now on; what waits because of what they chose before is weighed anew. */
export async function choosePreferences(
  context: Context,
  person: PersonId,
  chosen: Omit<NotificationPreferences, 'person'>,
): Promise<void> {
  const { store, now } = context;
  await store.inTransaction(async (transaction) => {
    const timeZone = (await transaction.recallPerson(person))?.timeZone ?? 'UTC';
    // A summary whose time was over when it was chosen is tomorrow's.
    const day = dayDue({ dailyAtMinute: chosen.dailyAtMinute, timeZone }, now());
    await transaction.putPreferences({ person, ...chosen }, day);
    await transaction.releaseHeld(person, now());
    await record(context, transaction, {
      system: '',
      kind: 'preferences',
      person: recordedPerson(context, person),
      note: { ...chosen },
    });
    await transaction.wantHome(person, { dueAtMs: now() });
  });
  context.scheduleDelivery();
}

/**
 * Has one message say what was kept for somebody: the several that it takes the place of are ended in this transaction,
 * so that a crash loses none and says none twice.
 *
 * `held` names those it is about; absent for a daily summary, which is about all.
 */
export async function addSummary(
  transaction: Transaction,
  person: PersonId,
  { nowMs, held: due }: { readonly nowMs: number; readonly held?: readonly Delivery[] },
): Promise<void> {
  const isDaily = due === undefined;
  const taken = await transaction.takeHeld(person, due ?? (await transaction.listHeld(person)), nowMs);
  if (taken.length === 0 && !isDaily) return;
  const notices = taken.flatMap(({ subject }) => (subject.kind === 'notice' ? [subject.notice] : []));
  const earlier = notices.filter((notice) => notice.kind === 'summary');
  const held = [...earlier.flatMap((one) => one.held), ...notices.filter(isHeldNotice)];
  const isList =
    isDaily || notices.some(({ kind }) => kind === 'reminder') || earlier.some((one) => one.isList);
  const approvals = [...earlier.flatMap((one) => one.approvals), ...taken.flatMap(approvalIn)];
  // What has no room in one message is in a second; nothing of it is lost.
  for (let at = 0; at === 0 || at < held.length; at += mostHeld) {
    const first = at === 0 ? { approvals, ...(isList ? { isList } : {}) } : { approvals: [] };
    const summary = { kind: 'summary', person, held: held.slice(at, at + mostHeld), ...first } as const;
    const key = `summary:${personKey(person)}:${nowMs}:${at}`;
    await transaction.addNotice(key, summary, { kind: 'person', person }, nowMs);
  }
}

/** So many notices are said in one message. */
const mostHeld = 10;

function approvalIn({ subject }: Delivery): readonly string[] {
  return subject.kind === 'card' ? [subject.approvalId] : [];
}

/**
 * Sends their summary of the day to those who want one, once its time has come; nothing to whom nothing waits for.
 *
 * Runs after a whole poll, so that nothing is listed that was decided elsewhere while the bot was down.
 */
export async function sendSummaries(context: Context): Promise<void> {
  const { store, policy, now } = context;
  if (policy.shadow) return;
  let isAny = false;
  for (const { preferences, summaryDay: doneDay } of await store.listPreferences()) {
    if (preferences.directMessages !== 'daily') continue;
    const { person } = preferences;
    const timeZone = (await store.recallPerson(person))?.timeZone;
    const nowMs = now();
    const day = summaryDue(preferences, { timeZone, nowMs, doneDay });
    if (day === undefined) continue;
    await store.inTransaction(async (transaction) => {
      if (await transaction.noteSummary(person, day)) await addSummary(transaction, person, { nowMs });
    });
    isAny = true;
  }
  if (isAny) context.scheduleDelivery();
}

/**
 * Posts, once a day at the time the settings say, what waits on a system because a certificate expires; nothing while
 * nothing does.
 *
 * Runs after a whole poll of that system, for which it is: another one may have been read long before it.
 */
export async function postExpiryDigest(context: Context, system: string): Promise<void> {
  const { policy, store, now } = context;
  const { digest, isOn } = policy.alerts;
  if (!digest || !isOn) return;
  const day = digestDue(digest, now());
  const noteKey = `expiry-digest/${system}`;
  if (day === undefined || (await store.getNote(noteKey)) === day) return;
  await store.inTransaction(async (transaction) => {
    if ((await transaction.getNote(noteKey)) === day) return;
    await transaction.putNote(noteKey, day);
    const target = { kind: 'channel', channel: digest.channel } as const;
    await transaction.addNotice(`expiring:${system}:${day}`, { kind: 'expiring', system }, target, now());
  });
  context.scheduleDelivery();
}

/** Gives what a live notice says now; nothing when nothing waits any more. */
export async function composeLive(
  context: Context,
  notice: Exclude<LiveNotice, { kind: 'report' }>,
): Promise<Content | undefined> {
  if (notice.kind === 'summary') return composeSummary(context, notice);
  if (notice.kind === 'expiring') return composeExpiring(context, notice.system);
  return composeReminder(context, notice);
}

async function composeSummary(
  context: Context,
  { person, held, approvals, isList }: Extract<LiveNotice, { kind: 'summary' }>,
): Promise<Content | undefined> {
  const { store, now } = context;
  const nowMs = now();
  const waiting = await listWaiting(context, person);
  const others: WaitingItem[] = [];
  for (const id of new Set(approvals)) {
    const approval = waiting?.ids.has(id) ? undefined : await store.findApproval(id);
    if (approval?.state.kind === 'waiting') others.push({ approval, urgency: urgencyOf(approval, nowMs) });
  }
  const contents: HeldContent[] = [];
  for (const notice of held) {
    const content = await composeHeld(context, notice);
    if (content) contents.push(content);
  }
  // Without one of what was kept it would remind of what nobody wanted a reminder of.
  const isListed = isList === true || approvals.some((id) => waiting?.ids.has(id));
  const list = isListed ? waiting?.list : undefined;
  if (!list && others.length + contents.length === 0) return undefined;
  return { kind: 'summary', ...defined({ list }), others, held: contents, nowMs };
}

async function composeHeld(context: Context, notice: HeldNotice): Promise<HeldContent | undefined> {
  if (notice.kind === 'escalation' || notice.kind === 'undecided') {
    const content = await composeReminder(context, notice);
    return content?.kind === 'undecided' ? content : undefined;
  }
  return (await isStillTrue(context, notice)) ? { kind: 'notice', notice } : undefined;
}

/** Tells whether something that was kept is still worth saying: that it waits, not when it has ended meanwhile. */
export async function isStillTrue({ store }: Context, notice: FixedNotice): Promise<boolean> {
  if (notice.kind !== 'opened' && notice.kind !== 'question' && notice.kind !== 'answered') return true;
  const approval = await store.findApproval(notice.approval.id);
  if (approval?.state.kind !== 'waiting') return false;
  if (notice.kind !== 'question') return true;
  const question = approval.questions?.find(({ number }) => number === notice.question.number);
  return question !== undefined && question.answer === undefined;
}

const mostExpiring = 15;

async function composeExpiring(context: Context, system: string): Promise<Content | undefined> {
  const { store, now, policy } = context;
  const found: { readonly id: string; readonly place: UrgencyPlace }[] = [];
  for await (const approval of store.eachOpenApproval())
    if (
      approval.instance.ref.system === system &&
      approval.state.kind === 'waiting' &&
      isExpiration(approval.instance)
    )
      found.push({ id: approval.id, place: urgencyPlace(approval, now()) });
  found.sort((a, b) => byUrgency(a.place, b.place));
  const rows: ExpiringRow[] = [];
  for (const { id } of found.slice(0, mostExpiring)) {
    const approval = await store.findApproval(id);
    if (approval?.state.kind !== 'waiting') continue;
    const [channel] = (await store.listCards(id)).flatMap(({ message, target }) =>
      message && target.kind === 'channel' ? [target.channel] : [],
    );
    rows.push({
      card: await showCard(context, approval),
      urgency: urgencyOf(approval, now()),
      ...defined({ channel }),
    });
  }
  if (rows.length === 0) return undefined;
  const isOffered = !policy.shadow && isBulkOffered(rows, context);
  return { kind: 'expiring', rows, total: found.length, ...(isOffered ? { isBulkOffered: true } : {}) };
}
