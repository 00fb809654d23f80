import { describe, expect, it } from '@jest/globals';
import type { MuteSpan } from '../../../src/domain/incident.js';
import { people } from '../world/people.js';
import { createWatches, type Watch } from './watches.js';

const watches = createWatches();
const hourMs = 60 * 60_000;
const ada = { person: people.ada.id };
const bo = { person: people.bo.id };

/** Opens a watch in which one run has failed and was told. */
async function withAlert(): Promise<Watch & { readonly incidentId: string }> {
  const watch = await watches.open();
  watch.fail('run-1');
  await watch.poll();
  return Object.assign(watch, { incidentId: watch.alert().alert.incident.id });
}

describe('an alert that is muted', () => {
  it.each<[MuteSpan, number]>([
    ['hour', hourMs],
    ['day', 24 * hourMs],
    ['cause', 30 * 24 * hourMs],
  ])('for a span called %s says until when, and by whom', async (span, lastsMs) => {
    const watch = await withAlert();
    const nowMs = watch.world.clock.now();
    expect(await watch.service.mute(watch.incidentId, span, ada)).toMatchObject({ kind: 'muted' });
    await watch.world.deliver();
    expect(watch.alert().alert.mute).toMatchObject({ untilMs: nowMs + lastsMs, name: 'Ada Okafor' });
    expect(watch.alert().alert.actions).toContain('unmute');
  });

  it('goes on counting, and says nothing in its thread', async () => {
    const watch = await withAlert();
    await watch.service.mute(watch.incidentId, 'hour', ada);
    watch.fail('run-2');
    await watch.poll();
    expect((await watch.incident()).count).toBe(2);
    expect(watch.thread()).toEqual([]);
  });

  it('is heard again when the mute is over', async () => {
    const watch = await withAlert();
    await watch.service.mute(watch.incidentId, 'hour', ada);
    await watch.poll(hourMs);
    watch.fail('run-2');
    await watch.poll();
    expect(watch.thread()).toEqual(['more']);
    expect(watch.alert().alert).not.toHaveProperty('mute');
  });

  it('is heard again when somebody ends the mute', async () => {
    const watch = await withAlert();
    await watch.service.mute(watch.incidentId, 'hour', ada);
    expect(await watch.service.unmute(watch.incidentId, bo)).toMatchObject({ kind: 'unmuted' });
    watch.fail('run-2');
    await watch.poll();
    expect(watch.thread()).toEqual(['more']);
    expect(watch.alert().alert.actions).toContain('mute');
  });
});

describe('failures of a muted kind', () => {
  it('are counted and not told, until the first after the mute is over', async () => {
    const watch = await withAlert();
    await watch.service.mute(watch.incidentId, 'day', ada);
    await watch.poll(5 * hourMs);
    watch.fail('run-2');
    await watch.poll();
    expect(watch.alerts()).toHaveLength(1);
    await watch.poll(19 * hourMs);
    watch.fail('run-3');
    await watch.poll();
    const [, second, ...others] = watch.alerts();
    expect(second?.alert.incident).toMatchObject({ count: 1, state: { kind: 'open' } });
    expect(others).toEqual([]);
  });

  it('can be heard again by the alert that is over', async () => {
    const watch = await withAlert();
    await watch.service.mute(watch.incidentId, 'cause', ada);
    await watch.poll(5 * hourMs);
    expect(watch.alert().alert.actions).toEqual(['details', 'unmute']);
    await watch.service.unmute(watch.incidentId, ada);
    watch.fail('run-2');
    await watch.poll();
    expect(watch.alerts()).toHaveLength(2);
  });
});

describe('an alert that is taken', () => {
  it('shows by whom, also in its thread', async () => {
    const watch = await withAlert();
    expect(await watch.service.take(watch.incidentId, ada)).toMatchObject({ kind: 'taken' });
    await watch.world.deliver();
    expect(watch.alert().alert.incident.owner?.name).toBe('Ada Okafor');
    expect(watch.alert().alert.actions).not.toContain('take');
    expect(watch.thread()).toEqual(['taken']);
  });

  it('by two at once is the first one’s; the other is told whose', async () => {
    const watch = await withAlert();
    const replies = await Promise.all([ada, bo].map((asker) => watch.service.take(watch.incidentId, asker)));
    expect(replies.map(({ kind }) => kind).sort()).toEqual(['taken', 'taken-before']);
    const owner = (await watch.incident()).owner?.person;
    for (const reply of replies) {
      expect(reply).toMatchObject({ incident: { owner: { person: owner } } });
    }
  });

  it('after it was over is said to be over', async () => {
    const watch = await withAlert();
    watch.set('run-1', 'complete');
    await watch.poll();
    expect(await watch.service.take(watch.incidentId, ada)).toMatchObject({ kind: 'over' });
  });

  it('stays taken as more fails', async () => {
    const watch = await withAlert();
    await watch.service.take(watch.incidentId, ada);
    watch.fail('run-2');
    await watch.poll();
    expect(watch.alert().alert.incident).toMatchObject({ count: 2, owner: { name: 'Ada Okafor' } });
  });
});

describe('a stranger at an alert', () => {
  const zoe = { person: people.zoe.id };

  it('is refused everything, and nothing has changed', async () => {
    const watch = await withAlert();
    const { service, incidentId } = watch;
    const before = await watch.incident();
    const replies = [
      await service.take(incidentId, zoe),
      await service.mute(incidentId, 'hour', zoe),
      await service.unmute(incidentId, zoe),
      await service.details(incidentId, zoe),
      await service.propose(incidentId, 'restart', zoe),
    ];
    expect(replies.map(({ kind }) => kind)).toEqual(Array(5).fill('not-allowed'));
    expect(await watch.incident()).toEqual(before);
    expect(await watch.world.store.findMute(before.key)).toBeUndefined();
  });

  it('whom nobody can look up is refused as well', async () => {
    const watch = await withAlert();
    watch.world.slack.failNext({ call: 'lookUpPerson', code: 'unavailable' });
    expect(await watch.service.take(watch.incidentId, ada)).toEqual({ kind: 'person-not-checked' });
  });

  it('is told of an alert there never was that there is none', async () => {
    const watch = await withAlert();
    expect(await watch.service.take('none', ada)).toEqual({ kind: 'unknown-alert' });
  });
});
