import { mayRun } from '../../domain/change.js';
import type { HealthReport, SystemHealth } from '../../domain/health-report.js';
import type { Reply } from '../../domain/reply.js';
import { unmappedApprovers } from '../../domain/unmapped-approvers.js';
import type { Context } from '../context.js';
import { respondedAt, silenceOf } from '../observation/note-silence.js';
import { collectGauges } from '../watch/take-stock.js';
import { watchCards } from '../watch/watch-cards.js';
import type { CommandWork } from './command-work.js';

/** Shows operators how the bot and the systems stand, and why an approval has no card; only what their rules name. */
export async function showHealth({ context, person }: CommandWork): Promise<Reply> {
  const { backends, policy } = context;
  const rules = policy.operators;
  // Whoever may look at one kind of workflow of a system may know how that system stands.
  const wide = rules.map(({ definitions: _any, ...rule }) => rule);
  const verdicts = [...backends.keys()].map((system) => ({
    system,
    may: mayRun(person, 'doctor', { system, definition: '' }, wide),
  }));
  const systems = verdicts.filter(({ may }) => may.kind === 'yes').map(({ system }) => system);
  const [refused] = verdicts.map(({ may }) => may).filter((may) => may.kind !== 'yes');
  if (systems.length === 0)
    return { kind: 'not-allowed', verb: 'doctor', why: refused ?? { kind: 'no-rule' } };
  const without = (await watchCards(context)).filter(({ approval }) => {
    const { ref, definition } = approval.instance;
    const target = { system: ref.system, definition: definition.name };
    return mayRun(person, 'doctor', target, rules).kind === 'yes';
  });
  const { outbox } = await collectGauges(context);
  return {
    kind: 'doctor',
    health: {
      systems: await Promise.all(systems.map((system) => healthOf(context, system))),
      withoutCard: without.map(({ approval, why }) => ({
        approval,
        label: labelOf(context, approval.instance.ref.system),
        why,
      })),
      outbox: outbox.filter(({ pending }) => pending > 0),
      incidents: await incidentsOf(context, systems),
      lostPlaces: await context.store.listLostPlaces(),
      unmapped: unmappedApprovers(policy, systems).map(({ system, ...gap }) => ({
        ...gap,
        label: labelOf(context, system),
      })),
    },
  };
}

function labelOf({ backends }: Context, system: string): string {
  return backends.get(system)?.label ?? system;
}

async function healthOf(context: Context, system: string): Promise<SystemHealth> {
  const { store, policy } = context;
  const respondedAtMs = await respondedAt(store, system);
  const silence = await silenceOf(store, system);
  return {
    label: labelOf(context, system),
    ...(respondedAtMs === undefined ? {} : { respondedAtMs }),
    ...(silence ? { silence: { sinceMs: silence.sinceMs, polls: silence.count } } : {}),
    hasAlerts: policy.alerts.isOn,
  };
}

async function incidentsOf(context: Context, systems: readonly string[]): Promise<HealthReport['incidents']> {
  const open = await Promise.all(systems.map((system) => context.store.listOpenIncidents(system)));
  return open.flat().map(({ code, system, definition, unresolved }) => ({
    code,
    label: labelOf(context, system),
    definition: definition.name,
    unresolved,
  }));
}
