import type { Approval } from '../../domain/approval.js';
import { requesterOf } from '../../domain/card.js';
import { digestDue } from '../../domain/incident.js';
import { isExpiration } from '../../domain/instance.js';
import type { Delivery, FixedNotice, HeldNotice, LiveNotice } from '../../domain/notification.js';
import { type Person, type PersonId, personKey } from '../../domain/person.js';
import { approverRuleFor, type ReminderRule, type Target, targetKey } from '../../domain/policy.js';
import { isHeldNotice, type NotificationPreferences, summaryDue } from '../../domain/preferences.js';
import { dayDue, quietUntil } from '../../domain/quiet-hours.js';
import {
  byUrgency,
  type ReminderKind,
  remindersDue,
  type UrgencyPlace,
  urgencyOf,
  urgencyPlace,
} from '../../domain/reminders.js';
import { plainEntry } from '../../domain/report.js';
import { votesOn } from '../../domain/voting.js';
import type { Content, ExpiringRow, HeldContent, ReminderContent, WaitingItem } from '../../ports/chat.js';
import type { Reminded, Transaction } from '../../ports/store.js';
import { assertNever, defined } from '../../shared/language.js';
import { composeBulkSummary } from '../approvals/bulk.js';
import { type Away, type Context, isCarriedOver, recallPerson, whoIsAway } from '../context.js';
import { isBulkOffered, openApprovalsOf } from '../home.js';
import { record, recordedPerson } from '../ledger/record.js';
import { peopleOfRule, showCard, whoCanDecide } from '../show-card.js';

/** More than these wait for the next pass, so that nobody else waits for long. */
const mostAtOnce = 250;

/** Somebody is reminded of all that waits for them at once, and no sooner again than after this. */
const restMs = 10 * 60_000;

/**
 * Reminds people of what waits for them on a system, tells those to whom it is escalated, and says so where nobody
 * decides, as the rules in force want it.
 *
 * Runs after a whole poll of the system, so that nobody is reminded of what was decided elsewhere meanwhile. What is
 * said and that it was is written in one transaction: neither a crash nor another bot on the store has it said twice.
 */
export async function remindPeople(context: Context, system: string): Promise<void> {
  const { store, now } = context;
  const nowMs = now();
  if ((await store.listReminded(system, nowMs, 1)).length === 0) return;
  const count = await store.inTransaction(async (transaction) => {
    const due = await transaction.listReminded(system, nowMs, mostAtOnce);
    const pass = createPass(context, transaction, nowMs);
    for (const { approval, said } of due) {
      const rule = approverRuleFor(approval.instance, context.policy)?.reminders;
      if (!rule || approval.state.kind !== 'waiting') {
        await transaction.saveReminded(approval.id, said, undefined);
        continue;
      }
      const quietUntilMs = pass.quietUntil(rule);
      const result = remindersDue(approval, rule, {
        said: saidBefore(context, { approval, said, rule }),
        nowMs,
        quietUntilMs,
      });
      for (const kind of result.kinds) await pass.say(kind, approval, rule);
      await transaction.saveReminded(approval.id, result.said, result.nextAtMs);
    }
    return pass.said();
  });
  if (count === 0) return;
  context.log.info({ system, notices: count }, 'Reminders were queued');
  context.scheduleDelivery();
}

/** What fell due before the bot went live is said by the digest of that moment, and by nothing else. */
function saidBefore(
  context: Context,
  { approval, said, rule }: Reminded & { readonly rule: ReminderRule },
): readonly string[] {
  const wholeAtMs = context.settling?.get(approval.instance.ref.system)?.wholeAtMs;
  if (wholeAtMs === undefined || !isCarriedOver(context, approval)) return said;
  return [...new Set([...said, ...remindersDue(approval, rule, { said: [], nowMs: wholeAtMs }).said])];
}

function reminderKey(person: PersonId): string {
  return `reminded/${personKey(person)}`;
}

/** Gives when somebody was last reminded; long ago for whoever never was. */
async function lastReminder(transaction: Pick<Transaction, 'getNote'>, person: PersonId): Promise<number> {
  return Number((await transaction.getNote(reminderKey(person))) ?? Number.NEGATIVE_INFINITY);
}

