import { defined } from '../shared/defined.js';
import { nearMatch } from '../shared/text.js';
import type { Change, Variable, VariableSpec, VariableType, Verb } from './change.js';

/** Which runs `list` shows. */
export type ListState = 'waiting' | 'failed' | 'mine' | 'running' | 'any';

/** A command somebody typed, understood; a missing `ref` is asked for with a picker. */
export type CommandLine =
  | { readonly verb: 'help'; readonly about?: Verb }
  | { readonly verb: 'status' | 'why'; readonly ref?: string }
  | { readonly verb: 'history'; readonly ref?: string; readonly page: number }
  | { readonly verb: 'list'; readonly state: ListState; readonly text?: string; readonly page: number }
  | { readonly verb: 'restart'; readonly ref?: string; readonly version?: number }
  | { readonly verb: 'stop' | 'pause' | 'resume' | 'abort'; readonly ref?: string }
  | {
      readonly verb: 'execute';
      readonly workflow?: string;
      /** Set where the workflow was chosen, since two systems may have one of the same name. */
      readonly system?: string;
      readonly values: readonly TypedValue[];
    }
  | { readonly verb: 'output' | 'variable'; readonly ref?: string; readonly name?: string }
  | { readonly verb: 'alert'; readonly ref?: string; readonly activityId?: string; readonly output?: string }
  | { readonly verb: 'last'; readonly workflow?: string }
  | { readonly verb: 'definitions'; readonly text?: string }
  | { readonly verb: 'approvals'; readonly page: number }
  | { readonly verb: 'receipt'; readonly code: string }
  /** Rights of a member, by their id in the asker's workspace. */
  | { readonly verb: 'restore'; readonly userId: string }
  | { readonly verb: 'doctor' }
  /** Without a system: the only one where accounts are linked, if there is one. */
  | { readonly verb: 'link' | 'unlink'; readonly system?: string }
  | { readonly verb: 'whoami' };

/** A `name=value` somebody typed. */
export interface TypedValue {
  readonly name: string;
  readonly text: string;
}

/** What was typed, as far as it can be understood without asking anybody. */
type ParsedCommand =
  | { readonly kind: 'command'; readonly line: CommandLine }
  | { readonly kind: 'unknown-verb'; readonly typed: string; readonly near?: Verb }
  | { readonly kind: 'usage'; readonly verb: Verb; readonly problem: UsageProblem };

/** What is wrong with a line whose verb is known. */
export type UsageProblem =
  | { readonly kind: 'missing'; readonly what: string }
  | { readonly kind: 'not-a-value'; readonly typed: string }
  | { readonly kind: 'too-much'; readonly typed: string }
  | { readonly kind: 'unknown-word'; readonly typed: string; readonly near?: string };

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

/** Understands what somebody typed; nothing typed wrong is ever taken for something else. */
export function parseCommand(text: string): ParsedCommand {
  const [typed = 'help', ...args] = splitArgs(text);
  const spec = verbs.find(({ name }) => name === typed.toLowerCase());
  if (!spec) {
    const near = nearVerb(typed);
    return { kind: 'unknown-verb', typed, ...defined({ near }) };
  }
  return parseVerb(spec.name, args);
}

