import type { Approval } from '../../../domain/approval.js';
import type { Decision, Vote } from '../../../domain/decision.js';

export { subjectOf } from '../../../domain/subject-of.js';

import { joinList } from '../../../shared/list-words.js';
import type { Formatter } from './ink.js';

/** What wording needs besides what it speaks of. */
export interface RenderContext {
  readonly formatter: Formatter;
  /** Says what people call a system: `Command`. */
  readonly labelOf: (system: string) => string;
  /** The slash command, with its slash; `/workflow` unless said otherwise. */
  readonly command?: string;
  /** Gives the address at which an invitation to link an account is taken up; absent where nobody links any. */
  readonly linkUrlOf?: (requestId: string) => string;
}

/** Writes what can be typed: `/workflow status K7F3`. */
export function typedLine({ formatter, command = '/workflow' }: RenderContext, text: string): string {
  return formatter.exact(`${command} ${text}`, 200);
}

/** Says what people call the system an approval waits on. */
export function systemOf(approval: Approval, { formatter, labelOf }: RenderContext): string {
  return formatter.text(labelOf(approval.instance.ref.system), 60);
}

/** Names the kind of work that waits: `Enrolment`, or the system's own word; the workflow that told of it itself. */
export function workOf(approval: Approval, formatter: Formatter): string {
  const { name, type } = approval.instance.definition;
  if (approval.told) return formatter.text(name, 60);
  const known: Readonly<Record<string, string>> = { enrollment: 'Enrolment', revocation: 'Revocation' };
  return known[type.toLowerCase()] ?? (type.trim() === '' ? 'Request' : formatter.text(type, 60));
}

/** Puts the name of an output in quotes: `“Send back”`. */
export function quoted(output: string, formatter: Formatter): string {
  return `“${formatter.text(output, 75)}”`;
}

/** Names everybody who decided, in order. */
export function votersOf(decision: Decision, formatter: Formatter): string {
  const names = decision.votes.map(({ name }) => formatter.text(name, 60));
  if (names.length === 0) return 'Somebody';
  return joinList(names.length <= 8 ? names : [...names.slice(0, 7), `${names.length - 7} more people`]);
}

/** Writes a name as the owner of something: `Ana's`. */
export function ownerOf(decision: Decision, formatter: Formatter): string {
  return `${votersOf(decision, formatter)}'s`;
}

/** Says what they did: `approved`, or `chose “Send back”` where the workflow offered outputs of its own. */
export function didOf({ verdict, output }: Pick<Vote, 'verdict' | 'output'>, formatter: Formatter): string {
  if (output !== undefined) return `chose ${quoted(output, formatter)}`;
  return verdict === 'approve' ? 'approved' : 'denied';
}

/** Says what they gave, for one or for several: `approval`, `approvals`, `choice “Send back”`. */
export function gaveOf({ verdict, output, votes }: Omit<Decision, 'atMs'>, formatter: Formatter): string {
  if (output !== undefined) return `choice ${quoted(output, formatter)}`;
  const noun = verdict === 'approve' ? 'approval' : 'denial';
  return votes.length > 1 ? `${noun}s` : noun;
}

/** Says who decided what and when: `Ana approved today at 10:04`. */
export function whoDecided(decision: Decision, formatter: Formatter): string {
  return `${votersOf(decision, formatter)} ${didOf(decision, formatter)} ${formatter.moment(decision.atMs)}`;
}

/** Lists what was written along with a decision. */
export function commentsOf(decision: Decision, formatter: Formatter, maxLength = 300): readonly string[] {
  return decision.votes.flatMap(({ name, comment }) =>
    comment ? [`${formatter.text(name, 60)}: “${formatter.text(comment, maxLength)}”`] : [],
  );
}
