import type { Approval } from '../../../../domain/approval.js';
import type { Card } from '../../../../domain/card.js';
import type { CountedVote, Vote } from '../../../../domain/decision.js';
import { namesNobody } from '../../../../domain/named-by.js';
import { listSome } from '../../../../shared/list-words.js';
import type { Formatter } from '../ink.js';
import { namedIn } from '../named-in.js';
import { wantedText } from '../wanted-words.js';
import { quoted, type RenderContext, systemOf } from '../wording.js';
import { isLinkOnly, linkOnlySentence } from './told-words.js';

const mostPeople = 8;

/** Says how many approvals there are, whose they are, and who else may give one; or where else to decide. */
export function progressLine(card: Card, renderContext: RenderContext): string {
  const { approval, rule, votes } = card;
  const { formatter } = renderContext;
  if (isLinkOnly(approval) && approval.state.kind === 'waiting')
    return linkOnlySentence(approval, renderContext);
  const label = formatter.label(approval.told ? 'Decisions' : 'Approvals');
  const system = systemOf(approval, renderContext);
  if (!rule) return `${label} no rule in the settings says who may decide this, so nobody can decide it here`;
  const have = tallies(votes, formatter)
    .map(({ what, count, whose }) => `${what}${count} of ${card.wanted}${whose}`)
    .join(', ');
  const name = formatter.text(rule.name, 60);
  if (rule.approveWith === 'portal-only')
    return `${label} in ${system} only, since “${name}” wants it so: please open it there`;
  if (card.isBeyondOneAccount)
    return `${label} in ${system} only: it wants ${approval.requirement.needed ?? 2} identities, and Countersign signals as one account for everybody. Please open it there`;
  const people = namesNobody(rule)
    ? 'this rule names nobody, so nobody can decide it here'
    : listSome(namedIn(rule, formatter), mostPeople);
  return [`${label} ${have} · ${name}: ${people}`, ...wantedText(rule), ...gapText(card)].join(' · ');
}

/** Warns that those who can act are too few. */
function gapText({ gap }: Card): readonly string[] {
  if (!gap) return [];
  const able = gap.able === 0 ? 'none of them' : `only ${gap.able} of them`;
  return [`⚠️ ${able} can act by what the settings and Slack say, and ${gap.wanted} must; the operators know`];
}

/** Counts votes for each output by itself, since only those for the same one add up. */
function tallies(votes: readonly Vote[], formatter: Formatter) {
  const outputs = new Set(votes.map(({ output }) => output));
  if (outputs.size === 0) return [{ what: '', count: 0, whose: '' }];
  return [...outputs].map((output) => {
    const alike = votes.filter((vote) => vote.output === output);
    const names = alike.map(({ name }) => formatter.text(name, 40));
    const what = output === undefined ? '' : `${quoted(output, formatter)} `;
    return { what, count: alike.length, whose: ` (${listSome(names, mostPeople)})` };
  });
}

/** Says what the system itself wants, as far as it is known; nothing when one identity is enough. */
export function requirementLines(approval: Approval, renderContext: RenderContext): readonly string[] {
  // What a workflow wants beside one answer is not known, and no account is asked.
  if (approval.told) return [];
  const system = systemOf(approval, renderContext);
  const { needed } = approval.requirement;
  const wants =
    needed === undefined
      ? [`How many identities ${system} wants is not known.`]
      : needed > 1
        ? [`${system} wants ${needed} identities.`]
        : [];
  const { counted = [] } = approval;
  const recorded =
    counted.length > 0 && approval.state.kind === 'waiting'
      ? [countedSentence(approval, counted, renderContext)]
      : [];
  const lost =
    approval.state.kind === 'waiting' && !approval.isAssigned
      ? [
          `${system} does not list this for the account Countersign signals with; a decision from here may be refused.`,
        ]
      : [];
  return [...wants, ...recorded, ...lost];
}

/** Says whose approval the system has counted by their own account, and that it waits for others. */
function countedSentence(
  approval: Approval,
  counted: readonly CountedVote[],
  renderContext: RenderContext,
): string {
  const { formatter } = renderContext;
  const { needed } = approval.requirement;
  const who = listSome(
    counted.map(({ name }) => formatter.text(name, 40)),
    mostPeople,
  );
  const isInferred = counted.some((one) => one.isInferred === true);
  const are = isInferred ? 'seems to be' : 'is';
  const part = needed === undefined || needed < 2 ? '' : ` as ${counted.length} of ${needed}`;
  return `What ${who} approved ${are} recorded in ${systemOf(approval, renderContext)}${part}; somebody else has to approve too.`;
}
