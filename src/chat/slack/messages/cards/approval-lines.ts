import type { Approval, Vote } from '../../../../domain/approval.js';
import type { Card } from '../../../../domain/card.js';
import { listSome } from '../../../../shared/list-words.js';
import type { Ink } from '../ink.js';
import { quoted, systemOf, type Wording } from '../wording.js';
import { isLinkOnly, linkOnlySentence } from './told-words.js';

const mostPeople = 8;

/** Says how many approvals there are, whose they are, and who else may give one; or where else to decide. */
export function progressLine(card: Card, wording: Wording): string {
  const { approval, rule, votes } = card;
  const { ink } = wording;
  if (isLinkOnly(approval) && approval.state.kind === 'waiting') return linkOnlySentence(approval, wording);
  const label = ink.label(approval.told ? 'Decisions' : 'Approvals');
  if (!rule) return `${label} no rule in the settings says who may decide this, so nobody can decide it here`;
  const have = tallies(votes, ink)
    .map(({ what, count, whose }) => `${what}${count} of ${rule.quorum}${whose}`)
    .join(', ');
  const people =
    rule.people.length === 0
      ? 'this rule names nobody, so nobody can decide it here'
      : listSome(rule.people.map(ink.person), mostPeople);
  return `${label} ${have} · ${ink.words(rule.name, 60)}: ${people}`;
}

/** Counts votes for each output by itself, since only those for the same one add up. */
function tallies(votes: readonly Vote[], ink: Ink) {
  const outputs = new Set(votes.map(({ output }) => output));
  if (outputs.size === 0) return [{ what: '', count: 0, whose: '' }];
  return [...outputs].map((output) => {
    const alike = votes.filter((vote) => vote.output === output);
    const names = alike.map(({ name }) => ink.words(name, 40));
    const what = output === undefined ? '' : `${quoted(output, ink)} `;
    return { what, count: alike.length, whose: ` (${listSome(names, mostPeople)})` };
  });
}

/** Says what the system itself wants, as far as it is known; nothing when one identity is enough. */
export function requirementLines(approval: Approval, wording: Wording): readonly string[] {
  // What a workflow wants beside one answer is not known, and no account is asked.
  if (approval.told) return [];
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
