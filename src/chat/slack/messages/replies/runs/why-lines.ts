import { hasEnded } from '../../../../../domain/instance.js';
import type { MayDecide } from '../../../../../domain/may-decide.js';
import type { WhyReport } from '../../../../../domain/reply.js';
import { assertNever } from '../../../../../shared/assert-never.js';
import { listSome } from '../../../../../shared/list-words.js';
import { routeLines } from '../../alerts/route-lines.js';
import type { Formatter } from '../../ink.js';
import { refusalSentence } from '../../refusals.js';
import { wantedText } from '../../wanted-words.js';
import type { RenderContext } from '../../wording.js';
import { runLines } from './run-lines.js';

const mostPeople = 20;

/** Explains where a card went, who may decide, who may not and why, and where failures are told. */
export function whyLines(why: WhyReport, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  const { routeName, targets, rule, people, asker, failures } = why;
  const route =
    routeName === undefined ? 'no route fits, so the fallback' : `“${formatter.text(routeName, 80)}”`;
  const places = targets.map((target) => placeText(target, formatter));
  const names = people
    .slice(0, mostPeople)
    .map(
      ({ person, may }) =>
        `• ${formatter.person(person.id)} ${formatter.text(person.name, 60)}: ${theyText(may, formatter)}`,
    );
  const more = people.length > mostPeople ? [`+${people.length - mostPeople} more`] : [];
  return [
    ...runLines(why, renderContext),
    ...(hasEnded(why.instance.status)
      ? ['It is over, so nobody has to decide. What follows is what the rules say.']
      : []),
    `${formatter.label('Its card goes to')} ${listSome(places, 8) || 'nobody'} (${route})`,
    `${formatter.label('Who decides')} ${rule ? [`“${formatter.text(rule.name, 80)}”, ${rule.quorum} of them`, ...(rule.groups?.map(formatter.group) ?? []), ...wantedText(rule)].join('; ') : 'no rule in the settings fits, so nobody can decide it here'}`,
    ...names,
    ...more,
    `${formatter.label('You')} ${mayText(asker, formatter)}`,
    ...routeLines(failures, renderContext),
  ];
}

function mayText(may: MayDecide, formatter: Formatter): string {
  return may.kind === 'yes' ? 'may decide.' : `may not. ${refusalSentence(may, formatter)}`;
}

/** The same of somebody else, who is not the reader. */
function theyText(may: MayDecide, formatter: Formatter): string {
  return may.kind === 'yes' ? 'may decide.' : `may not: ${theirReason(may, formatter)}.`;
}

function theirReason(why: Exclude<MayDecide, { kind: 'yes' }>, formatter: Formatter): string {
  switch (why.kind) {
    case 'no-rule':
      return 'no rule in the settings says who may decide this';
    case 'not-an-approver':
      return 'the rule does not name them';
    case 'not-a-member':
      return 'only full members of this workspace can decide';
    case 'suspended':
      return 'their rights are suspended';
    case 'group-not-checked':
      return 'Slack cannot say just now who is in the groups the rule names';
    case 'portal-only':
      return 'it is decided in the portal only';
    case 'own-request':
      return 'they asked for this';
    case 'maybe-own-request':
      return `${formatter.exact(why.requester, 100)} asked for this, which may be them`;
    case 'not-mapped':
      return 'the settings do not say what that system calls them, so they may have asked for this';
    case 'requester-unknown':
      return 'it is not known who asked for this, so it may be them';
    default:
      return assertNever(why);
  }
}

/** A target is a channel's id, or a team's and a person's. */
function placeText(target: string, formatter: Formatter): string {
  const [, teamId, userId] = /^([^/]+)\/(.+)$/.exec(target) ?? [];
  return teamId !== undefined && userId !== undefined
    ? formatter.person({ teamId, userId })
    : formatter.channel(target);
}
