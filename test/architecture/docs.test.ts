import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from './source-files.js';

/** A document people read, with its path from the root. */
interface Document {
  readonly path: string;
  readonly text: string;
}

const documents: readonly Document[] = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'src/README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.replaceAll('\\', '/')}`)
    .sort(),
].map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

/** Lists what a pattern's group finds, each with its document, where it is not as it should be. */
function wrong(pattern: RegExp, isRight: (found: string, path: string) => boolean): readonly string[] {
  return documents.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)]
      .map((match) => match[1] ?? '')
      .filter((found) => !isRight(found, path))
      .map((found) => `${path}: ${found}`),
  );
}

/** Counts the places where a pattern finds something, so that a check that sees nothing does not pass. */
function count(pattern: RegExp): number {
  return documents.reduce((sum, { text }) => sum + [...text.matchAll(pattern)].length, 0);
}

/** Gives the anchors of a document's headings, as GitHub names them. */
function anchorsOf(path: string): readonly string[] {
  const text = readFileSync(join(root, path), 'utf8').replace(/^```[\s\S]*?^```/gm, '');
  return [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function leadsSomewhere(link: string, from: string): boolean {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? from : relative(root, join(root, dirname(from), file));
  if (target.startsWith('..') || !existsSync(join(root, target))) return false;
  return anchor === undefined || anchorsOf(target).includes(anchor);
}

describe('the documents', () => {
  const link = /\]\((?!https?:|mailto:)([^)\s]+)\)/g;
  it('lead nowhere that is not there', () => {
    expect(count(link)).toBeGreaterThan(30);
    expect(wrong(link, leadsSomewhere)).toEqual([]);
  });

  const picture = /\b(?:src|srcset)="(?!https?:)([^"]+)"/g;
  it('show pictures that are there, by a path the site takes as well: it begins with a dot', () => {
    expect(count(picture)).toBeGreaterThan(30);
    expect(wrong(picture, (path, from) => path.startsWith('.') && leadsSomewhere(path, from))).toEqual([]);
  });

  const script = /\bnpm run ([\w:-]+)/g;
  it('name no npm script that is not there', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    expect(count(script)).toBeGreaterThan(5);
    expect(wrong(script, (name) => name in scripts)).toEqual([]);
  });

  const command = /(?:^|[ `])countersign ([a-z][a-z-]*)/gm;
  it('name no command that the usage does not', () => {
    const main = readFileSync(join(root, 'src/main.ts'), 'utf8');
    const usage = new Set([...main.matchAll(/^ {2}countersign ([a-z]+)/gm)].map((match) => match[1] ?? ''));
    expect(usage.size).toBeGreaterThan(3);
    expect(count(command)).toBeGreaterThan(5);
    expect(wrong(command, (name) => usage.has(name))).toEqual([]);
  });

  const place = /(?<![\w./-])((?:src|test|docs|\.ci)\/[\w./-]*\w\/?)/g;
  it('name no file or folder of ours that is not there', () => {
    expect(count(place)).toBeGreaterThan(50);
    expect(wrong(place, (path) => existsSync(join(root, path)))).toEqual([]);
  });

  it('say in words what each picture shows, and show none that is not there', () => {
    const pictures = documents.flatMap(({ path, text }) => [
      ...[...text.matchAll(/!\[([^\]]*)\]\(([^)\s]+)\)/g)].map(([, alt = '', src = '']) => ({
        path,
        alt,
        src,
      })),
      ...[...text.matchAll(/<img alt="([^"]*)" src="([^"]+)"/g)].map(([, alt = '', src = '']) => ({
        path,
        alt,
        src,
      })),
      ...[...text.matchAll(/<source [^>]*srcset="([^"]+)"><img alt="([^"]*)"/g)].map(
        ([, src = '', alt = '']) => ({
          path,
          alt,
          src,
        }),
      ),
    ]);
    expect(pictures.length).toBeGreaterThan(10);
    const bad = pictures.filter(
      ({ path, alt, src }) => alt.split(/\s+/).length < 4 || !existsSync(join(root, dirname(path), src)),
    );
    expect(bad).toEqual([]);
    const withoutAlt = documents.filter(({ text }) => /<img (?!alt=")/.test(text)).map(({ path }) => path);
    expect(withoutAlt).toEqual([]);
  });

  it('list every decision', () => {
    const folder = join(root, 'docs/decisions');
    const listed = readFileSync(join(folder, 'README.md'), 'utf8');
    const missing = readdirSync(folder).filter((name) => /^\d/.test(name) && !listed.includes(`(${name})`));
    expect(missing).toEqual([]);
  });
});

describe('the map of the source', () => {
  const map = readFileSync(join(root, 'src/README.md'), 'utf8');
  const entries = readdirSync(join(root, 'src'), { withFileTypes: true });

  it('lists every folder and no other', () => {
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    const listed = [...map.matchAll(/^\| `([\w-]+)\/`/gm)].map((match) => match[1] ?? '');
    expect(listed).toEqual(folders.sort());
  });

  it('lists every file and no other', () => {
    const files = entries.filter(({ name }) => name.endsWith('.ts')).map(({ name }) => name);
    const listed = [...map.matchAll(/^\| `([\w.-]+\.ts)`/gm)].map((match) => match[1] ?? '');
    expect(listed.sort()).toEqual(files.sort());
  });

  it('names no place in the source that is not there', () => {
    const named = [...map.matchAll(/`([\w-]+\/[\w./-]+)`/g)].map((match) => match[1] ?? '');
    const missing = named.filter((path) => ![`src/${path}`, path].some((one) => existsSync(join(root, one))));
    expect(missing).toEqual([]);
  });

  it('name every kind of record of the ledger', () => {
    const source = readFileSync(join(root, 'src/domain/ledger.ts'), 'utf8');
    const union = /export type LedgerKind =([\s\S]*?');/.exec(source)?.[1] ?? '';
    const kinds = [...union.matchAll(/\| '([\w-]+)'/g)].map(([, kind = '']) => kind);
    const page = readFileSync(join(root, 'docs/audit.md'), 'utf8');
    expect(kinds.length).toBeGreaterThan(15);
    expect(kinds.filter((kind) => !page.includes(`\`${kind}\``))).toEqual([]);
  });
});
