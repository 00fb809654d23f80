import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { root } from './source-files.js';

it('draws the parts of the house and their imports as they are', async () => {
  const drawing = promisify(execFile)(process.execPath, [`${root}.ci/draw-house.mjs`, '--check']);
  await expect(drawing).resolves.toMatchObject({ stderr: '' });
});
