import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseSync } from '@swc/core';

/** Path of the checkout, with a slash at the end. */
export const root = fileURLToPath(new URL('../', import.meta.url));

/** Whether a file only pretends: simulators and the demo, which are no part of the bot. */
export const isSandbox = (path) => /^src\/(sandbox|simulators|demo)(\/|\.ts$)/.test(path);

/** Whether a file is the bot's own. */
export const isBot = (path) => /^src\/.*\.ts$/.test(path) && !isSandbox(path);

/** Lists the files of the checkout that git knows or would take, and that are there. */
export function listFiles() {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const deleted = new Set(git(['ls-files', '-z', '--deleted']));
  return git(args).filter((path) => !deleted.has(path));
}

/** Counts lines as `wc -l` does. */
export function countLines(paths) {
  return paths.reduce((sum, path) => sum + (read(path).match(/\n/g)?.length ?? 0), 0);
}

/** Gives the statements of a file, parsed. */
export function parse(path) {
  return parseSync(read(path), {
    syntax: path.endsWith('.ts') ? 'typescript' : 'ecmascript',
    target: 'es2022',
  }).body;
}

function read(path) {
  return readFileSync(`${root}${path}`, 'utf8');
}

function git(args) {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);
}
