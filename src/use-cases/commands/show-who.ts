import { identitiesOf } from '../../domain/may-decide.js';
import { isSamePerson } from '../../domain/person.js';
import type { Reply } from '../../domain/reply.js';
import type { CommandWork } from './command-work.js';

/** Shows what the bot knows about whoever asks, and which rules name them. */
export function showWho({ context, person }: CommandWork): Reply {
  const { policy, backends } = context;
  const isNamed = ({ people }: { readonly people: readonly (typeof person.id)[] }) =>
    people.some((id) => isSamePerson(id, person.id));
  return {
    kind: 'whoami',
    who: {
      person,
      identities: [...backends.values()].map(({ system, label }) => ({
        label,
        names: identitiesOf(person, system, policy),
      })),
      approverRules: policy.approvers.filter(isNamed).map(({ name }) => name),
      operatorRules: policy.operators.filter(isNamed).map(({ name, verbs }) => ({ name, verbs })),
    },
  };
}
