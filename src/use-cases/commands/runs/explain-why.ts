import { mayDecide } from '../../../domain/may-decide.js';
import type { Person } from '../../../domain/person.js';
import type { Reply } from '../../../domain/reply.js';
import { approverRuleFor, routeFor, targetKey, targetsFor } from '../../../domain/rules.js';
import { explainAlerts } from '../../alerts/explain-alerts.js';
import { lookUpPerson } from '../../people/look-up-person.js';
import { namedPeople } from '../../people/named-people.js';
import type { CommandWork } from '../command-work.js';
import { findRun } from './find-run.js';
import { rowOf } from './rows.js';

/** Explains which rules routed a run, who may decide about it, who may not and why, and where failures are told. */
export async function explainWhy(work: CommandWork, typed: string): Promise<Reply> {
  const found = await findRun(work, 'why', typed);
  if (found.kind === 'reply') return found.reply;
  const { instance } = found;
  const { context, person } = work;
  const { policy } = context;
  const rule = approverRuleFor(instance, policy);
  const route = routeFor(instance, policy);
  const ids = rule ? await namedPeople(context, rule) : [];
  const named = await Promise.all(ids.map((id) => lookUpPerson(context, id)));
  const failures = await explainAlerts(context, instance);
  return {
    kind: 'why',
    why: {
      ...(await rowOf(context, instance)),
      ...(route ? { routeName: route.name } : {}),
      targets: targetsFor(instance, policy).map(targetKey),
      ...(rule ? { rule } : {}),
      people: named.map((one: Person) => ({ person: one, may: mayDecide(one, instance, policy) })),
      asker: mayDecide(person, instance, policy),
      ...(failures ? { failures } : {}),
    },
  };
}
