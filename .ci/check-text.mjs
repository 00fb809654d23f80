// Refuses, in everything people read: phrases that stop a reader, and pages that read harder than grade 10.
// Run by `npm run check`. The phrases, each with what to say instead, are in .ci/phrases.txt.
import { readdirSync, readFileSync } from 'node:fs';
import { parseSync } from '@swc/core';
import { fleschKincaid } from 'flesch-kincaid';
import { syllable } from 'syllable';

const root = new URL('../', import.meta.url);
const hardestGrade = 10;
const isReport = process.argv.includes('--grades');

const phrases = linesOf('.ci/phrases.txt')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [phrase = '', instead = ''] = line.split(/\s+→\s+/);
    return { pattern: new RegExp(`(?<![\\w-])(?:${phrase})(?![\\w-])`, 'i'), phrase, instead };
  });

const pages = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(new URL('docs', root))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  'docs/deploy/README.md',
];
const sources = ['src/slack/text', 'src/slack/blocks', 'src/cli', 'src/config', 'src/http'].flatMap(
  (folder) =>
    readdirSync(new URL(folder, root))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `${folder}/${name}`),
);

const problems = [
  ...pages.flatMap((path) => linesOf(path).flatMap((line, at) => phrasesIn(withoutCode(line), path, at + 1))),
  ...sources.flatMap((path) => textsIn(path).flatMap(({ text, line }) => phrasesIn(text, path, line))),
  ...pages.flatMap(gradeOf),
];
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

function linesOf(path) {
  return readFileSync(new URL(path, root), 'utf8').split('\n');
}

function phrasesIn(text, path, line) {
  return phrases
    .filter(({ pattern }) => pattern.test(text))
    .map(
      ({ phrase, instead }) =>
        `${path}:${line}: “${phrase}”, better: ${instead}\n  ${text.trim().slice(0, 160)}`,
    );
}

/** Names in code are what they are; a heading of the catalog is the name of a state. */
function withoutCode(text) {
  return /^\*\*[^*]*\*\*$/.test(text) ? '' : text.replace(/`[^`]*`/g, 'code');
}

/** Every text in the source, and the line it begins in; names, imports and types are none. */
function textsIn(path) {
  const source = readFileSync(new URL(path, root), 'utf8');
  const found = [];
  const { body, span } = parseSync(source, { syntax: 'typescript' });
  const visit = (node) => {
    if (Array.isArray(node)) for (const one of node) visit(one);
    if (Array.isArray(node) || typeof node !== 'object' || node === null) return;
    if (node.type === 'TsLiteralType' || node.type === 'ImportDeclaration') return;
    if (node.type === 'StringLiteral') found.push({ text: node.value, at: node.span.start });
    if (node.type === 'TemplateElement') found.push({ text: node.cooked, at: node.span.start });
    for (const part of Object.values(node)) visit(part);
  };
  visit(body);
  const bytes = Buffer.from(source);
  const first = span.start;
  return found
    .filter(({ text }) => /\p{L} /u.test(text))
    .map(({ text, at }) => ({
      text,
      line: bytes
        .subarray(0, at - first)
        .toString('utf8')
        .split('\n').length,
    }));
}

/** Prose alone counts: no tables, code, headings, links and names; lists count by their sentences. */
function proseOf(path) {
  return readFileSync(new URL(path, root), 'utf8')
    .replace(/^```[\s\S]*?^```/gm, '')
    .split(/\n{2,}|\n(?=\s*(?:[-*]|\d+\.) )/)
    .filter((block) => !/^\s*(?:[#|<!]|\*\*[^*]*\*\*$)/.test(block))
    .map((block) =>
      block
        .replace(/^\s*(?:[-*]|\d+\.) /, '')
        .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
        .replace(/`[^`]*`/g, 'it')
        .replace(/https?:\S+/g, 'it')
        .replace(/[*_>#]/g, '')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .filter((block) => block.split(' ').length > 4)
    .map((block) => (/[.!?:]$/.test(block) ? block : `${block}.`));
}

function gradeOf(path) {
  if (path === 'docs/wording.md' || path === 'docs/settings.md') return [];
  const sentences = proseOf(path)
    .join(' ')
    .split(/(?<=[.!?])\s+/)
    .filter((one) => /\p{L}/u.test(one));
  // Names of products and people are as long as they are; the first word of a sentence is none.
  const plain = sentences.flatMap((one) =>
    (one.match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu) ?? []).map((word, at) =>
      at > 0 && /^\p{Lu}/u.test(word) ? 'it' : word,
    ),
  );
  if (plain.length < 100) return [];
  const syllables = plain.reduce((sum, word) => sum + Math.max(1, syllable(word)), 0);
  const grade = fleschKincaid({ sentence: sentences.length, word: plain.length, syllable: syllables });
  if (isReport) process.stdout.write(`${grade.toFixed(1)} ${path}\n`);
  return grade > hardestGrade
    ? [
        `${path}: reads at grade ${grade.toFixed(1)}; at most ${hardestGrade}: use shorter sentences and words`,
      ]
    : [];
}
