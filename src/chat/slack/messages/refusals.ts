import type { MayDecide } from '../../../domain/may-decide.js';
import { namesNobody } from '../../../domain/named-by.js';
import type { WorkspaceMembership } from '../../../domain/person.js';
import { assertNever } from '../../../shared/assert-never.js';
import { listSome } from '../../../shared/list-words.js';
import type { Formatter } from './ink.js';
import { namedIn } from './named-in.js';

/** Tells somebody that nothing they ask for is done for now, and what would help. */
export const suspendedSentence =
  'Your rights in Countersign are suspended, since a decision in your name was reported as not yours. An operator can restore them.';

/** Tells somebody why they may not decide, and what would help. */
export function refusalSentence(why: Exclude<MayDecide, { kind: 'yes' }>, formatter: Formatter): string {
  switch (why.kind) {
    case 'no-rule':
      return 'No rule in the settings says who may decide this, so nobody can decide it here.';
    case 'not-an-approver':
      return namesNobody(why.rule)
        ? `The rule “${formatter.text(why.rule.name, 80)}” names nobody, so nobody can decide this here.`
        : `You are not one of the approvers of “${formatter.text(why.rule.name, 80)}”: ${listSome(namedIn(why.rule, formatter), 8)}.`;
    case 'suspended':
      return suspendedSentence;
    case 'group-not-checked':
      return `Slack could not say just now who is in the groups that “${formatter.text(why.rule.name, 80)}” names. Please try again in a moment.`;
    case 'portal-only':
      return `“${formatter.text(why.rule.name, 80)}” wants this decided in the system's own portal.`;
    case 'not-a-member':
      return `${membershipText(why.standing)} Only full members of this workspace can decide.`;
    case 'own-request':
      return 'You asked for this yourself, so somebody else has to decide it.';
    case 'maybe-own-request':
      return `${formatter.exact(why.requester, 100)} asked for this, which is also how you are called, so it cannot be ruled out that it was you.`;
    case 'not-mapped':
      return 'The settings do not say what that system calls you, so it cannot be ruled out that you asked for this yourself. Operators can add you under “people”.';
    case 'requester-unknown':
      return 'It is not known who asked for this, so it cannot be ruled out that it was you.';
    default:
      return assertNever(why);
  }
}

/** Says what Slack says somebody is, when that is not a full member. */
export function membershipText(standing: WorkspaceMembership): string {
  switch (standing) {
    case 'guest':
      return 'Slack says you are a guest here.';
    case 'stranger':
      return 'Slack says you belong to another workspace.';
    case 'bot':
      return 'Slack says you are an app.';
    case 'deactivated':
      return 'Slack says your account is deactivated.';
    case 'member':
      return '';
    default:
      return assertNever(standing);
  }
}
