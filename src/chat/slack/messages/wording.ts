import type { Approval, Decision, Verdict } from '../../../domain/approval.js';
import { listWords } from '../../../shared/list-words.js';
import type { Ink } from './ink.js';

/** What wording needs besides what it speaks of. */
export interface Wording {
  readonly ink: Ink;
  /** Says what people call a system: `Command`. */
  readonly labelOf: (system: string) => string;
  /** The slash command, with its slash; `/workflow` unless said otherwise. */
  readonly command?: string;
}

/** Writes what can be typed: `/workflow status K7F3`. */
export function typedLine({ ink, command = '/workflow' }: Wording, words: string): string {
  return ink.exact(`${command} ${words}`, 200);
}

/** Says what people call the system an approval waits on. */
export function systemOf(approval: Approval, { ink, labelOf }: Wording): string {
  return ink.words(labelOf(approval.instance.ref.system), 60);
}

/** Names the kind of work that waits: `Enrolment`, or the system's own word. */
export function workOf(approval: Approval, ink: Ink): string {
  const { type } = approval.instance.definition;
  const known: Readonly<Record<string, string>> = { enrollment: 'Enrolment', revocation: 'Revocation' };
  return known[type.toLowerCase()] ?? (type.trim() === '' ? 'Request' : ink.words(type, 60));
}

/** Gives the one line that tells a request from others. */
export function subjectOf(approval: Approval): string {
  const { facts, title } = approval.instance;
  return facts.subject ?? facts.names[0] ?? facts.revocation?.serialNumber ?? title;
}

/** Names everybody who decided, in order. */
export function votersOf(decision: Decision, ink: Ink): string {
  const names = decision.votes.map(({ name }) => ink.words(name, 60));
  if (names.length === 0) return 'Somebody';
  return listWords(names.length <= 8 ? names : [...names.slice(0, 7), `${names.length - 7} more people`]);
}

/** Writes a name as the owner of something: `Ana's`. */
export function ownerOf(decision: Decision, ink: Ink): string {
  return `${votersOf(decision, ink)}'s`;
}

/** Says what they did: `approved`. */
export function didOf(verdict: Verdict): string {
  return verdict === 'approve' ? 'approved' : 'denied';
}

/** Says what they gave, for one or for several: `approval`, `approvals`. */
export function gaveOf({ verdict, votes }: Decision): string {
  const noun = verdict === 'approve' ? 'approval' : 'denial';
  return votes.length > 1 ? `${noun}s` : noun;
}

/** Says who decided what and when: `Ana approved today at 10:04`. */
export function whoDecided(decision: Decision, ink: Ink): string {
  return `${votersOf(decision, ink)} ${didOf(decision.verdict)} ${ink.moment(decision.atMs)}`;
}

/** Lists what was written along with a decision. */
export function commentsOf(decision: Decision, ink: Ink, maxLength = 300): readonly string[] {
  return decision.votes.flatMap(({ name, comment }) =>
    comment ? [`${ink.words(name, 60)}: “${ink.words(comment, maxLength)}”`] : [],
  );
}
