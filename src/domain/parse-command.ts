import { nearMatch } from '../shared/near-match.js';
import type { CommandLine, ParsedCommand, UsageProblem } from './command-line.js';
import type { Verb } from './verb.js';
import { verbs } from './verbs.js';

/** Understands what somebody typed; nothing typed wrong is ever taken for something else. */
export function parseCommand(text: string): ParsedCommand {
  const [typed = 'help', ...args] = splitArgs(text);
  const spec = verbs.find(({ name }) => name === typed.toLowerCase());
  if (!spec) {
    const near = nearVerb(typed);
    return { kind: 'unknown-verb', typed, ...(near === undefined ? {} : { near }) };
  }
  return parseVerb(spec.name, args);
}

/** Splits a line into words; quoted ones, straight or curly, may hold spaces. */
export function splitArgs(text: string): readonly string[] {
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
  return usage('help', { kind: 'unknown-word', typed: word, ...(near === undefined ? {} : { near }) });
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
