import type { Instance } from './instance.js';
import { describeKey } from './request-facts.js';

/** What a person signs for: if one of these changes, a decision given before does not count any more. */
export interface DecisionFacts {
  readonly requester: string;
  readonly subject: string;
  readonly names: string;
  readonly key: string;
  readonly template: string;
  readonly authority: string;
  readonly validity: string;
  readonly revocationReason: string;
  readonly definitionVersion: string;
  /** Everything else a workflow told when it asked for people; empty where a system was observed. */
  readonly details: string;
}

/** One fact that is not what it was. */
export interface FactChange {
  readonly fact: keyof DecisionFacts;
  readonly from: string;
  readonly to: string;
}

/**
 * Picks the facts a decision is bound to.
 *
 * Leaves out what changes without changing the request: modification time, status text, received signals.
 * Names are sorted, so that the same names in another order are the same facts.
 */
export function decisionFactsOf(instance: Instance): DecisionFacts {
  const { facts } = instance;
  return {
    requester: listed(facts.requesters),
    subject: facts.subject ?? '',
    names: listed([...facts.names].sort()),
    key: keyFact(facts),
    template: facts.template ?? '',
    authority: facts.authority ?? '',
    validity: facts.validity ?? '',
    revocationReason: facts.revocation?.reason ?? '',
    definitionVersion: `${instance.definition.id} v${instance.definition.version}`,
    details: facts.isTold ? listed(facts.others.map(({ label, value }) => `${label}: ${value}`)) : '',
  };
}

function keyFact({ key, unreadableRequest }: Instance['facts']): string {
  if (!key) return unreadableRequest ?? '';
  return key.fingerprint === undefined ? describeKey(key) : `${describeKey(key)} (${key.fingerprint})`;
}

/** Lists texts so that no two different lists read the same. */
function listed(texts: readonly string[]): string {
  return texts.map((text) => (/[",]/.test(text) ? JSON.stringify(text) : text)).join(', ');
}

/** Lists the facts that differ, in the order in which a card shows them. */
export function factChanges(before: DecisionFacts, after: DecisionFacts): readonly FactChange[] {
  const names: readonly (keyof DecisionFacts)[] = [
    'requester',
    'subject',
    'names',
    'key',
    'template',
    'authority',
    'validity',
    'revocationReason',
    'definitionVersion',
    'details',
  ];
  return names
    .filter((fact) => before[fact] !== after[fact])
    .map((fact) => ({ fact, from: before[fact], to: after[fact] }));
}
