import { hasEnded } from '../../../../../domain/instance.js';
import type { MayDecide } from '../../../../../domain/may-decide.js';
import type { WhyReport } from '../../../../../domain/reply.js';
import { assertNever } from '../../../../../shared/assert-never.js';
import { listSome } from '../../../../../shared/list-words.js';
import { routeLines } from '../../alerts/route-lines.js';
import type { Ink } from '../../ink.js';
import { refusalSentence } from '../../refusals.js';
import { wantedWords } from '../../wanted-words.js';
import type { Wording } from '../../wording.js';
import { runLines } from './run-lines.js';

const mostPeople = 20;

/** Explains where a card went, who may decide, who may not and why, and where failures are told. */
export function whyLines(why: WhyReport, wording: Wording): readonly string[] {
  const { ink } = wording;
  const { routeName, targets, rule, people, asker, failures } = why;
  const route = routeName === undefined ? 'no route fits, so the fallback' : `“${ink.words(routeName, 80)}”`;
  const places = targets.map((target) => placeText(target, ink));
  const names = people
    .slice(0, mostPeople)
    .map(
      ({ person, may }) => `• ${ink.person(person.id)} ${ink.words(person.name, 60)}: ${theyText(may, ink)}`,
    );
  const more = people.length > mostPeople ? [`+${people.length - mostPeople} more`] : [];
  return [
    ...runLines(why, wording),
    ...(hasEnded(why.instance.status)
      ? ['It is over, so nobody has to decide. What follows is what the rules say.']
      : []),
    `${ink.label('Its card goes to')} ${listSome(places, 8) || 'nobody'} (${route})`,
    `${ink.label('Who decides')} ${rule ? [`“${ink.words(rule.name, 80)}”, ${rule.quorum} of them`, ...(rule.groups?.map(ink.group) ?? []), ...wantedWords(rule)].join('; ') : 'no rule in the settings fits, so nobody can decide it here'}`,
    ...names,
    ...more,
    `${ink.label('You')} ${mayText(asker, ink)}`,
    ...routeLines(failures, wording),
  ];
}

function mayText(may: MayDecide, ink: Ink): string {
  return may.kind === 'yes' ? 'may decide.' : `may not. ${refusalSentence(may, ink)}`;
}

/** The same of somebody else, who is not the reader. */
function theyText(may: MayDecide, ink: Ink): string {
  return may.kind === 'yes' ? 'may decide.' : `may not: ${theirReason(may, ink)}.`;
}

function theirReason(why: Exclude<MayDecide, { kind: 'yes' }>, ink: Ink): string {
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
      return `${ink.exact(why.requester, 100)} asked for this, which may be them`;
    case 'not-mapped':
      return 'the settings do not say what that system calls them, so they may have asked for this';
    case 'requester-unknown':
      return 'it is not known who asked for this, so it may be them';
    default:
      return assertNever(why);
  }
}

/** A target is a channel's id, or a team's and a person's. */
function placeText(target: string, ink: Ink): string {
  const [, teamId, userId] = /^([^/]+)\/(.+)$/.exec(target) ?? [];
  return teamId !== undefined && userId !== undefined ? ink.person({ teamId, userId }) : ink.channel(target);
}
