import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../until.js';
import type { FakeCommandResults } from './a-command-service.js';
import { aChange, anEnd, aProposal } from './a-reply.js';
import { aTypist, type Typist, textOf } from './a-typist.js';

const stages: Typist[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.stop();
});

const rejected = { status: { kind: 'rejected', raw: 'Rejected' } } as const;

describe.each(['socket', 'http'] as const)('a change that is proposed, over %s', (mode) => {
  /** A desk whose change ends as it should, told through the chat the way the real one does. */
  async function set(results: FakeCommandResults = {}) {
    const stage: Typist = await aTypist(mode, {
      run: () => aProposal(),
      carryOut: async (_id, asker) => {
        if (asker)
          await stage.chat.replyPrivately(asker, {
            kind: 'change',
            record: anEnd({ kind: 'done', now: rejected }),
          });
      },
      ...results,
    });
    stages.push(stage);
    await stage.type('stop K7F3');
    const proposal = await stage.notified(/Stop this workflow/);
    return { ...stage, proposal };
  }

  it('says what would happen, to what, and that there is no way back', async () => {
    const { proposal, commandService } = await set();
    const text = textOf(proposal);
    expect(text).toMatch(/K7F3.*Enroll app\.example\.com/);
    expect(text).toContain('This cannot be undone.');
    expect(text).toContain('"style":"danger"');
    expect(commandService.steps).toEqual(['run stop']);
  });

  it('is written down before the press is acknowledged, then carried out, and its place tells the end', async () => {
    const { click, proposal, commandService, notified, privateOnes } = await set();
    expect((await click(proposal, 'command.confirm')).acked).toBe(true);
    await notified(/Stopped.*Rejected/s);
    expect(commandService.steps).toEqual(['run stop', 'confirm change-1', 'carry-out change-1']);
    expect(privateOnes()).toHaveLength(1);
    expect(textOf(privateOnes()[0] ?? proposal)).not.toContain('command.confirm');
  });

  it('is not acknowledged while it is not written down', async () => {
    let write = (): void => {};
    const written = new Promise<'confirmed'>((resolve) => {
      write = () => resolve('confirmed');
    });
    const { click, proposal, commandService } = await set({ confirm: () => written });
    let isAcked = false;
    const clicked = click(proposal, 'command.confirm').then(({ acked }) => {
      isAcked = acked;
    });
    await until(() => commandService.steps.includes('confirm change-1'));
    expect(isAcked).toBe(false);
    write();
    await clicked;
    expect(isAcked).toBe(true);
  });

  it('shows that it is being worked on until it has ended', async () => {
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const { click, proposal, notified } = await set({ carryOut: () => ended });
    await click(proposal, 'command.confirm');
    await notified(/Working on it/);
    end();
  });

  it('is not done again when it is pressed twice; the end is told', async () => {
    let confirmations = 0;
    const { click, proposal, commandService, notified, privateOnes } = await set({
      confirm: () => {
        confirmations += 1;
        return confirmations === 1 ? 'confirmed' : 'repeated';
      },
    });
    await Promise.all([click(proposal, 'command.confirm'), click(proposal, 'command.confirm')]);
    await notified(/Stopped/);
    expect(commandService.steps.filter((step) => step.startsWith('carry-out'))).toHaveLength(2);
    expect(privateOnes()).toHaveLength(1);
  });

  it('is explained when it can no longer be confirmed', async () => {
    const { click, proposal, commandService, notified } = await set({ confirm: () => 'unknown' });
    await click(proposal, 'command.confirm');
    await notified(/can no longer be confirmed.*Nothing was changed/);
    expect(commandService.steps).not.toContain('carry-out change-1');
  });

  it('is not carried out when it could not be written down, and can be pressed again', async () => {
    const { click, proposal, commandService, notified, privateOnes } = await set({
      confirm: () => {
        throw new Error('disk full');
      },
    });
    expect((await click(proposal, 'command.confirm')).acked).toBe(true);
    await notified(/Nothing was changed.*click again/);
    expect(commandService.steps).not.toContain('carry-out change-1');
    expect(privateOnes().some((one) => textOf(one).includes('command.confirm'))).toBe(true);
  });

  it('is dropped by Cancel', async () => {
    const { click, proposal, commandService, notified, privateOnes } = await set();
    await click(proposal, 'command.cancel');
    await notified(/Canceled\. Nothing was changed/);
    expect(commandService.steps).toEqual(['run stop', 'cancel change-1']);
    expect(privateOnes()).toHaveLength(1);
    const text = textOf(privateOnes()[0] ?? proposal);
    expect(text).toMatch(/Stop.*Enroll app\.example\.com.*K7F3/);
    expect(text).not.toContain('button');
  });

  it('is not said to be cancelled when it was confirmed before; how it stands is told', async () => {
    const { click, proposal, notified, privateOnes } = await set({
      cancel: () => anEnd({ kind: 'done', now: rejected }),
    });
    await click(proposal, 'command.cancel');
    await notified(/Stopped.*Rejected/s);
    expect(privateOnes().map(textOf).join()).not.toContain('Canceled');
  });

  it('is not said to be cancelled when that could not be written down', async () => {
    const { click, proposal, notified, privateOnes, log } = await set({
      cancel: () => {
        throw new Error('disk full');
      },
    });
    await click(proposal, 'command.cancel');
    await notified(/could not be canceled.*Nothing was changed/);
    expect(privateOnes()).toHaveLength(2);
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('of somebody else, or unknown, is not spoken of', async () => {
    const { click, proposal, notified } = await set({ cancel: () => undefined });
    await click(proposal, 'command.cancel');
    await notified(/can no longer be confirmed/);
  });

  it('gives a reference when carrying it out breaks', async () => {
    const { click, proposal, notified, log } = await set({
      carryOut: async () => {
        throw new Error('store is gone');
      },
    });
    await click(proposal, 'command.confirm');
    await notified(/went wrong in Countersign/);
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });
});

describe('the end of a change', () => {
  const asker = (stage: Typist) => ({
    person: { teamId: 'T0SIMULATED', userId: stage.ada.id },
    channel: stage.channel,
  });

  it('never gives way to what was true before', async () => {
    const stage = await aTypist('socket', { run: () => aProposal(), confirm: () => 'repeated' });
    stages.push(stage);
    await stage.type('stop K7F3');
    await stage.click(await stage.notified(/Stop this/), 'command.confirm');
    const responseUrl = stage.commandService.askers.at(-1)?.responseUrl ?? '';
    const place = { ...asker(stage), responseUrl };
    const notify = (record: ReturnType<typeof aChange>) =>
      stage.chat.replyPrivately(place, { kind: 'change', record });
    const outcomes = await Promise.all([
      notify(aChange({ phase: 'sending' })),
      notify(anEnd({ kind: 'done', now: rejected })),
      notify(aChange({ phase: 'following' })),
    ]);
    expect(outcomes).toEqual([true, true, true]);
    expect(stage.privateOnes().map(textOf)).toEqual([expect.stringContaining('Stopped')]);
  });

  it('is left to a direct message once its own place is closed', async () => {
    const stage = await aTypist('socket');
    stages.push(stage);
    const record = anEnd({ kind: 'done', now: rejected });
    expect(await stage.chat.replyPrivately(asker(stage), { kind: 'change', record })).toBe(false);
    expect(stage.privateOnes()).toEqual([]);
    await stage.chat.post(
      { kind: 'person', person: { teamId: 'T0SIMULATED', userId: stage.ada.id } },
      { kind: 'notice', notice: { kind: 'change', record } },
    );
    const [notified] = stage.workspace.messages(stage.workspace.im(stage.ada.id).id);
    expect(notified?.text).toMatch(/Stopped/);
  });

  it('is answered with false, and no error, when nobody can be reached', async () => {
    const stage = await aTypist('socket');
    stages.push(stage);
    stage.workspace.fail({ method: 'chat.postEphemeral', fault: 'not_in_channel' });
    const reply = { kind: 'unreachable', label: 'Command' } as const;
    expect(await stage.chat.replyPrivately(asker(stage), reply)).toBe(false);
  });
});
