import { identitiesOf } from '../../../domain/may-decide.js';
import { type Naming, namedBy } from '../../../domain/named-by.js';
import type { Reply } from '../../../domain/reply.js';
import type { CommandWork } from '../command-work.js';

/** Shows what the bot knows about whoever asks, and which rules name them. */
export function showWho({ context, person }: CommandWork): Reply {
  const { policy, backends } = context;
  const isNamed = (rule: Naming) => namedBy(rule, person) === 'yes';
  const links = [...backends.values()]
    .filter(({ personSignIn }) => personSignIn !== undefined)
    .map(({ system, label }) => {
      const username = person.linkedAs?.[system];
      return { system, label, ...(username === undefined ? {} : { username }) };
    });
  return {
    kind: 'whoami',
    who: {
      person,
      identities: [...backends.values()].map(({ system, label }) => ({
        label,
        names: identitiesOf(person, system, policy),
      })),
      ...(links.length > 0 ? { links } : {}),
      approverRules: policy.approvers.filter(isNamed).map(({ name }) => name),
      operatorRules: policy.operators.filter(isNamed).map(({ name, verbs }) => ({ name, verbs })),
    },
  };
}
