import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseSync } from '@swc/core';
import { root } from './source-files.js';

/** Words of our own for which the field has others; each stands for its row, and what to say instead. */
const gone: Readonly<Record<string, string>> = {
  'look looks looked looking': 'poll, preview',
  'sighting sightings': 'snapshot',
  'told untold': 'inbound, notified, reported',
  'tell tells telling': 'notify, report, send',
  'press presses pressed pressing': "click; at Bolt's edge: action",
  'desk desks': 'none, or service',
  'door letIn shutOut': 'receiver, connect, disconnect',
  'commanding alerting receiving': 'handler context',
  'surroundings around': 'runtime',
  'memory memories': 'repository, transaction, cache',
  keeping: 'key-value store',
  'ink inks words wording': 'formatter, text, render context',
  'lane lanes turn turns pace': 'rate limiter, slot, queue',
  'patience patiently': 'wait timeout, retry options',
  'tend tended tending': 'renew',
  stock: 'gauges',
  kick: 'schedule delivery',
  'holder holders': 'replica id',
  wayOut: 'recovery action',
  'disown disowned disownedBy': 'repudiate',
  'whys uncarded': 'missing-card reasons',
  'seal seals sealed sealing vault': 'hmac signer, secret box',
  'answer answers answered answering': 'reply, response, result',
  asked: 'request',
  'remark remarks': 'messages',
  legal: 'allowed',
  'recipe recipes executable executables': 'definition, startable workflow',
  standing: 'membership, state',
  'hands furnish cast confess': 'controls, seed, personas, respond error',
  'trouble troubles plant': 'incident, fault, work tasks',
  'beat stillness steadiness': 'ticker, unchanged-list check',
};

/** Names that hold such a word because others hold them, or because it is the field's word there. */
const allowed: Readonly<Record<string, RegExp>> = {
  'to look something or somebody up; to look like':
    /^(\w*[lL]ook(ed)?Ups?\w*|looksLike\w+|looksSecret|look-up-\w+)$/,
  'what a computer keeps things in': /^(inMemory\w*|\w*InMemory|memoryUsage|in-memory-\w+)$/,
  'a vote is cast': /^cast(Vote|All)$/,
  'a page is turned': /^turn(Approvals|History|Page|To)$/,
  'a kind that is stored, as a key of a table': /^(disowned|turn)$/,
  'properties and values that are stored or stand in the fixture, columns and tables':
    /^(uncarded|told|isTold|holder|press|standing|answer|answered|sealed|sealedValues|disownedBy|lanes)$/,
  'variables of the environment': /^[A-Z][A-Z0-9_]+$/,
  'a system called "plant" in settings of tests and of the demo': /^plant$/,
  "data of a vendor, options of a library's": /^(Remark|executablePath|answers|asked|tell)$/,
  'holders of keys': /^(Holder|holders)$/,
};

const words = new Map(
  Object.entries(gone).flatMap(([row, instead]) =>
    row.split(' ').map((word) => [segmentsOf(word).join(' '), instead]),
  ),
);

/** Splits a name into its words: `lookUpPerson` into look, up, person. */
function segmentsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[ _$-]+/)
    .filter(Boolean);
}

/** Gives the word in a name that goes, if there is one, and what to say instead. */
function wordThatGoes(name: string): string | undefined {
  const spoken = ` ${segmentsOf(name).join(' ')} `;
  const found = [...words].find(([word]) => spoken.includes(` ${word} `));
  if (!found || Object.values(allowed).some((pattern) => pattern.test(name))) return undefined;
  return `${name}: not "${found[0]}" but ${found[1]}`;
}

const files = ['src', 'test']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  )
  .filter((path) => /\.(ts|mjs)$/.test(path) && !path.endsWith('/identifiers.test.ts'))
  .sort();

/** Lists every identifier of a program, properties included. */
function identifiersIn(node: unknown, found = new Set<string>()): ReadonlySet<string> {
  if (typeof node !== 'object' || node === null) return found;
  if ('type' in node && node.type === 'Identifier' && 'value' in node) found.add(String(node.value));
  for (const child of Object.values(node)) identifiersIn(child, found);
  return found;
}

describe('the names in the code', () => {
  it("are the field's words, not words of our own", () => {
    expect(files.length).toBeGreaterThan(300);
    const wrong = files.flatMap((path) => {
      const syntax = path.endsWith('.ts') ? 'typescript' : 'ecmascript';
      const program = parseSync(readFileSync(join(root, path), 'utf8'), { syntax, target: 'es2022' });
      return [...identifiersIn(program)].flatMap((name) => {
        const sentence = wordThatGoes(name);
        return sentence === undefined ? [] : [`${path}: ${sentence}`];
      });
    });
    expect(wrong).toEqual([]);
  });

  it("of files and folders are the field's words", () => {
    const wrong = files.flatMap((path) =>
      path.split('/').flatMap((part) => wordThatGoes(part.replace(/(\.test)?\.(ts|mjs)$/, '')) ?? []),
    );
    expect([...new Set(wrong)]).toEqual([]);
  });

  it.each([
    ['lookAtGone', 'not "look" but poll, preview'],
    ['PressKind', 'not "press" but click'],
    ['wayOutLines', 'not "way out" but recovery action'],
    ['mrkdwnInk', 'not "ink" but formatter'],
  ])('are found where one is wrong: %s', (name, sentence) => {
    expect(wordThatGoes(name)).toContain(sentence);
  });

  it.each(['lookUpPerson', 'castVote', 'inMemoryStore', 'pressure', 'linked'])(
    'stay where one is right: %s',
    (name) => {
      expect(wordThatGoes(name)).toBeUndefined();
    },
  );
});
