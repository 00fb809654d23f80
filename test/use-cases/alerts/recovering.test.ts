import { describe, expect, it } from '@jest/globals';
import type { RecoveryAction, Resolution } from '../../../src/domain/incident.js';
import { people } from '../world/people.js';
import { createWatches, type Watch } from './watches.js';

const watches = createWatches();
const hourMs = 60 * 60_000;
const asker = { person: people.ada.id };

/** Opens a watch in which some runs have failed and were told. */
async function withFailures(...ids: readonly string[]): Promise<Watch> {
  const watch = await watches.open();
  for (const id of ids) watch.fail(id);
  await watch.poll();
  return watch;
}

/** Proposes, confirms and carries out a way out of the only alert. */
async function takeRecoveryAction(watch: Watch, way: RecoveryAction): Promise<void> {
  const reply = await watch.service.propose(watch.alert().alert.incident.id, way, asker);
  if (reply.kind !== 'proposal') throw new Error(`There was no proposal but ${reply.kind}`);
  await watch.service.confirm(reply.batchId, asker);
  await watch.service.carryOut(reply.batchId);
}

function howItEnded(watch: Watch): Resolution | 'open' {
  const { state } = watch.alert().alert.incident;
  return state.kind === 'resolved' ? state.how : 'open';
}

describe('an alert', () => {
  it('is over when its run went on and finished; the thread says so', async () => {
    const watch = await withFailures('run-1');
    watch.set('run-1', 'running');
    await watch.poll();
    expect(howItEnded(watch)).toBe('open');
    watch.set('run-1', 'complete');
    await watch.poll();
    expect(howItEnded(watch)).toEqual({ kind: 'recovered', by: [] });
    expect(watch.thread()).toEqual(['resolved']);
  });

  it('is over only when the last of its runs is', async () => {
    const watch = await withFailures('run-1', 'run-2');
    watch.set('run-1', 'complete');
    await watch.poll();
    expect([howItEnded(watch), watch.alert().alert.incident.unresolved]).toEqual(['open', 1]);
    watch.set('run-2', 'complete');
    await watch.poll();
    expect(howItEnded(watch)).toEqual({ kind: 'recovered', by: [] });
  });

  it('whose run was resumed names who did it', async () => {
    const watch = await withFailures('run-1');
    await takeRecoveryAction(watch, 'resume');
    watch.set('run-1', 'complete');
    await watch.poll();
    expect(howItEnded(watch)).toEqual({ kind: 'recovered', by: ['Ada Okafor'] });
    expect(watch.thread()).toEqual(['changes', 'resolved']);
  });

  it('names whoever helped last, not whose help was in vain before', async () => {
    const watch = await withFailures('run-1');
    await watch.world.store.rememberPerson(people.bo, 0);
    await watch.world.store.addChange({
      id: 'earlier',
      person: people.bo.id,
      change: { kind: 'resume', instance: { system: 'command', id: 'run-1' }, afterError: true },
      title: 'Enroll',
      definition: 'Web servers',
      isOverride: false,
      phase: 'over',
      replicaId: 'bot-0',
      proposedAtMs: 0,
      confirmedAtMs: 0,
      outcome: { kind: 'done' },
    });
    await takeRecoveryAction(watch, 'resume');
    watch.set('run-1', 'complete');
    await watch.poll();
    expect(howItEnded(watch)).toEqual({ kind: 'recovered', by: ['Ada Okafor'] });
  });

  it('whose run was restarted is over when the run it goes on as finished', async () => {
    const watch = await withFailures('run-1');
    await takeRecoveryAction(watch, 'restart');
    await watch.poll();
    expect([howItEnded(watch), watch.alert().alert.incident.unresolved]).toEqual(['open', 1]);
    watch.set('run-1+', 'complete');
    await watch.poll();
    expect(howItEnded(watch)).toEqual({ kind: 'recovered', by: ['Ada Okafor'] });
    expect(watch.thread()).toEqual(['changes', 'resolved']);
  });

  it('counts the failure of the run it goes on as once more, and does not end', async () => {
    const watch = await withFailures('run-1');
    await takeRecoveryAction(watch, 'restart');
    await watch.poll();
    watch.fail('run-1+');
    await watch.poll();
    expect(howItEnded(watch)).toBe('open');
    expect(watch.alert().alert.incident).toMatchObject({ count: 2, unresolved: 1 });
  });

  it('whose run failed differently after its restart is not called recovered', async () => {
    const watch = await withFailures('run-1');
    await takeRecoveryAction(watch, 'restart');
    watch.fail('run-1+', 'Access is denied.');
    await watch.poll();
    const [first, second] = watch.alerts().map(({ alert }) => alert.incident.state);
    expect(first).toMatchObject({ kind: 'resolved', how: { kind: 'dealt-with' } });
    expect(second).toEqual({ kind: 'open' });
  });

  it('whose run failed differently after it was resumed is over; the other alert is not', async () => {
    const watch = await withFailures('run-1');
    watch.set('run-1', 'running');
    await watch.poll();
    watch.fail('run-1', 'Access is denied.');
    await watch.poll();
    const [first, second] = watch.alerts().map(({ alert }) => alert.incident.state.kind);
    expect([first, second]).toEqual(['resolved', 'open']);
  });

  it('does not end because where a run goes on could not be read', async () => {
    const watch = await withFailures('run-1');
    await takeRecoveryAction(watch, 'restart');
    watch.world.command.faults.areSuccessorsUnreadable = true;
    await watch.poll();
    expect(howItEnded(watch)).toBe('open');
    watch.world.command.faults.areSuccessorsUnreadable = false;
    await watch.poll(hourMs);
    watch.set('run-1+', 'complete');
    await watch.poll();
    expect(howItEnded(watch)).toEqual({ kind: 'recovered', by: ['Ada Okafor'] });
  });

  it('whose run was restarted without a trace is not called recovered', async () => {
    const watch = await withFailures('run-1');
    watch.set('run-1', 'canceled-for-restart');
    await watch.poll();
    expect(howItEnded(watch)).toEqual({ kind: 'dealt-with', by: [] });
  });

  it('whose run was aborted by an operator names them, and makes no alert of the abort', async () => {
    const watch = await withFailures('run-1');
    await takeRecoveryAction(watch, 'abort');
    await watch.poll();
    expect(howItEnded(watch)).toEqual({ kind: 'dealt-with', by: ['Ada Okafor'] });
  });

  it('whose run cannot be found any more is over by the next full look', async () => {
    const watch = await withFailures('run-1');
    watch.world.command.set('run-1', { isVisible: false });
    await watch.poll();
    expect(howItEnded(watch)).toBe('open');
    await watch.poll(hourMs);
    expect(howItEnded(watch)).toEqual({ kind: 'dealt-with', by: [] });
  });

  it('is over when nothing failed so for the set time; the next failure is a new alert', async () => {
    const watch = await withFailures('run-1');
    await watch.poll(4 * hourMs);
    expect(howItEnded(watch)).toEqual({ kind: 'quiet' });
    watch.fail('run-2');
    await watch.poll();
    const states = watch.alerts().map(({ alert }) => alert.incident.state.kind);
    expect(states).toEqual(['resolved', 'open']);
  });

  it('of what failed long before the bot heard of it is not over at once', async () => {
    const watch = await watches.open();
    watch.fail('run-1');
    await watch.poll(12 * hourMs);
    await watch.poll();
    expect(howItEnded(watch)).toBe('open');
    await watch.poll(4 * hourMs);
    expect(howItEnded(watch)).toEqual({ kind: 'quiet' });
  });

  it('is not over because nothing could be seen for the set time', async () => {
    const watch = await withFailures('run-1');
    watch.world.command.faults.isUnreachable = true;
    await watch.poll(5 * hourMs);
    expect(howItEnded(watch)).toBe('open');
    watch.fail('run-2');
    watch.world.command.faults.isUnreachable = false;
    await watch.poll();
    expect(howItEnded(watch)).toBe('open');
    expect(watch.alert().alert.incident.count).toBe(2);
  });
});

