import { nearMatch } from '../shared/near-match.js';
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
    name: 'whoami',
    usage: 'whoami',
    summary: 'Shows what Countersign knows about you and what you may do.',
    example: 'whoami',
  },
];

/** Which runs `list` shows. */
export type ListState = 'waiting' | 'failed' | 'mine' | 'running' | 'any';

/** A command somebody typed, understood; a missing `ref` is asked for with a picker. */
export type CommandLine =
  | { readonly verb: 'help'; readonly about?: Verb }
  | { readonly verb: 'status' | 'why'; readonly ref?: string }
  | { readonly verb: 'list'; readonly state: ListState; readonly text?: string; readonly page: number }
  | { readonly verb: 'restart'; readonly ref?: string; readonly version?: number }
  | { readonly verb: 'stop' | 'pause' | 'resume' | 'abort'; readonly ref?: string }
  | { readonly verb: 'execute'; readonly workflow?: string; readonly values: readonly TypedValue[] }
  | { readonly verb: 'output' | 'variable'; readonly ref?: string; readonly name?: string }
  | { readonly verb: 'alert'; readonly ref?: string; readonly activityId?: string; readonly output?: string }
  | { readonly verb: 'last'; readonly workflow?: string }
  | { readonly verb: 'definitions'; readonly text?: string }
  | { readonly verb: 'approvals' | 'whoami' };

/** A `name=value` somebody typed. */
export interface TypedValue {
  readonly name: string;
  readonly text: string;
}

/** What was typed, as far as it can be understood without asking anybody. */
export type ParsedCommand =
  | { readonly kind: 'command'; readonly line: CommandLine }
  | { readonly kind: 'unknown-verb'; readonly typed: string; readonly near?: Verb }
  | { readonly kind: 'usage'; readonly verb: Verb; readonly problem: UsageProblem };

/** What is wrong with a line whose verb is known. */
export type UsageProblem =
  | { readonly kind: 'missing'; readonly what: string }
  | { readonly kind: 'not-a-value'; readonly typed: string }
  | { readonly kind: 'too-much'; readonly typed: string }
  | { readonly kind: 'unknown-word'; readonly typed: string; readonly near?: string };

/** Understands what somebody typed; nothing typed wrong is ever taken for something else. */
export function parseCommand(text: string): ParsedCommand {
  const [typed = 'help', ...words] = wordsOf(text);
  const spec = verbs.find(({ name }) => name === typed.toLowerCase());
  if (!spec) {
    const near = nearVerb(typed);
    return { kind: 'unknown-verb', typed, ...(near === undefined ? {} : { near }) };
  }
  return parseVerb(spec.name, words);
}

/** Splits a line into words; quoted ones, straight or curly, may hold spaces. */
export function wordsOf(text: string): readonly string[] {
  const parts = text.matchAll(/(?:([^\s"“”=]+)=)?(?:["“]([^"“”]*)["”]|(\S+))/g);
  return [...parts].map(
    ([, name, quoted, bare]) => `${name === undefined ? '' : `${name}=`}${quoted ?? bare ?? ''}`,
  );
}

function parseVerb(verb: Verb, words: readonly string[]): ParsedCommand {
  const rest = words.join(' ');
  switch (verb) {
    case 'help':
      return parseHelp(words);
    case 'status':
    case 'why':
    case 'stop':
    case 'pause':
    case 'resume':
    case 'abort':
      return understood({ verb, ...(rest === '' ? {} : { ref: rest }) });
    case 'approvals':
    case 'whoami':
      return rest === '' ? understood({ verb }) : usage(verb, { kind: 'too-much', typed: rest });
    case 'list':
      return parseList(words);
    case 'restart':
      return parseRestart(words);
    case 'execute':
      return parseExecute(words);
    case 'output':
    case 'variable':
      return parseReading(verb, words);
    case 'alert':
      return parseAlert(words);
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
  return usage('help', { kind: 'unknown-word', typed: word, ...(near === undefined ? {} : { near }) });
}

function parseList([first, ...more]: readonly string[]): ParsedCommand {
  const states = ['waiting', 'failed', 'mine', 'running'] as const;
  const state = states.find((one) => one === first?.toLowerCase());
  const words = state || first === undefined ? more : [first, ...more];
  const text = words.length === 0 ? {} : { text: words.join(' ') };
  return understood({ verb: 'list', state: state ?? 'any', ...text, page: 1 });
}

function parseRestart(words: readonly string[]): ParsedCommand {
  const version = words.length > 1 ? /^v?(\d{1,6})$/i.exec(words.at(-1) ?? '')?.[1] : undefined;
  const ref = (version === undefined ? words : words.slice(0, -1)).join(' ');
  return understood({
    verb: 'restart',
    ...(ref === '' ? {} : { ref }),
    ...(version === undefined ? {} : { version: Number(version) }),
  });
}

function parseExecute(words: readonly string[]): ParsedCommand {
  const isValue = (word: string): boolean => /^[^\s=]+=/.test(word);
  const first = words.findIndex(isValue);
  const named = first < 0 ? words : words.slice(0, first);
  const values = first < 0 ? [] : words.slice(first);
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

function nearVerb(typed: string): Verb | undefined {
  const near = nearMatch(
    typed.toLowerCase(),
    verbs.map(({ name }) => name),
  );
  return verbs.find(({ name }) => name === near)?.name;
}
