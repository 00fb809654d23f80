import { describe, expect, it } from '@jest/globals';
import type { AlertRule } from '../../../src/domain/incident.js';
import { people } from '../world/people.js';
import { createWatches } from './watches.js';

const watches = createWatches();
const ada = { person: people.ada.id };
const web: AlertRule = { name: 'Web', match: {}, channels: ['C0WEB'], mentions: [], severity: 'warning' };

describe('what is said in a thread', () => {
  it('waits for the alert it hangs on', async () => {
    const watch = await watches.open();
    watch.fail('run-1');
    watch.fail('run-2');
    watch.world.slack.failNext({ call: 'post', code: 'unavailable' });
    await watch.world.observe();
    await watch.world.deliver();
    expect(watch.world.slack.messages()).toEqual([]);
    await watch.poll();
    expect(watch.thread()).toEqual(['more']);
  });

  it('is given up with an alert that could not be posted, and moves nowhere', async () => {
    const watch = await watches.open();
    watch.fail('run-1');
    watch.fail('run-2');
    watch.world.slack.failNext({ call: 'post', code: 'refused' });
    await watch.poll();
    expect(watch.world.slack.messages()).toEqual([]);
    expect(await watch.world.store.countPending()).toBe(0);
  });
});

describe('an alert whose channel is lost', () => {
  it('is posted in the default channel of alerts, thread and all', async () => {
    const watch = await watches.open({ rules: [web] });
    watch.world.slack.archive('C0WEB');
    watch.fail('run-1');
    await watch.poll();
    expect(watch.alert().target).toEqual({ kind: 'channel', channel: 'C0ALERTS' });
    watch.fail('run-2');
    await watch.poll();
    expect(watch.thread()).toEqual(['more']);
  });

  it('is a word to the operators, and no alert', async () => {
    const watch = await watches.open({ rules: [web] });
    watch.world.slack.archive('C0WEB');
    watch.fail('run-1');
    await watch.poll();
    const notices = watch.world.slack.notices().map(({ notice }) => notice);
    expect(notices).toMatchObject([{ event: { kind: 'channel-lost', channel: 'C0WEB' } }]);
    expect(watch.alerts()).toHaveLength(1);
  });

  it('and the default one as well, is logged, tells nobody of itself, and is tried again with the next failure', async () => {
    const watch = await watches.open({ channel: 'C0OPERATORS' });
    watch.world.slack.failNext({ call: 'post', code: 'channel-gone' });
    watch.fail('run-1');
    await watch.poll();
    expect(watch.world.slack.messages()).toEqual([]);
    expect(watch.world.log.sentences('error')).toHaveLength(1);
    watch.fail('run-2');
    await watch.poll();
    expect(watch.alert().alert.incident.count).toBe(2);
  });
});

describe('a busy channel', () => {
  it('gets the cards people decide on before any alert', async () => {
    const watch = await watches.open({ channel: 'C0PKI' });
    for (let number = 1; number <= 4; number += 1)
      watch.fail(`run-${number}`, `Trouble of kind ${'abcd'[number]}`);
    for (let number = 1; number <= 4; number += 1) watch.world.command.start(`wait-${number}`);
    await watch.poll();
    const kinds = watch.world.slack.messages().map(({ content }) => content.kind);
    expect(kinds.lastIndexOf('card')).toBeLessThan(kinds.indexOf('alert'));
    expect(kinds.filter((kind) => kind === 'alert')).toHaveLength(4);
  });
});

describe('a message of a thread', () => {
  it('that was deleted is not posted anew', async () => {
    const watch = await watches.open();
    watch.fail('run-1');
    watch.fail('run-2');
    await watch.poll();
    const [more] = watch.world.slack.thread(watch.alert().message);
    if (more) watch.world.slack.remove(more.message);
    watch.fail('run-3');
    await watch.poll();
    expect(watch.thread()).toEqual([]);
    await watch.service.take(watch.alert().alert.incident.id, ada);
    await watch.world.deliver();
    expect(watch.thread()).toEqual(['taken']);
  });
});
