import { afterEach, describe, expect, it } from '@jest/globals';
import type { AlertReply } from '../../../src/domain/incident.js';
import type { SeenMessage } from '../../../src/sandbox/slack/interactions.js';
import { defined } from '../../../src/shared/language.js';
import { aChange } from '../../contracts/store/a-change.js';
import { aPersonId, noonMs } from '../../support/an-approval.js';
import { anAlert, anIncident } from '../../support/an-incident.js';
import { aSlack, type Slack } from '../a-slack.js';
import { textOf } from '../commands/a-typist.js';
import { until } from '../until.js';
import { type FakeAlertResults, fakeAlertService } from './an-alert-service.js';

const stages: Slack[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.stop();
});

const incident = anIncident({ count: 2, unresolved: 2 });
const proposal: AlertReply = {
  kind: 'proposal',
  incident,
  way: 'restart',
  batchId: 'batch-1',
  records: [aChange({ id: 'a' }), aChange({ id: 'b', code: 'K8' })],
  more: 0,
};

async function anAlertedChannel(mode: 'socket' | 'http', results: FakeAlertResults = {}) {
  const stage = await aSlack({ mode, alertService: fakeAlertService(results) });
  stages.push(stage);
  const { workspace, ada, channel } = stage;
  const target = { kind: 'channel', channel } as const;
  const alert = anAlert({ incident, actions: ['restart', 'details', 'mute', 'take'] });
  const parent = await stage.chat.post(target, { kind: 'alert', alert });
  const click = (actionId: string, value?: string, on: Pick<SeenMessage, 'ts'> = parent) =>
    workspace.click({ as: ada.id, channel, ts: on.ts, actionId, ...defined({ value }) });
  const privateOnes = () => workspace.messages(channel, ada.id).filter(({ isEphemeral }) => isEphemeral);
  const notified = (text: RegExp) =>
    workspace.waitFor(() => privateOnes().find((one) => text.test(textOf(one))), {
      whatFor: `a private word: ${text}`,
    });
  return { ...stage, target, parent, click, privateOnes, notified };
}