/** What one pass knows already, so that it is looked up once. */
function createPass(context: Context, transaction: Transaction, nowMs: number) {
  const people = new Map<string, Promise<Person | undefined>>();
  const quiet = new Map<ReminderRule, number | undefined>();
  const reminded = new Set<string>();
  let away: Promise<Away> | undefined;
  let notices = 0;
  const recall = (id: PersonId): Promise<Person | undefined> => {
    const key = personKey(id);
    const known = people.get(key) ?? recallPerson(transaction, id);
    people.set(key, known);
    return known;
  };
  const add = async (key: string, notice: LiveNotice, target: Target): Promise<void> => {
    if (context.policy.shadow && target.kind === 'person') return;
    notices += 1;
    await transaction.addNotice(key, notice, target, nowMs);
    if (context.policy.shadow) return;
    await transaction.putReportEntry(plainEntry('reminder', { id: key, atMs: nowMs, name: notice.kind }));
  };
  const remind = async (approval: Approval): Promise<void> => {
    const rule = approverRuleFor(approval.instance, context.policy);
    const named = rule && (await peopleOfRule(transaction, rule));
    // Whoever is reminded is reminded of all that waits.
    away ??= whoIsAway(context, transaction);
    const delegates = (await away).delegations.map(({ delegate }) => delegate);
    if (named && [...named, ...delegates].every((id) => reminded.has(personKey(id)))) return;
    const votes = votesOn(await transaction.listVotes(approval.id), approval.revision);
    const deciders = await whoCanDecide(context, transaction, approval, votes, { recall, away: await away });
    for (const { id: person, isAway } of deciders?.people ?? []) {
      const key = personKey(person);
      if (isAway || reminded.has(key)) continue;
      reminded.add(key);
      if (nowMs - (await lastReminder(transaction, person)) < restMs) continue;
      await transaction.putNote(reminderKey(person), String(nowMs));
      await add(`reminder:${key}:${nowMs}`, { kind: 'reminder', person }, { kind: 'person', person });
    }
  };
  const sayUndecided = async (approval: Approval): Promise<void> => {
    const { id: approvalId } = approval;
    const requester = requesterOf(approval, context.policy);
    const { operatorsChannel: channel } = context.policy;
    const notice = (isRequester: boolean) => ({ kind: 'undecided', approvalId, isRequester }) as const;
    if (requester)
      await add(`undecided:${approvalId}:requester`, notice(true), { kind: 'person', person: requester });
    await add(`undecided:${approvalId}:operators`, notice(false), { kind: 'channel', channel });
  };
  return {
    quietUntil(rule: ReminderRule): number | undefined {
      if (!quiet.has(rule)) quiet.set(rule, rule.quietHours && quietUntil(rule.quietHours, nowMs));
      return quiet.get(rule);
    },
    async say(kind: ReminderKind, approval: Approval, { escalate }: ReminderRule): Promise<void> {
      switch (kind) {
        case 'remind':
          return remind(approval);
        case 'escalate':
          for (const target of escalate?.to ?? [])
            await add(
              `escalation:${approval.id}:${approval.revision}:${targetKey(target)}`,
              { kind: 'escalation', approvalId: approval.id },
              target,
            );
          return;
        case 'expire':
          return sayUndecided(approval);
        default:
          return assertNever(kind);
      }
    },
    said: () => notices,
  };
}

/** So many are listed in a reminder; the rest is counted. */
const mostListed = 10;

/** Lists what waits for somebody now, the most pressing first, and tells of which approvals that is all; absent when nothing does. */
async function listWaiting(
  context: Context,
  id: PersonId,
): Promise<{ readonly list: ReminderContent; readonly ids: ReadonlySet<string> } | undefined> {
  const { store, now } = context;
  const nowMs = now();
  const person = (await recallPerson(store, id)) ?? { id, name: '', membership: 'member' as const };
  const { waiting: open } = await openApprovalsOf({ context, person });
  const waiting: WaitingItem[] = [];
  for (const { approvalId } of open.slice(0, mostListed)) {
    const approval = await store.findApproval(approvalId);
    if (approval?.state.kind === 'waiting') waiting.push({ approval, urgency: urgencyOf(approval, nowMs) });
  }
  if (waiting.length === 0) return undefined;
  const rows = waiting.map(({ approval }) => ({ card: { approval } }));
  const isOffered = !context.policy.shadow && isBulkOffered(rows, context);
  return {
    list: {
      kind: 'reminder',
      waiting,
      total: open.length,
      nowMs,
      ...(isOffered ? { isBulkOffered: true } : {}),
    },
    ids: new Set(open.map(({ approvalId }) => approvalId)),
  };
}

