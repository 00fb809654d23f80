import type { Change } from './change.js';
import type { Verb } from './verb.js';

/** One thing a person can type after the slash command. */
export interface VerbSpec {
  readonly name: Verb;
  readonly usage: string;
  readonly summary: string;
  readonly example: string;
  /** The change it makes, for verbs that change something. */
  readonly changes?: Change['kind'];
}

/** Every verb, in the order of help; help, usage lines and near matches are made from this table only. */
export const verbs: readonly VerbSpec[] = [
  {
    name: 'help',
    usage: 'help [verb]',
    summary: 'Lists what can be typed, or explains one verb.',
    example: 'help restart',
  },
  {
    name: 'status',
    usage: 'status <ref>',
    summary: 'Shows where a workflow stands and what can be done.',
    example: 'status K7F3',
  },
  {
    name: 'list',
    usage: 'list [waiting|failed|mine|running] [words]',
    summary: 'Lists workflows, newest first.',
    example: 'list failed web',
  },
  {
    name: 'restart',
    usage: 'restart <ref> [version]',
    summary: 'Runs a failed or waiting workflow again from its first step.',
    example: 'restart K7F3',
    changes: 'restart',
  },
  {
    name: 'stop',
    usage: 'stop <ref>',
    summary: 'Rejects a waiting workflow; this cannot be undone.',
    example: 'stop K7F3',
    changes: 'stop',
  },
  {
    name: 'execute',
    usage: 'execute [workflow] [name=value …]',
    summary: 'Starts a workflow.',
    example: 'execute "Leave request" days=3',
    changes: 'execute',
  },
  {
    name: 'pause',
    usage: 'pause <ref>',
    summary: 'Pauses a running workflow.',
    example: 'pause K7F3',
    changes: 'pause',
  },
  {
    name: 'resume',
    usage: 'resume <ref>',
    summary: 'Lets a paused or failed workflow go on.',
    example: 'resume K7F3',
    changes: 'resume',
  },
  {
    name: 'abort',
    usage: 'abort <ref>',
    summary: 'Ends a workflow for good; this cannot be undone.',
    example: 'abort K7F3',
    changes: 'abort',
  },
  {
    name: 'output',
    usage: 'output <ref> <activity>',
    summary: 'Shows what an activity has put out.',
    example: 'output K7F3 "Manager approval"',
  },
  {
    name: 'variable',
    usage: 'variable <ref> <name>',
    summary: 'Shows a variable of a workflow.',
    example: 'variable K7F3 days',
  },
  {
    name: 'alert',
    usage: 'alert <ref> <activity id> <output>',
    summary: 'Tells a waiting activity which way to go.',
    example: 'alert K7F3 8812 Approved',
    changes: 'alert',
  },
  {
    name: 'last',
    usage: 'last <workflow>',
    summary: 'Shows the latest run of a workflow, whoever started it.',
    example: 'last "Leave request"',
  },
  {
    name: 'definitions',
    usage: 'definitions [words]',
    summary: 'Lists workflow definitions.',
    example: 'definitions web',
  },
  {
    name: 'approvals',
    usage: 'approvals',
    summary: 'Shows what waits for your decision.',
    example: 'approvals',
  },
  {
    name: 'why',
    usage: 'why <ref>',
    summary: 'Explains where a card went, and who may decide and why.',
    example: 'why K7F3',
  },
  {
    name: 'history',
    usage: 'history <ref>',
    summary: 'Shows what is on record about a workflow: who did what, and what came of it.',
    example: 'history K7F3',
  },
  {
    name: 'receipt',
    usage: 'receipt <code>',
    summary: 'Shows what a receipt stands for: who decided what, and what became of it.',
    example: 'receipt R4T9XW',
  },
  {
    name: 'restore',
    usage: 'restore @person',
    summary: 'Gives back rights that were suspended by “That wasn’t me”.',
    example: 'restore @ana',
  },
  {
    name: 'doctor',
    usage: 'doctor',
    summary: 'Shows whether the systems answer, what waits to be posted, and which approvals have no card.',
    example: 'doctor',
  },
  {
    name: 'link',
    usage: 'link [system]',
    summary: 'Links your own account, so that what you decide is sent in your name.',
    example: 'link corp-pki',
  },
  {
    name: 'unlink',
    usage: 'unlink [system]',
    summary: 'Ends the link to your account; nothing is sent in your name any more.',
    example: 'unlink corp-pki',
  },
  {
    name: 'whoami',
    usage: 'whoami',
    summary: 'Shows what Countersign knows about you and what you may do.',
    example: 'whoami',
  },
];