/** Splits a line into words; quoted ones, straight or curly, may hold spaces. */
function splitArgs(text: string): readonly string[] {
  const parts = text.matchAll(/(?:([^\s"“”=]+)=)?(?:["“]([^"“”]*)["”]|(\S+))/g);
  return [...parts].map(
    ([, name, quoted, bare]) => `${name === undefined ? '' : `${name}=`}${quoted ?? bare ?? ''}`,
  );
}

function parseVerb(verb: Verb, args: readonly string[]): ParsedCommand {
  const rest = args.join(' ');
  switch (verb) {
    case 'help':
      return parseHelp(args);
    case 'status':
    case 'why':
    case 'stop':
    case 'pause':
    case 'resume':
    case 'abort':
      return understood({ verb, ...(rest === '' ? {} : { ref: rest }) });
    case 'history':
      return understood({ verb, ...(rest === '' ? {} : { ref: rest }), page: 1 });
    case 'receipt':
      if (rest === '') return usage(verb, { kind: 'missing', what: 'code' });
      return understood({ verb, code: rest });
    case 'restore':
      return parseRestore(rest);
    case 'approvals':
    case 'doctor':
    case 'whoami':
      if (rest !== '') return usage(verb, { kind: 'too-much', typed: rest });
      return understood(verb === 'approvals' ? { verb, page: 1 } : { verb });
    case 'link':
    case 'unlink':
      return understood({ verb, ...(rest === '' ? {} : { system: rest }) });
    case 'list':
      return parseList(args);
    case 'restart':
      return parseRestart(args);
    case 'execute':
      return parseExecute(args);
    case 'output':
    case 'variable':
      return parseReading(verb, args);
    case 'alert':
      return parseAlert(args);
    case 'last':
      return understood({ verb, ...(rest === '' ? {} : { workflow: rest }) });
    case 'definitions':
      return understood({ verb, ...(rest === '' ? {} : { text: rest }) });
  }
}

function understood(line: CommandLine): ParsedCommand {
  return { kind: 'command', line };
}

function usage(verb: Verb, problem: UsageProblem): ParsedCommand {
  return { kind: 'usage', verb, problem };
}

function parseHelp([word, ...more]: readonly string[]): ParsedCommand {
  if (word === undefined) return understood({ verb: 'help' });
  const about = verbs.find(({ name }) => name === word.toLowerCase())?.name;
  if (about && more.length === 0) return understood({ verb: 'help', about });
  const near = nearVerb(word);
  return usage('help', { kind: 'unknown-word', typed: word, ...defined({ near }) });
}

function parseList([first, ...more]: readonly string[]): ParsedCommand {
  const states = ['waiting', 'failed', 'mine', 'running'] as const;
  const state = states.find((one) => one === first?.toLowerCase());
  const args = state || first === undefined ? more : [first, ...more];
  const text = args.length === 0 ? {} : { text: args.join(' ') };
  return understood({ verb: 'list', state: state ?? 'any', ...text, page: 1 });
}

function parseRestart(args: readonly string[]): ParsedCommand {
  const version = args.length > 1 ? /^v?(\d{1,6})$/i.exec(args.at(-1) ?? '')?.[1] : undefined;
  const ref = (version === undefined ? args : args.slice(0, -1)).join(' ');
  return understood({
    verb: 'restart',
    ...(ref === '' ? {} : { ref }),
    ...(version === undefined ? {} : { version: Number(version) }),
  });
}

function parseExecute(args: readonly string[]): ParsedCommand {
  const isValue = (word: string): boolean => /^[^\s=]+=/.test(word);
  const first = args.findIndex(isValue);
  const named = first < 0 ? args : args.slice(0, first);
  const values = first < 0 ? [] : args.slice(first);
  const odd = values.find((word) => !isValue(word));
  if (odd !== undefined) return usage('execute', { kind: 'not-a-value', typed: odd });
  return understood({
    verb: 'execute',
    ...(named.length === 0 ? {} : { workflow: named.join(' ') }),
    values: values.map((word) => ({
      name: word.slice(0, word.indexOf('=')),
      text: word.slice(word.indexOf('=') + 1),
    })),
  });
}

function parseReading(verb: 'output' | 'variable', [ref, ...more]: readonly string[]): ParsedCommand {
  const name = more.join(' ');
  if (ref !== undefined && name === '') {
    return usage(verb, { kind: 'missing', what: verb === 'output' ? 'activity' : 'name' });
  }
  return understood({ verb, ...(ref === undefined ? {} : { ref, name }) });
}

function parseAlert([ref, activityId, ...more]: readonly string[]): ParsedCommand {
  const output = more.join(' ');
  if (ref === undefined) return usage('alert', { kind: 'missing', what: 'ref' });
  if (activityId === undefined) return usage('alert', { kind: 'missing', what: 'activity id' });
  if (output === '') return usage('alert', { kind: 'missing', what: 'output' });
  return understood({ verb: 'alert', ref, activityId, output });
}

/** A name can be given to anybody, so only a mention, which comes as an id, tells whom. */
function parseRestore(rest: string): ParsedCommand {
  const [, userId] = /^@?([UW][A-Z0-9]{2,30})$/.exec(rest) ?? [];
  if (userId !== undefined) return understood({ verb: 'restore', userId });
  return usage('restore', { kind: 'missing', what: '@person' });
}

function nearVerb(typed: string): Verb | undefined {
  const near = nearMatch(
    typed.toLowerCase(),
    verbs.map(({ name }) => name),
  );
  return verbs.find(({ name }) => name === near)?.name;
}

/** Values that fit what a workflow takes, or the first that does not. */
type ReadVariables =
  | { readonly kind: 'variables'; readonly variables: readonly Variable[] }
  | { readonly kind: 'bad-value'; readonly name: string; readonly typed: string; readonly expected: string };

/** Checks typed values against what a workflow takes, before anything is sent; defaults fill the gaps. */
export function readVariables(values: readonly TypedValue[], specs: readonly VariableSpec[]): ReadVariables {
  const known = (name: string) => specs.find((spec) => spec.name.toLowerCase() === name.toLowerCase());
  const stranger = values.find(({ name }) => !known(name));
  if (stranger) {
    const names = specs.map(({ name }) => name).join(', ');
    const expected = names === '' ? 'no values: this workflow takes none' : `one of ${names}`;
    return { kind: 'bad-value', name: stranger.name, typed: stranger.text, expected };
  }
  const variables: Variable[] = [];
  for (const spec of specs) {
    const text =
      values.find(({ name }) => name.toLowerCase() === spec.name.toLowerCase())?.text ?? spec.default;
    if (text === undefined && spec.isRequired) {
      return { kind: 'bad-value', name: spec.name, typed: '', expected: `a ${spec.type}: it must be given` };
    }
    if (text === undefined) continue;
    const value = readValue(text, spec.type);
    if (value === undefined)
      return { kind: 'bad-value', name: spec.name, typed: text, expected: expectation[spec.type] };
    variables.push({ name: spec.name, type: spec.type, value });
  }
  return { kind: 'variables', variables };
}

const expectation: Readonly<Record<VariableType, string>> = {
  string: 'a text',
  number: 'a number such as 3 or 2.5',
  boolean: 'yes or no',
  date: 'a date such as 2026-11-30',
};

/** Reads one value the way a system takes it; absent when it does not fit. */
export function readValue(text: string, type: VariableType): string | undefined {
  switch (type) {
    case 'string':
      return text;
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(text.trim()) ? text.trim() : undefined;
    case 'boolean':
      return readBoolean(text.trim().toLowerCase());
    case 'date':
      return isDate(text.trim()) ? text.trim() : undefined;
  }
}

function readBoolean(text: string): string | undefined {
  if (['yes', 'true', 'on', '1'].includes(text)) return 'true';
  return ['no', 'false', 'off', '0'].includes(text) ? 'false' : undefined;
}

/** A day that exists: `2026-02-30` is none. */
function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (year === undefined) return false;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}
