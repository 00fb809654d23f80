import type { Approval } from '../../domain/approval.js';
import { requesterOf } from '../../domain/card.js';
import type { LiveNotice } from '../../domain/notification.js';
import { type Person, type PersonId, personKey } from '../../domain/person.js';
import { approverRuleFor, type ReminderRule, type Target, targetKey } from '../../domain/policy.js';
import { quietUntil } from '../../domain/quiet-hours.js';
import { type ReminderKind, remindersDue } from '../../domain/reminders.js';
import { plainEntry } from '../../domain/report.js';
import { urgencyOf } from '../../domain/urgency.js';
import { votesOn } from '../../domain/voting.js';
import type { Content, ReminderContent, WaitingItem } from '../../ports/chat.js';
import type { Reminded, Transaction } from '../../ports/store.js';
import { assertNever } from '../../shared/language.js';
import { type Away, type Context, isCarriedOver, recallPerson, whoIsAway } from '../context.js';
import { isBulkOffered, openApprovalsOf } from '../home.js';
import { record, recordedPerson } from '../ledger/record.js';
import { peopleOfRule, showCard, whoCanDecide } from '../show-card.js';
import { composeBulkSummary } from './bulk.js';

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
export async function listWaiting(
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
export async function composeReminder(
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
