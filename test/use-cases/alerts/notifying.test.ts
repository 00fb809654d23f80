import { describe, expect, it } from '@jest/globals';
import type { AlertRule } from '../../../src/domain/incident.js';
import { people } from '../world/people.js';
import { createWatches, rpc } from './watches.js';

const watches = createWatches();
const hourMs = 60 * 60_000;

function aRule(overrides: Partial<AlertRule> = {}): AlertRule {
  return { name: 'All', match: {}, channels: [], mentions: [], severity: 'critical', ...overrides };
}

describe('the very first look at a system', () => {
  it('is silent about what failed before', async () => {
    const watch = await watches.openBlind();
    watch.fail('old');
    await watch.poll();
    expect(watch.world.slack.messages()).toEqual([]);
  });

  it('stays silent about it in every full look after, and is told when it fails once more', async () => {
    const watch = await watches.openBlind();
    watch.fail('old');
    await watch.poll();
    await watch.poll(hourMs);
    expect(watch.alerts()).toEqual([]);
    watch.set('old', 'running');
    await watch.poll();
    watch.fail('old');
    await watch.poll();
    expect(watch.alert().alert.incident.count).toBe(1);
  });

  it('says nothing of an old failure that somebody aborts later', async () => {
    const watch = await watches.openBlind();
    watch.fail('old');
    await watch.poll();
    watch.set('old', 'aborted');
    await watch.poll();
    expect(watch.alerts()).toEqual([]);
  });
});

describe('one failure', () => {
  it('is told within one look, with who started it, read in full', async () => {
    const watch = await watches.open();
    watch.fail('run-1');
    await watch.poll();
    const { alert, target } = watch.alert();
    expect(target).toEqual({ kind: 'channel', channel: 'C0ALERTS' });
    expect(alert.incident).toMatchObject({ count: 1, messages: [{ text: rpc, count: 1 }] });
    expect(alert.incident.samples).toMatchObject([{ startedBy: 'KEYEXAMPLE\\rkim' }]);
    expect(alert.incident.samples[0]?.link).toContain('run-1');
    expect(watch.thread()).toEqual([]);
  });

  it('is told all the same when it cannot be read in full', async () => {
    const watch = await watches.open();
    watch.world.command.faults.isDetailUnreadable = true;
    watch.fail('run-1');
    await watch.poll();
    expect(watch.alert().alert.incident.samples[0]).not.toHaveProperty('startedBy');
  });

  it('is told once, however often it is looked at, also by the next run of the bot', async () => {
    const watch = await watches.open();
    watch.fail('run-1');
    await watch.poll();
    await watch.poll();
    watch.world.restart();
    await watch.poll();
    await watch.poll(hourMs);
    expect(watch.alert()).toMatchObject({ edits: 0 });
    expect((await watch.incident()).count).toBe(1);
  });

  it('that happened while the bot was down is told by the next run of it', async () => {
    const watch = await watches.open();
    watch.world.clock.advance(hourMs);
    watch.fail('run-1');
    watch.world.restart();
    await watch.poll();
    expect(watch.alerts()).toHaveLength(1);
  });

  it('that happened while the system was out of reach is told when it is back', async () => {
    const watch = await watches.open();
    watch.fail('run-1');
    watch.world.command.faults.isUnreachable = true;
    await watch.poll();
    expect(watch.alerts()).toEqual([]);
    watch.world.command.faults.isUnreachable = false;
    await watch.poll();
    expect(watch.alert().alert.incident.count).toBe(1);
  });
});

describe('three hundred failures in one look', () => {
  it('are one message with the right counter, told by the first that failed', async () => {
    const watch = await watches.open();
    for (let number = 1; number <= 300; number += 1) {
      watch.world.clock.advance(10);
      watch.fail(`run-${number}`);
    }
    await watch.poll();
    const { incident } = watch.alert().alert;
    expect(incident).toMatchObject({ count: 300, unresolved: 300 });
    expect(incident.samples.map(({ ref }) => ref.id)).toEqual(['run-1', 'run-2', 'run-3', 'run-4', 'run-5']);
    expect(watch.thread()).toEqual(['more']);
    expect(watch.world.slack.messages()).toHaveLength(2);
  });
});

