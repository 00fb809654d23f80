import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { root } from './source-files.js';

const run = promisify(execFile);

/** What a copy of the checkout has to have, so that the bot can be compiled and started in it. */
const needed = [
  'src',
  'package.json',
  'tsconfig.json',
  'test/bench/scene.mjs',
  'test/architecture/change-costs/bot.mjs',
];

/** What a patch does to the files of `src`. */
interface Cost {
  readonly files: readonly string[];
  /** Lines it adds and takes away, each with its sign. */
  readonly lines: readonly { readonly file: string; readonly line: string }[];
}

describe('a change', () => {
  it('that adds a workflow system costs one folder and one line', async () => {
    const { files, lines } = costOf('workflow-system');
    const isOutside = (file: string) => !file.startsWith('src/backends/stub/');
    expect(files.filter(isOutside)).toEqual(['src/backends/index.ts']);
    expect(lines.filter(({ file }) => isOutside(file)).map(({ line }) => line[0])).toEqual(['+']);
    await make('workflow-system');
  }, 300_000);

  it.each([
    ['shows one more field of what is asked', 'card-field', 4],
    ['adds a verb that shows something', 'read-verb', 3],
    ['adds a verb that changes something', 'change-verb', 5],
  ])(
    'that %s costs few files',
    async (_what, change, most) => {
      expect(costOf(change).files.length).toBeLessThanOrEqual(most);
      await make(change);
    },
    300_000,
  );
});

/** Counts what a change touches in `src`. */
function costOf(change: string): Cost {
  const parts = readFileSync(patchOf(change), 'utf8').split(/^diff --git .*\n/m);
  const touched = parts.flatMap((part) => {
    const file = /^(?:\+\+\+ b|--- a)\/(src\/.*)$/m.exec(part)?.[1];
    const hunks = part.slice(Math.max(0, part.search(/^@@ /m))).split('\n');
    return file === undefined ? [] : [{ file, lines: hunks.filter((line) => /^[+-]/.test(line)) }];
  });
  return {
    files: touched.map(({ file }) => file),
    lines: touched.flatMap(({ file, lines }) => lines.map((line) => ({ file, line }))),
  };
}

/** Makes a change in a copy of the checkout, compiles that, and runs the check that comes with the change. */
async function make(change: string): Promise<void> {
  const copy = mkdtempSync(join(tmpdir(), 'countersign-change-'));
  const inCopy = { cwd: copy, maxBuffer: 100_000_000 };
  try {
    for (const path of needed) cpSync(join(root, path), join(copy, path), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    await step(`the patch does not apply: the code it changes has moved. ${howToRegenerate(change)}`, () =>
      run('git', ['apply', patchOf(change)], inCopy),
    );
    await step(`the change does not compile any more. ${howToRegenerate(change)}`, () =>
      run(join(root, 'node_modules/.bin/tsc'), ['-p', 'src'], inCopy),
    );
    await step('the change compiles and does not do what it is for', () =>
      run(process.execPath, ['check.mjs'], inCopy),
    );
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

async function step(whyNot: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`${whyNot}\n${stdout}${stderr}`, { cause: error });
  }
}

function howToRegenerate(change: string): string {
  const path = `test/architecture/change-costs/${change}.patch`;
  return `Regenerate the patch: git apply --reject ${path}, make the rest of the change by hand, then git add -N . && git diff -U1 -- src check.mjs > ${path}, and throw the change away.`;
}

function patchOf(change: string): string {
  return join(root, `test/architecture/change-costs/${change}.patch`);
}