describe.each(['socket', 'http'] as const)('a press on an alert, over %s', (mode) => {
  it('that takes it is answered privately', async () => {
    const { click, notified, alertService, ada } = await anAlertedChannel(mode, {
      reply: () => ({ kind: 'taken', incident }),
    });
    expect((await click('alert.take')).acked).toBe(true);
    await notified(/You are on it/);
    expect(alertService.steps).toEqual(['take incident-1']);
    expect(alertService.askers[0]?.person.userId).toBe(ada.id);
  });

  it('that mutes it says what was chosen, and until when that holds', async () => {
    const mute = { key: 'k', untilMs: noonMs, person: aPersonId(), name: 'Ada Okafor' };
    const { click, notified, alertService } = await anAlertedChannel(mode, {
      reply: () => ({ kind: 'muted', incident, mute }),
    });
    await click('alert.mute', 'day.incident-1');
    await notified(/Muted until/);
    expect(alertService.steps).toEqual(['mute incident-1 day']);
  });

  it('that restarts asks first, and does nothing before the answer', async () => {
    const { click, notified, alertService } = await anAlertedChannel(mode, { reply: () => proposal });
    await click('alert.restart');
    const question = await notified(/Restart 2 runs of Web servers\?/);
    expect(textOf(question)).toContain('alert.confirm');
    expect(alertService.steps).toEqual(['propose incident-1 restart']);
  });

  it('that confirms is written down before it is acknowledged, and leaves nothing to press', async () => {
    let write = (): void => {};
    const written = new Promise<'confirmed'>((resolve) => {
      write = () => resolve('confirmed');
    });
    const { click, notified, alertService, privateOnes } = await anAlertedChannel(mode, {
      reply: () => proposal,
      confirm: () => written,
    });
    await click('alert.restart');
    const question = await notified(/Restart 2 runs/);
    let isAcked = false;
    const clicked = click('alert.confirm', undefined, question).then(({ acked }) => {
      isAcked = acked;
    });
    await until(() => alertService.steps.includes('confirm batch-1'));
    expect(isAcked).toBe(false);
    write();
    await clicked;
    expect(isAcked).toBe(true);
    await notified(/Confirmed.*thread of the alert/);
    expect(alertService.steps.slice(1)).toEqual(['confirm batch-1', 'carry-out batch-1']);
    expect(privateOnes().map(textOf).join()).not.toContain('alert.confirm');
  });

  it.each([
    ['repeated', /confirmed before and is not done again/],
    ['unknown', /can no longer be confirmed.*Nothing was changed/],
  ] as const)('that confirms what is %s is explained, and nothing is carried out', async (outcome, text) => {
    const { click, notified, alertService } = await anAlertedChannel(mode, {
      reply: () => proposal,
      confirm: () => outcome,
    });
    await click('alert.restart');
    await click('alert.confirm', undefined, await notified(/Restart 2 runs/));
    await notified(text);
    expect(alertService.steps).not.toContain('carry-out batch-1');
  });

  it('that cannot be written down says so, and can be pressed again', async () => {
    const { click, notified, alertService, privateOnes } = await anAlertedChannel(mode, {
      reply: () => proposal,
      confirm: () => {
        throw new Error('disk full');
      },
    });
    await click('alert.restart');
    expect((await click('alert.confirm', undefined, await notified(/Restart 2 runs/))).acked).toBe(true);
    await notified(/Nothing was changed.*click again/);
    expect(alertService.steps).not.toContain('carry-out batch-1');
    expect(privateOnes().map(textOf).join()).toContain('alert.confirm');
  });

  it.each([
    ['cancelled', /Canceled/],
    ['confirmed', /cannot be canceled/],
    ['unknown', /can no longer be confirmed/],
  ] as const)('that cancels tells the truth when it is %s', async (outcome, text) => {
    const { click, notified } = await anAlertedChannel(mode, {
      reply: () => proposal,
      cancel: () => outcome,
    });
    await click('alert.restart');
    await click('alert.cancel', undefined, await notified(/Restart 2 runs/));
    await notified(text);
  });

  it('that asks for details opens a window before anything is read, and fills it', async () => {
    let read = (): void => {};
    const pending = new Promise<AlertReply>((resolve) => {
      read = () => resolve({ kind: 'details', alert: anAlert() });
    });
    const { click, workspace, ada } = await anAlertedChannel(mode, { reply: () => pending });
    await click('alert.details');
    await workspace.waitFor(() => workspace.views(ada.id).find((one) => /Loading/.test(JSON.stringify(one))));
    read();
    await workspace.waitFor(() =>
      workspace.views(ada.id).find((one) => /RPC server.*K9A1/s.test(JSON.stringify(one))),
    );
  });

  it('that asks for details and may not is told so in the window', async () => {
    const { click, workspace, ada } = await anAlertedChannel(mode, {
      reply: () => ({ kind: 'not-allowed', verb: 'status', why: { kind: 'no-rule' } }),
    });
    await click('alert.details');
    await workspace.waitFor(() =>
      workspace.views(ada.id).find((one) => /You may not/.test(JSON.stringify(one))),
    );
  });

  it('that came too late for a window is told to click again', async () => {
    const { click, workspace, notified } = await anAlertedChannel(mode);
    workspace.fail({ method: 'views.open', fault: 'expired_trigger_id' });
    await click('alert.details');
    await notified(/too long for Slack to open a window/);
  });

  it('that leads to the portal is acknowledged and asks nothing', async () => {
    const { click, alertService } = await anAlertedChannel(mode);
    expect((await click('alert.open')).acked).toBe(true);
    expect(alertService.steps).toEqual([]);
  });

  it('that breaks gives a reference that is in the log', async () => {
    const { click, notified, log } = await anAlertedChannel(mode, {
      reply: () => {
        throw new Error('store is gone');
      },
    });
    await click('alert.take');
    await notified(/went wrong in Countersign/);
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });
});

describe('what is said in the thread of an alert', () => {
  it('hangs under it, is edited in place, and leaves the channel itself quiet', async () => {
    const { chat, target, parent, workspace, channel } = await anAlertedChannel('socket');
    const more = { kind: 'follow-up', followUp: { kind: 'more', incident } } as const;
    const reply = await chat.post(target, more, parent);
    await chat.update(reply, {
      kind: 'follow-up',
      followUp: { kind: 'more', incident: { ...incident, count: 9 } },
    });
    const [said, ...others] = workspace.thread(channel, parent.ts);
    expect(said && textOf(said)).toContain('9 runs failed');
    expect(others).toEqual([]);
    expect(workspace.message(channel, parent.ts)?.replyCount).toBe(1);
    expect(workspace.messages(channel).filter(({ threadTs }) => threadTs === undefined)).toHaveLength(1);
  });

  it('is refused as gone once the alert was deleted', async () => {
    const { chat, target, parent, workspace, channel } = await anAlertedChannel('socket');
    workspace.deleteMessage(channel, parent.ts);
    const taken = { kind: 'follow-up', followUp: { kind: 'taken', incident } } as const;
    await expect(chat.post(target, taken, parent)).rejects.toMatchObject({ code: 'message-gone' });
  });

  it('is sent plainly when Slack finds fault with its form', async () => {
    const { chat, target, parent, workspace, channel } = await anAlertedChannel('socket');
    workspace.fail({ method: 'chat.postMessage', fault: 'invalid_blocks' });
    await chat.post(target, { kind: 'follow-up', followUp: { kind: 'taken', incident } }, parent);
    expect(workspace.thread(channel, parent.ts)).toHaveLength(1);
  });
});