describe('an aborted run', () => {
  it('takes no reading from those that can still go on, however many were aborted before', async () => {
    const watch = await watches.open();
    for (let number = 1; number <= 60; number += 1) {
      watch.start(`aborted-${number}`);
      watch.set(`aborted-${number}`, 'aborted');
    }
    await watch.poll();
    watch.fail('run-1');
    await watch.poll();
    watch.world.command.set('run-1', { isVisible: false });
    await watch.poll(hourMs);
    expect(watch.alerts()[1]?.alert.incident.state.kind).toBe('resolved');
  });

  it('that no operator aborted here is told, as aborted', async () => {
    const watch = await watches.open();
    watch.start('run-1');
    watch.set('run-1', 'aborted');
    await watch.poll();
    expect(watch.alert().alert.incident.kind).toBe('aborted');
  });

  it('that an operator aborted through the bot is not told', async () => {
    const watch = await watches.open();
    watch.start('run-1');
    await watch.world.store.addChange({
      id: 'change-1',
      person: people.ada.id,
      change: { kind: 'abort', instance: { system: 'command', id: 'run-1' } },
      title: 'Enroll',
      definition: 'Web servers',
      isOverride: false,
      phase: 'following',
      replicaId: watch.world.context.replicaId,
      proposedAtMs: watch.world.clock.now(),
      confirmedAtMs: watch.world.clock.now(),
    });
    watch.set('run-1', 'aborted');
    await watch.poll();
    expect(watch.alerts()).toEqual([]);
  });

  it('is told when the abort of an operator was refused', async () => {
    const watch = await watches.open();
    watch.start('run-1');
    await watch.world.store.addChange({
      id: 'change-1',
      person: people.ada.id,
      change: { kind: 'abort', instance: { system: 'command', id: 'run-1' } },
      title: 'Enroll',
      definition: 'Web servers',
      isOverride: false,
      phase: 'over',
      replicaId: 'bot-0',
      proposedAtMs: 0,
      confirmedAtMs: 0,
      outcome: { kind: 'refused', reason: 'no-permission' },
    });
    watch.set('run-1', 'aborted');
    await watch.poll();
    expect(watch.alerts()).toHaveLength(1);
  });
});
