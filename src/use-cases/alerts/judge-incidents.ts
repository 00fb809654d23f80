import type { Failure } from '../../domain/alerts/failure.js';
import type { Incident } from '../../domain/alerts/incident.js';
import { judgeIncident } from '../../domain/alerts/resolve-incident.js';
import type { ChangeRecord } from '../../domain/change-record.js';
import type { Transaction } from '../../ports/store.js';
import type { Context } from '../context.js';
import { knownName } from './known-name.js';

/** Of a storm not every run is asked who brought it back. */
const mostRequested = 20;

/** Ends incidents of a system that are over: all their runs came to rest, or none has failed so for long. */
export async function judgeIncidents(
  context: Context,
  transaction: Transaction,
  about: { readonly system: string; readonly touched: ReadonlySet<string> },
): Promise<void> {
  const nowMs = context.now();
  const { quietAfterMs } = context.policy.alerts;
  for (const incident of await transaction.listOpenIncidents(about.system)) {
    const isQuiet = nowMs - incident.heardAtMs >= quietAfterMs;
    if (!isQuiet && !about.touched.has(incident.id)) continue;
    const failures = await transaction.listFailures(incident.id);
    const by = await whoHelped(context, transaction, failures);
    const judged = judgeIncident(incident, failures, { nowMs, quietAfterMs, by });
    if (judged !== incident) await take(context, transaction, judged);
  }
}

async function take(context: Context, transaction: Transaction, incident: Incident): Promise<void> {
  const saved = await transaction.saveIncident(incident, context.now());
  if (saved.state.kind !== 'resolved') return;
  const { system, code, state } = saved;
  context.log.info({ system, incident: code, how: state.how.kind }, 'Workflows that failed are over');
  await transaction.wantFollowUp(saved.id, 'resolved', { kind: 'resolved' }, context.now());
}

/** Names the people whose changes brought runs back, each once: of each run, whoever helped last. */
async function whoHelped(
  context: Context,
  transaction: Transaction,
  failures: readonly Failure[],
): Promise<readonly string[]> {
  const names = new Set<string>();
  for (const { instance } of failures.slice(0, mostRequested)) {
    const help = (await transaction.listChangesOn(instance.ref)).find(hasHelped);
    if (!help) continue;
    const { name } = (await transaction.recallPerson(help.person)) ?? { name: help.person.userId };
    names.add(knownName(context, { id: help.person, name }));
  }
  return [...names];
}

/** What was not sent, or of which nobody knows whether it arrived, is credited to nobody. */
function hasHelped({ change, phase, outcome }: ChangeRecord): boolean {
  const isHelp = change.kind === 'restart' || change.kind === 'resume' || change.kind === 'abort';
  return isHelp && (phase === 'following' || outcome?.kind === 'done');
}