describe('more failures', () => {
  it('of the same kind raise the counter on the alert, and one message in its thread', async () => {
    const watch = await watches.open();
    for (const id of ['run-1', 'run-2', 'run-3']) {
      watch.fail(id);
      await watch.poll();
    }
    expect(watch.alert().alert.incident.count).toBe(3);
    expect(watch.thread()).toEqual(['more']);
  });

  it('of another kind are another alert', async () => {
    const watch = await watches.open();
    watch.fail('run-1');
    watch.fail('run-2', 'Access is denied.');
    await watch.poll();
    expect(
      watch
        .alerts()
        .map(({ alert }) => alert.incident.messages[0]?.text)
        .sort(),
    ).toEqual(['Access is denied.', rpc]);
  });
});

describe('an alert', () => {
  it('goes where the rule says', async () => {
    const rule = aRule({ match: { cause: ['*RPC*'] }, channels: ['C0A', 'C0B'] });
    const watch = await watches.open({ rules: [rule] });
    watch.fail('run-1');
    await watch.poll();
    const places = watch.alerts().map(({ target }) => (target.kind === 'channel' ? target.channel : ''));
    expect(places.sort()).toEqual(['C0A', 'C0B']);
  });

  it('mentions nobody during quiet hours, and calls in its thread when they end', async () => {
    // The world begins at nine in the morning.
    const quietHours = { fromMinute: 8 * 60, toMinute: 10 * 60, timeZone: 'UTC' };
    const mentions = [{ kind: 'person', person: people.bo.id }] as const;
    const watch = await watches.open({ rules: [aRule({ quietHours, mentions })] });
    watch.fail('run-1');
    await watch.poll();
    expect(watch.alert().alert.route.quietUntilMs).toBeDefined();
    expect(watch.thread()).toEqual([]);
    await watch.poll(hourMs);
    expect(watch.thread()).toEqual(['call']);
  });

  it.each([
    ['complete', ['resolved']],
    ['failed', ['call']],
  ] as const)('whose run stands %s when quiet hours end has in its thread %j', async (status, expected) => {
    const quietHours = { fromMinute: 8 * 60, toMinute: 10 * 60, timeZone: 'UTC' };
    const mentions = [{ kind: 'person', person: people.bo.id }] as const;
    const watch = await watches.open({ rules: [aRule({ quietHours, mentions })] });
    watch.fail('run-1');
    await watch.poll();
    watch.set('run-1', status);
    await watch.poll(hourMs);
    expect(watch.thread()).toEqual(expected);
  });
});

describe('alerts that are off', () => {
  it('are not told, nor told later what failed meanwhile', async () => {
    const watch = await watches.open({ isOn: false });
    watch.fail('run-1');
    await watch.poll();
    const { policy } = watch.world.context;
    watch.world.restart({ policy: { ...policy, alerts: { ...policy.alerts, isOn: true } } });
    await watch.poll();
    expect(watch.world.slack.messages()).toEqual([]);
    watch.fail('run-2');
    await watch.poll();
    expect(watch.alert().alert.incident.count).toBe(1);
  });

  it('for a while follow what was told before, and tell nothing that failed meanwhile', async () => {
    const watch = await watches.open();
    watch.fail('run-1');
    await watch.poll();
    const { policy } = watch.world.context;
    watch.world.restart({ policy: { ...policy, alerts: { ...policy.alerts, isOn: false } } });
    watch.fail('run-2');
    await watch.poll();
    watch.world.restart({ policy });
    await watch.poll();
    watch.set('run-1', 'complete');
    await watch.poll();
    expect(watch.alert().alert.incident).toMatchObject({ count: 1, state: { how: { kind: 'recovered' } } });
  });

  it('because the account may not see failures are a word to the operators, once', async () => {
    const watch = await watches.open();
    watch.world.command.faults.areChangesForbidden = true;
    watch.fail('run-1');
    await watch.poll();
    await watch.poll();
    const [reported, ...others] = watch.world.slack.messages();
    expect(reported?.content).toMatchObject({
      kind: 'notice',
      notice: { event: { kind: 'alerts-off', permission: '/workflows/instances/read/' } },
    });
    expect(others).toEqual([]);
    watch.world.command.faults.areChangesForbidden = false;
    await watch.poll();
    expect(watch.alerts()).toHaveLength(1);
  });
});
