import type { Approval } from '../../../../domain/approval.js';
import type { Card } from '../../../../domain/card.js';
import { listSome } from '../../../../shared/list-words.js';
import { systemOf, type Wording } from '../wording.js';

const mostPeople = 8;

/** Says how many approvals there are, whose they are, and who else may give one. */
export function progressLine({ rule, votes }: Card, { ink }: Wording): string {
  const label = ink.label('Approvals');
  if (!rule) return `${label} no rule in the settings says who may decide this, so nobody can decide it here`;
  const names = votes.map(({ name }) => ink.words(name, 40));
  const given = names.length > 0 ? ` (${listSome(names, mostPeople)})` : '';
  const have = `${votes.length} of ${rule.quorum}${given}`;
  const people =
    rule.people.length === 0
      ? 'this rule names nobody, so nobody can decide it here'
      : listSome(rule.people.map(ink.person), mostPeople);
  return `${label} ${have} · ${ink.words(rule.name, 60)}: ${people}`;
}

/** Says what the system itself wants, as far as it is known; nothing when one identity is enough. */
export function requirementLines(approval: Approval, wording: Wording): readonly string[] {
  const system = systemOf(approval, wording);
  const { needed } = approval.requirement;
  const wants =
    needed === undefined
      ? [`How many identities ${system} wants is not known.`]
      : needed > 1
        ? [`${system} wants ${needed} identities; Countersign signals as one of them.`]
        : [];
  const lost =
    approval.state.kind === 'waiting' && !approval.isAssigned
      ? [
          `${system} does not list this for the account Countersign signals with; a decision from here may be refused.`,
        ]
      : [];
  return [...wants, ...lost];
}
