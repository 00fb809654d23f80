import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../../', import.meta.url));
let folder: string;

/** What the image holds: the built program without what pretends. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-image-'));
  cpSync(join(root, 'dist'), join(folder, 'dist'), {
    recursive: true,
    filter: (path) => !path.startsWith(join(root, 'dist', 'sandbox')),
  });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a program without the sandbox', () => {
  it.each(['demo', 'sandbox'])('says on %s that it is not there, and how to come by it', async (command) => {
    const main = join(folder, 'dist', 'main.js');
    const asked = promisify(execFile)(process.execPath, [main, command], { cwd: folder });
    await expect(asked).rejects.toMatchObject({
      code: 1,
      stderr: `The ${command} is not part of this image. Run it in a checkout: npm run ${command}\n`,
    });
    expect(readdirSync(folder)).toEqual(['dist', 'node_modules', 'package.json']);
  });
});