/** Gives what a live notice says now; nothing when nothing waits any more. */
async function composeReminder(
  context: Context,
  notice: Exclude<LiveNotice, { kind: 'summary' | 'expiring' | 'report' }>,
): Promise<Content | undefined> {
  const { store, now } = context;
  if (notice.kind === 'bulk-summary') {
    const results = await composeBulkSummary(context, notice.bulk);
    return { kind: 'notice', notice: { kind: 'bulk', results } };
  }
  if (notice.kind !== 'reminder') {
    const approval = await store.findApproval(notice.approvalId);
    if (approval?.state.kind !== 'waiting') return undefined;
    const to = notice.kind === 'escalation' ? 'told' : notice.isRequester ? 'requester' : 'operators';
    return { kind: 'undecided', to, card: await showCard(context, approval), nowMs: now() };
  }
  const waiting = await listWaiting(context, notice.person);
  if (!waiting) return undefined;
  const nudge = notice.nudge === undefined ? undefined : await store.findApproval(notice.nudge);
  const isNudge = nudge?.state.kind === 'waiting';
  return { ...waiting.list, ...(isNudge ? { nudge } : {}) };
}

/** What comes of a nudge; `count`: how many are reminded; `withheld`: how many others take no single messages. */
export type NudgeResult =
  | {
      readonly kind: 'nudged';
      readonly approval: Approval;
      readonly count: number;
      readonly withheld?: number;
    }
  | { readonly kind: 'nudged-before'; readonly approval: Approval; readonly againAtMs: number };

const usualNudgeMs = 4 * 60 * 60_000;

/**
 * Has those reminded who can decide an approval, for whoever asked; once in the time its rule states.
 *
 * One requester has nobody reminded twice within ten minutes, whatever of: a reminder lists all that waits, and
 * somebody with many requests could flood people by one for each.
 */
export async function nudgePeople(
  context: Context,
  approvalId: string,
  requester: PersonId,
): Promise<NudgeResult | undefined> {
  const { store, policy, now } = context;
  const result = await store.inTransaction(async (transaction): Promise<NudgeResult | undefined> => {
    const approval = await transaction.findApproval(approvalId);
    if (approval?.state.kind !== 'waiting') return undefined;
    const nowMs = now();
    const everyMs = approverRuleFor(approval.instance, policy)?.nudgeEveryMs ?? usualNudgeMs;
    const last = await transaction.getNote(`nudged/${approvalId}`);
    const againAtMs = last === undefined ? nowMs : Number(last) + everyMs;
    if (againAtMs > nowMs) return { kind: 'nudged-before', approval, againAtMs };
    const votes = votesOn(await transaction.listVotes(approvalId), approval.revision);
    const deciders = await whoCanDecide(context, transaction, approval, votes);
    const here = (deciders?.people ?? []).filter(({ isAway }) => !isAway);
    const byKey = `nudged-by/${personKey(requester)}`;
    const byNote = await transaction.getNote(byKey);
    const reminded: Readonly<Record<string, number>> = byNote === undefined ? {} : JSON.parse(byNote);
    const willing = [];
    for (const one of here) {
      const preferences = await transaction.findPreferences(one.id);
      if ((preferences?.directMessages ?? 'each') !== 'each') continue;
      willing.push({ ...one, restsToMs: (reminded[personKey(one.id)] ?? Number.NEGATIVE_INFINITY) + restMs });
    }
    const withheld = here.length - willing.length;
    const people = willing.filter(({ restsToMs }) => restsToMs <= nowMs);
    if (willing.length > 0 && people.length === 0)
      return {
        kind: 'nudged-before',
        approval,
        againAtMs: Math.min(...willing.map(({ restsToMs }) => restsToMs)),
      };
    await transaction.putNote(`nudged/${approvalId}`, String(nowMs));
    const recent = Object.entries(reminded).filter(([, atMs]) => atMs + restMs > nowMs);
    const justNow = people.map(({ id }) => [personKey(id), nowMs] as const);
    await transaction.putNote(byKey, JSON.stringify(Object.fromEntries([...recent, ...justNow])));
    for (const { id: person } of people) {
      await transaction.putNote(reminderKey(person), String(nowMs));
      const key = `nudge:${approvalId}:${nowMs}:${personKey(person)}`;
      const notice = { kind: 'reminder', person, nudge: approvalId } as const;
      await transaction.addNotice(key, notice, { kind: 'person', person }, nowMs);
      await transaction.putReportEntry(plainEntry('reminder', { id: key, atMs: nowMs, name: 'nudge' }));
    }
    const { ref } = approval.instance;
    await record(context, transaction, {
      system: ref.system,
      instance: ref.id,
      code: approval.code,
      kind: 'nudge',
      person: recordedPerson(context, requester),
      note: { reminded: people.length },
    });
    return {
      kind: 'nudged',
      approval,
      count: people.length,
      ...(withheld > 0 ? { withheld } : {}),
    };
  });
  context.scheduleDelivery();
  return result;
}

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
