import type { Approval } from '../../../../domain/approval.js';
import type { SignalRefusal, WaitingNote } from '../../../../domain/approval-state.js';
import type { FactChange } from '../../../../domain/decision-facts.js';
import { assertNever } from '../../../../shared/assert-never.js';
import { joinList } from '../../../../shared/list-words.js';
import { linkEndedNote } from '../links.js';
import { gaveOf, ownerOf, type RenderContext, systemOf } from '../wording.js';

/** Explains why an approval waits in an unusual way, one line each. */
export function noteLines(
  approval: Approval,
  note: WaitingNote,
  renderContext: RenderContext,
): readonly string[] {
  const { formatter } = renderContext;
  const system = systemOf(approval, renderContext);
  const did = approval.told ? 'chose so' : 'approved';
  const before = approval.told ? 'what people chose earlier does' : 'earlier approvals do';
  switch (note.kind) {
    case 'facts-changed':
      return [
        `⚠️ The request has changed since it was put up; ${before} not count any more.`,
        ...changeLines(note.changes, renderContext),
      ];
    case 'released':
      return [
        `⚠️ ${ownerOf(note.decision, formatter)} ${gaveOf(note.decision, formatter)} of ${formatter.moment(note.decision.atMs)} could not be delivered to ${system} in time and was given up. Nothing was changed; please decide again.`,
      ];
    case 'too-old':
      return [
        `⚠️ ${ownerOf(note.decision, formatter)} ${gaveOf(note.decision, formatter)} of ${formatter.moment(note.decision.atMs)} was found after a restart, too old to be sent. Nothing was changed; please decide again.`,
      ];
    case 'refused':
      return [
        `⚠️ ${system} did not take ${ownerOf(note.decision, formatter)} ${gaveOf(note.decision, formatter)}: ${refusalText(note.reason, system, note.account && formatter.exact(note.account, 100))}. Nothing was changed.`,
      ];
    case 'link-ended':
      return [linkEndedNote(note.name, { formatter, system })];
    case 'quorum-raised':
      return [`⚠️ The rule wants ${note.of} people by now, and ${note.have} ${did}: nothing was sent yet.`];
    case 'disowned':
      return [
        `⚠️ A decision in the name of ${formatter.text(note.name, 60)} was taken back: it was not theirs. Nothing was changed; please decide again.`,
      ];
    case 'beyond-one-account':
      return [
        `⚠️ ${system} wants more identities by now than the one Countersign signals with. Nothing was sent; please approve it in ${system}.`,
      ];
    case 'vote-void': {
      const names = note.names.slice(0, 8).map((name) => formatter.text(name, 60));
      return [`⚠️ ${joinList(names)} may not decide this any more; what they gave does not count.`];
    }
    default:
      return assertNever(note);
  }
}

/** Writes changed facts as old → new, one line each. */
export function changeLines(changes: readonly FactChange[], { formatter }: RenderContext): readonly string[] {
  return changes.map(
    ({ fact, from, to }) =>
      `• ${factNames[fact]}: ${formatter.exact(from, 100)} → ${formatter.exact(to, 100)}`,
  );
}

/** Says why a system would not take a signal, to follow a colon. */
export function refusalText(reason: SignalRefusal, system: string, account?: string): string {
  switch (reason) {
    case 'no-role':
      return `${account ?? 'the account Countersign signals with'} lacks the role this step wants`;
    case 'not-waiting':
      return `${system} says the step is not waiting for it`;
    case 'bad-request':
      return `${system} found fault with the form of the signal`;
    case 'sign-in':
      return `Countersign could not sign in to ${system}`;
    case 'nobody-mapped':
      return `the settings do not say which user of ${system} that is`;
    case 'engine-down':
      return `the engine of ${system} is not running`;
    default:
      return assertNever(reason);
  }
}

const factNames: Readonly<Record<FactChange['fact'], string>> = {
  requester: 'Requester',
  subject: 'Subject',
  names: 'SANs',
  key: 'Key',
  template: 'Template',
  authority: 'CA',
  validity: 'Validity',
  revocationReason: 'Reason',
  definitionVersion: 'Workflow',
  details: 'Details',
};
