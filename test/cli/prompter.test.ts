import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { createPrompter } from '../../src/cli/init.js';

/** A terminal of which everything that appears on it is kept. */
function openTerminal(isTTY: boolean) {
  const input = Object.assign(new PassThrough(), { isTTY });
  const output = new PassThrough();
  let shown = '';
  output.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
  });
  return { input, prompter: createPrompter(input, output), shown: () => shown };
}

describe('a question at a terminal', () => {
  it('shows what is typed, but nothing of a secret', async () => {
    const { input, prompter, shown } = openTerminal(true);
    const host = prompter.ask('Host: ');
    input.write('keyfactor.example.com\n');
    expect(await host).toBe('keyfactor.example.com');
    const secret = prompter.ask('Secret: ', { isSecret: true });
    input.write('hunter2-hunter2\n');
    expect(await secret).toBe('hunter2-hunter2');
    const next = prompter.ask('Name: ');
    input.write('corp\n');
    expect(await next).toBe('corp');
    prompter.close();
    expect(shown()).toContain('keyfactor.example.com');
    expect(shown()).toContain('Secret: ');
    expect(shown()).toContain('corp');
    expect(shown()).not.toContain('hunter2');
  });
});

describe('a question to lines that are piped in', () => {
  it('takes them one by one however early they came, and says when there are no more', async () => {
    const { input, prompter, shown } = openTerminal(false);
    input.end('one\n two \n');
    expect([
      await prompter.ask('First: '),
      await prompter.ask('Second: '),
      await prompter.ask('Third: '),
    ]).toEqual(['one', 'two', undefined]);
    expect(shown()).toBe('First: \nSecond: \nThird: \n');
  });
});
