import { setImmediate } from 'node:timers/promises';
import { personKey } from '../domain/person.js';
import type { Policy } from '../domain/policy.js';
import {
  createReport,
  daysIn,
  type Report,
  type ReportCount,
  type ReportSpan,
  weekDue,
} from '../domain/report.js';
import type { Transaction } from '../ports/store.js';
import type { Context } from './context.js';

const sinceKey = 'report-since';

/** Notes, at the first start of a bot that counts for reports, since when it does. */
export async function beginCounting({ store, now }: Pick<Context, 'store' | 'now'>): Promise<void> {
  if ((await store.getNote(sinceKey)) === undefined) await store.putNote(sinceKey, String(now()));
}

/**
 * Adds up what was decided in a span of days, and what got in the way.
 *
 * Reads a day at a time; whoever else runs here has a turn in between. People are named only where the settings say so.
 */
export async function composeReport(
  { store, policy }: { readonly store: Transaction; readonly policy: Pick<Policy, 'people' | 'report'> },
  span: ReportSpan,
): Promise<Report> {
  const report = createReport(span);
  for (const day of daysIn(span)) {
    report.add(day, await store.sumReportEntries(day.fromMs, day.toMs));
    await setImmediate();
  }
  const knownSinceMs = Number((await store.getNote(sinceKey)) ?? 0);
  return {
    ...report.result(),
    ...(knownSinceMs > span.sinceMs ? { knownSinceMs } : {}),
    ...(policy.report?.people ? { people: await countPeople({ store, policy }, span) } : {}),
  };
}

async function countPeople(
  { store, policy }: { readonly store: Transaction; readonly policy: Pick<Policy, 'people'> },
  span: ReportSpan,
): Promise<readonly ReportCount[]> {
  const counts = new Map<string, number>();
  for (const { fromMs, toMs } of daysIn(span)) {
    for (const { name, count } of await store.countDecisionsBy(fromMs, toMs))
      counts.set(name, (counts.get(name) ?? 0) + count);
    await setImmediate();
  }
  const named: ReportCount[] = [];
  for (const [key, count] of counts) named.push({ name: await nameOf({ store, policy }, key), count });
  return named.sort((a, b) => b.count - a.count);
}

async function nameOf(
  { store, policy }: { readonly store: Transaction; readonly policy: Pick<Policy, 'people'> },
  key: string,
): Promise<string> {
  const mapped = policy.people.find(({ id }) => personKey(id) === key);
  if (mapped) return mapped.name;
  const [teamId = '', userId = ''] = key.split('/');
  return (await store.recallPerson({ teamId, userId }))?.name ?? userId;
}

const weekKey = 'report-week';

/**
 * Queues the report of the last week when it is due, once however many replicas and restarts there are; a bot that starts
 * counting in a week first reports at the end of it. Not in shadow mode.
 */
export async function postWeeklyReport(context: Context): Promise<void> {
  const { policy, store, now } = context;
  const { report } = policy;
  if (policy.shadow || report?.channel === undefined) return;
  const { name, ...span } = weekDue(report, now());
  const posted = await store.getNote(weekKey);
  if (posted === name) return;
  const { sinceMs, untilMs, timeZone } = span;
  const target = { kind: 'channel', channel: report.channel } as const;
  await store.inTransaction(async (transaction) => {
    await transaction.putNote(weekKey, name);
    // What was due before anything was counted, or before the settings wanted it, is owed to nobody.
    if (posted === undefined) return;
    const notice = { kind: 'report', sinceMs, untilMs, timeZone } as const;
    await transaction.addNotice(`report:${name}`, notice, target, now());
  });
  context.scheduleDelivery();
}
