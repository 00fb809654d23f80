import type { LinkBeginning, LinkEnding, LinkParties, LinkPreview } from '../../ports/link-desk.js';
import { assertNever } from '../../shared/assert-never.js';

/** What a page says: a heading, then paragraphs. */
export interface PageText {
  readonly heading: string;
  readonly lines: readonly string[];
  /** Set where the reader is asked something. */
  readonly button?: string;
}

const again = 'Nothing was linked. Go back to Slack and press Link again, or type /workflow link there.';

/** Asks whether it is really this person who wants to link. */
export function invitationText(preview: Extract<LinkPreview, { kind: 'invited' }>): PageText {
  const { person, label, system } = preview;
  return {
    heading: `Link your ${label} account`,
    lines: [
      `In Slack you are ${person.name} (member ${person.id.userId} of workspace ${person.id.teamId}).`,
      `Next you sign in to ${label} (${system}). From then on, what this person approves or denies in Slack is sent to ${label} in the name of the account you sign in with.`,
      'Is this not you in Slack? Then close this page: whoever sent you here could decide in your name.',
    ],
    button: `Yes, I am ${person.name}: sign in`,
  };
}

/** Says why a browser was not sent off to sign in. */
export function refusalText(
  refused: Exclude<LinkBeginning | LinkPreview, { kind: 'sign-in' | 'invited' }>,
): PageText {
  return refused.kind === 'away' ? awayText(refused.label) : noInvitation;
}

/** Says that a browser keeps no cookies, or that another page sent it. */
export const wrongBrowserText: PageText = {
  heading: 'This did not come from the page before',
  lines: ['Your browser has to take a cookie from here for a few minutes.', again],
};

/** Tells what came of linking. */
export function endingText(ending: LinkEnding): PageText {
  switch (ending.kind) {
    case 'linked':
      return linkedText(ending);
    case 'no-invitation':
      return noInvitation;
    case 'away':
      return awayText(ending.label);
    case 'other-browser':
      return {
        heading: 'This was begun in another browser',
        lines: ['Only the browser that was asked can finish it.', again],
      };
    case 'cancelled':
      return { heading: 'Nobody signed in', lines: [again] };
    case 'expired':
      return { heading: 'This sign-in is over', lines: ['It was used before, or took too long.', again] };
    case 'person-linked':
      return notLinked(ending, [
        `${ending.person.name} has linked another account in ${ending.label}: ${ending.linked}.`,
        `To change it, type /workflow unlink ${ending.system} in Slack first.`,
      ]);
    case 'account-linked':
      return notLinked(ending, [
        `${ending.username} is linked to somebody else in Slack, who has to unlink it first.`,
      ]);
    case 'other-account':
      return notLinked(ending, [
        `The settings of Countersign say that ${ending.person.name} has another account in ${ending.label}.`,
        'Sign in with that one, or ask whoever looks after Countersign.',
      ]);
    case 'other-person':
      return notLinked(ending, [
        `The settings of Countersign say that ${ending.username} is somebody else's account.`,
        'If that is wrong, ask whoever looks after Countersign.',
      ]);
    case 'maybe-other-person':
      return notLinked(ending, [
        `By the settings of Countersign, ${ending.username} could be somebody else's account.`,
        'If it is yours, ask whoever looks after Countersign to add it for you.',
      ]);
    default:
      return assertNever(ending);
  }
}

const noInvitation: PageText = {
  heading: 'This link is not good any more',
  lines: ['It works once, for ten minutes.', again],
};

function awayText(label: string): PageText {
  return { heading: `The sign-in of ${label} did not answer`, lines: [again] };
}

function linkedText({
  person,
  label,
  username,
  hasPendingClick,
}: Extract<LinkEnding, { kind: 'linked' }>): PageText {
  return {
    heading: 'Linked',
    lines: [
      `${person.name} in Slack is linked to ${username} in ${label}.`,
      hasPendingClick
        ? 'Nothing was decided yet: Countersign has sent you a message in Slack in which you can go on.'
        : 'You can close this page and go on in Slack.',
    ],
  };
}

function notLinked(
  { person, username, label }: LinkParties & { readonly username: string },
  why: readonly string[],
): PageText {
  return {
    heading: 'Not linked',
    lines: [
      `You signed in to ${label} as ${username}, for ${person.name} in Slack.`,
      ...why,
      'Nothing was linked.',
    ],
  };
}
