import { basename } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { placesWhere, type SourceFile, sourceFiles } from './source-files.js';

const src = sourceFiles('src');
/** This file has to write down what it forbids. */
const all = [...src, ...sourceFiles('test').filter(({ path }) => !path.endsWith('/conventions.test.ts'))];

const bareExport =
  /^export (default )?(declare )?(abstract )?(async )?(function\*?|const|let|class|interface|type|enum) /;

/** Tells whether the line before, decorators aside, ends a docstring that says something. */
function hasDocstring({ lines }: SourceFile, index: number): boolean {
  const end = index - 1;
  if (!lines[end]?.trim().endsWith('*/')) return false;
  let start = end;
  while (start > 0 && !lines[start]?.trim().startsWith('/*')) start -= 1;
  const text = lines.slice(start, index).join(' ');
  return text.trim().startsWith('/**') && /[A-Za-z]{2}/.test(text);
}

/** Later signatures of an overloaded function are spoken for by the first one's docstring. */
function isOverload({ lines }: SourceFile, index: number): boolean {
  const name = /^export (?:async )?function (\w+)/.exec(lines[index] ?? '')?.[1];
  return (
    name !== undefined && lines.slice(0, index).some((line) => line.startsWith(`export function ${name}`))
  );
}

describe('the words in the code', () => {
  it('name no file after nothing in particular', () => {
    const vague = all.filter(({ path }) =>
      /^(utils?|helpers?|managers?|services?|bases?|types?|common|misc)$/.test(
        basename(path).replace(/(\.test)?\.ts$/, ''),
      ),
    );
    expect(vague.map(({ path }) => path)).toEqual([]);
  });

  it('name every file in kebab-case', () => {
    const others = all.filter(
      ({ path }) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.d)?\.ts$/.test(basename(path)),
    );
    expect(others.map(({ path }) => path)).toEqual([]);
  });

  it('say what every exported thing promises', () => {
    const silent = placesWhere(
      src,
      (line, index, file) => bareExport.test(line) && !hasDocstring(file, index) && !isOverload(file, index),
    );
    expect(silent).toEqual([]);
  });

  it.each([
    ['a cast to any', /\bas any\b(?!,| other| of| one)/],
    ['a cast through unknown', /\bas unknown as\b/],
    ['a silenced compiler', /@ts-(ignore|nocheck|expect-error)/],
    ['a replaced module or spy', /\bjest\.(mock|doMock|unstable_mockModule|fn|spyOn|replaceProperty)\b/],
    [
      'a test that runs alone or not at all',
      /\.(only|skip|todo|failing)(\.each)?\(|^\s*[fx](it|describe|test)\(/,
    ],
    ['a note of unfinished work', /\b(TODO|FIXME|XXX|HACK)\b/],
    ['a default export', /^export default\b/],
  ])('hold no such thing as %s', (_what, pattern) => {
    expect(placesWhere(all, (line) => pattern.test(line))).toEqual([]);
  });

  it('keep no state that everybody could change', () => {
    expect(placesWhere(src, (line) => /^(export )?(let|var) /.test(line))).toEqual([]);
  });
});
