import { afterEach, describe, expect, it } from '@jest/globals';
import { verbs } from '../../../src/domain/commands.js';
import { until } from '../until.js';
import { aRow, aStatus } from './a-reply.js';
import { aTypist, type Typist, textOf } from './a-typist.js';

const stages: Typist[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.stop();
});

describe.each(['socket', 'http'] as const)('somebody who types commands, heard over %s', (mode) => {
  async function set(...results: Parameters<typeof aTypist> extends [unknown, ...infer Rest] ? Rest : never) {
    const stage = await aTypist(mode, ...results);
    stages.push(stage);
    return stage;
  }

  it('is shown every verb there is by help, without anybody being asked', async () => {
    const { type, notified, commandService } = await set();
    expect((await type('help')).acked).toBe(true);
    const help = textOf(await notified(/Commands after/));
    for (const { usage, summary } of verbs) {
      const line = `• \`${usage.replaceAll('<', '&lt;').replaceAll('>', '&gt;')}\` ${summary}`;
      expect(help.split(line)).toHaveLength(2);
    }
    expect(commandService.steps).toEqual([]);
  });

  it('is shown what everybody may type before what changes workflows', async () => {
    const { type, notified } = await set();
    await type('help');
    const help = textOf(await notified(/Commands after/));
    const places = ['For everyone', '• `approvals`', 'To read', '• `status', 'To change', '• `stop'];
    const found = places.map((place) => help.indexOf(place));
    expect(found).not.toContain(-1);
    expect(found).toEqual([...found].sort((a, b) => a - b));
  });

  it.each([
    ['K7F3.'],
    ['`K7F3`'],
    ['"K7F3"'],
    ['“K7F3”,'],
    ['‘K7F3’'],
    ['«K7F3»'],
    ['″K7F3″'],
    ['「K7F3」。'],
    ['K\u20607F3\u00ad'],
    ['\u200eK7F3\ufe0f\u{e0041}'],
    ['K7F3\u3164'],
    ['„K7F3“'],
    ["'K7F3'"],
    ['(K7F3)'],
    ['https://command.example.com/Portal/Workflow/K7F3'],
    ['<https://command.example.com/Portal/Workflow?id=K7F3|command.example.com/Portal/Workflow?id=K7F3>'],
    ['command.example.com/Portal/Workflow/K7F3/#history'],
  ])('finds the run that %s was copied from', async (typed) => {
    const { type, commandService } = await set();
    await type(`status ${typed}`);
    await until(() => commandService.lines.length > 0);
    expect(commandService.lines).toMatchObject([{ verb: 'status', ref: 'K7F3' }]);
  });

  it('is told that what they pasted is longer than any command', async () => {
    const { type, notified, commandService } = await set();
    expect((await type('x'.repeat(9_000))).acked).toBe(true);
    await notified(/too long for a command/);
    expect(commandService.steps).toEqual([]);
  });

  it('is shown help for nothing typed at all', async () => {
    const { type, notified } = await set();
    await type('');
    await notified(/Commands after/);
  });

  it('is told of a near verb instead of anything being done', async () => {
    const { type, notified, commandService } = await set();
    await type('restrat K7F3');
    expect(textOf(await notified(/restrat/))).toMatch(
      /Did you mean `\/workflow restart &lt;ref&gt; \[version\]`/,
    );
    expect(commandService.steps).toEqual([]);
  });

  it('is shown how a line is typed that lacks something', async () => {
    const { type, notified, commandService } = await set();
    await type('receipt');
    expect(textOf(await notified(/missing/))).toContain('/workflow receipt &lt;code&gt;');
    expect(commandService.steps).toEqual([]);
  });

  it('is answered privately, and the desk knows who asked and where', async () => {
    const { type, notified, commandService, channel, workspace, bo } = await set({ run: () => aStatus() });
    await type('status K7F3');
    const shown = textOf(await notified(/app\.example\.com/));
    expect(shown).toContain('Approval by the PKI team');
    expect(shown).toContain('K7F3');
    expect(commandService.lines).toEqual([{ verb: 'status', ref: 'K7F3' }]);
    expect(commandService.askers).toMatchObject([
      { person: { teamId: 'T0SIMULATED', userId: 'U0ADA' }, channel, responseUrl: expect.any(String) },
    ]);
    expect(workspace.messages(channel, bo.id)).toEqual([]);
  });

  it('may mention people, channels and links', async () => {
    const { type, commandService } = await set();
    await type('status @bo in #pki <http://app.example.com|app.example.com> R&amp;D');
    await until(() => commandService.lines.length > 0);
    expect(commandService.lines).toEqual([{ verb: 'status', ref: '@bo in #pki app.example.com R&D' }]);
  });

  it('is acknowledged before a slow system has answered', async () => {
    let finish = (): void => {};
    const slow = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { type, notified, privateOnes } = await set({ run: () => slow.then(() => aStatus()) });
    expect((await type('status K7F3')).acked).toBe(true);
    expect(privateOnes()).toEqual([]);
    finish();
    await notified(/K7F3/);
  });

  it('is answered even while stopping waits for it', async () => {
    let finish = (): void => {};
    const slow = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { type, notified, slack, commandService } = await set({
      run: () => slow.then(() => aStatus()),
    });
    await type('status K7F3');
    await until(() => commandService.lines.length > 0);
    const stopping = slack.stop();
    finish();
    await stopping;
    await notified(/K7F3/);
  });

  it('is given a reference when something breaks, and the log has it too', async () => {
    const { type, notified, log } = await set({
      run: () => {
        throw new Error('store is gone');
      },
    });
    await type('whoami');
    const [ref] = /(?<=ref )[A-Z2-9]{10}/.exec(textOf(await notified(/went wrong in Countersign/))) ?? [];
    expect(log.lines.filter(({ level }) => level === 'error')).toMatchObject([{ fields: { ref } }]);
  });

  it('is answered where the command was typed when Slack’s own way is closed', async () => {
    const { type, notified, workspace } = await set({ run: () => aStatus() });
    workspace.fail({ method: 'response_url', fault: 'http-500' });
    await type('status K7F3');
    await notified(/K7F3/);
    expect(workspace.calls.some(({ method }) => method === 'chat.postEphemeral')).toBe(true);
  });

  it('is answered plainly when Slack finds fault with the message', async () => {
    const { type, notified, workspace, log } = await set({ run: () => aStatus() });
    workspace.fail({ method: 'response_url', fault: 'invalid_blocks' });
    await type('status K7F3');
    expect((await notified(/K7F3/)).blocks[0]).toMatchObject({ text: { type: 'plain_text' } });
    expect(log.lines.some(({ sentence }) => /a plain one/.test(sentence))).toBe(true);
  });

  it('turns the pages of a list in place', async () => {
    const { type, notified, click, commandService, privateOnes, workspace } = await set({
      run: (line) => ({
        kind: 'list',
        state: 'failed',
        text: 'web.1',
        page: line.verb === 'list' ? line.page : 0,
        rows: [aRow({ code: line.verb === 'list' ? `PAGE${line.page}` : '' })],
        hasMore: line.verb === 'list' && line.page < 2,
        silent: [],
      }),
    });
    await type('list failed web.1');
    await click(await notified(/PAGE1/), 'command.page-after');
    const second = await notified(/PAGE2/);
    expect(textOf(second)).not.toContain('Next page');
    await click(second, 'command.page-before');
    await workspace.waitFor(() => /PAGE1/.test(textOf(privateOnes()[0] ?? second)));
    expect(privateOnes()).toHaveLength(1);
    expect(commandService.lines.at(1)).toEqual({ verb: 'list', state: 'failed', text: 'web.1', page: 2 });
  });

  it('keeps a page when the next one cannot be had', async () => {
    const { type, notified, click, privateOnes } = await set({
      run: (line) =>
        line.verb === 'list' && line.page === 1
          ? { kind: 'list', state: 'any', page: 1, rows: [aRow()], hasMore: true, silent: [] }
          : { kind: 'unreachable', label: 'Command' },
    });
    await type('list');
    await click(await notified(/K7F3/), 'command.page-after');
    await notified(/did not answer/);
    expect(privateOnes()).toHaveLength(2);
  });

  it('goes on with the one chosen of several that fit', async () => {
    const { type, notified, click, commandService, privateOnes } = await set({
      run: (line) =>
        line.verb === 'restart' && line.ref === 'web'
          ? { kind: 'ambiguous', typed: 'web', rows: [aRow(), aRow({ code: 'M2N4' })] }
          : aStatus({ code: 'M2N4' }),
    });
    await type('restart web 3');
    await click(await notified(/Several workflows/), 'command.choose', 'M2N4');
    await notified(/Web servers/);
    expect(commandService.lines.at(-1)).toEqual({ verb: 'restart', ref: 'M2N4', version: 3 });
    expect(privateOnes()).toHaveLength(1);
  });

  it('may follow the link to the portal, which asks nobody anything', async () => {
    const { type, notified, click, commandService } = await set({
      run: () => aStatus({ link: 'https://keyfactor.example.com/run/1' }),
    });
    await type('status K7F3');
    const status = await notified(/Open in Command/);
    expect((await click(status, 'command.open')).acked).toBe(true);
    expect(commandService.steps).toEqual(['run status']);
  });

  it('proposes from a status by a button, and the status stays', async () => {
    const { type, notified, click, commandService, privateOnes, workspace } = await set({
      run: (line) =>
        line.verb === 'status' ? aStatus() : { kind: 'not-allowed', verb: 'stop', why: { kind: 'no-rule' } },
    });
    await type('status K7F3');
    const status = await notified(/Web servers/);
    expect(textOf(status)).not.toContain('command.propose.pause');
    await click(status, 'command.propose.stop');
    await notified(/You may not/);
    await workspace.waitFor(() => privateOnes().length === 2);
    expect(commandService.lines.at(-1)).toEqual({ verb: 'stop', ref: 'K7F3' });
  });
});
