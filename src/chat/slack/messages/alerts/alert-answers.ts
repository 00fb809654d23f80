import type { AlertReply } from '../../../../domain/alerts/alert-reply.js';
import { isSamePerson, type PersonId } from '../../../../domain/person.js';
import { assertNever } from '../../../../shared/assert-never.js';
import { brokeText } from '../answers.js';
import { mayRunSentence } from '../replies/people/may-run-sentence.js';
import type { RenderContext } from '../wording.js';

/** What a press on an alert is answered with in one sentence or two. */
export type PlainAlertReply = Exclude<AlertReply, { readonly kind: 'proposal' | 'details' }>;

/** Tells somebody privately what became of their press on an alert. */
export function alertReplyText(
  reply: PlainAlertReply,
  { person, renderContext }: { readonly person: PersonId; readonly renderContext: RenderContext },
): string {
  const { formatter } = renderContext;
  switch (reply.kind) {
    case 'taken':
      return 'You are on it; the alert says so.';
    case 'taken-before':
      return takenBeforeText(reply, person, renderContext);
    case 'muted':
      return `Muted until ${formatter.moment(reply.mute.untilMs)}: what fails like this is counted, and nobody is told. “Unmute” on the alert ends that.`;
    case 'unmuted':
      return 'What fails like this is told again.';
    case 'nothing-failed':
      return 'No run of it stands failed any more: they are over, or are being tried again. Nothing was changed.';
    case 'over':
      return 'This is over already. Nothing was changed.';
    case 'unknown-alert':
      return 'This button does not belong to an alert Countersign knows. Nothing was changed.';
    case 'not-allowed':
      return `${mayRunSentence(reply.verb, reply.why)} Nothing was changed.`;
    case 'person-not-checked':
      return 'Slack could not be asked who you are just now. Nothing was changed; please press again in a moment.';
    case 'broke':
      return brokeText(reply.ref, renderContext);
    default:
      return assertNever(reply);
  }
}

function takenBeforeText(
  { incident: { owner } }: Extract<AlertReply, { kind: 'taken-before' }>,
  person: PersonId,
  { formatter }: RenderContext,
): string {
  if (!owner) return 'Somebody is on it already.';
  if (isSamePerson(owner.person, person)) return 'You are on it already.';
  return `${formatter.text(owner.name, 60)} is on it since ${formatter.moment(owner.atMs)}; that was left as it is.`;
}
