import { describe, expect, it } from '@jest/globals';
import type { AlertRule } from '../../../src/domain/incident.js';
import { explainAlerts } from '../../../src/use-cases/alerts/track-failures.js';
import { people } from '../world/people.js';
import { createWatches, rpc, type Watch } from './watches.js';

const watches = createWatches();
const ref = { system: 'command', id: 'run-1' };
const call = { kind: 'person', person: people.bo.id } as const;
const rules: readonly AlertRule[] = [
  { name: 'RPC', match: { cause: ['*RPC*'] }, channels: ['C0RPC'], mentions: [call], severity: 'critical' },
  { name: 'Web', match: { definition: ['Web*'] }, channels: ['C0WEB'], mentions: [], severity: 'info' },
];

async function explain({ world }: Watch) {
  const reading = await world.command.backend.getInstance(ref);
  if (reading.kind !== 'found') throw new Error('The run is there');
  return explainAlerts(world.context, reading.instance);
}

describe('why the failure of a run is told where it is', () => {
  it('is the rule its alert went by, and whom that calls', async () => {
    const watch = await watches.open({ rules });
    watch.fail('run-1');
    await watch.poll();
    expect(await explain(watch)).toEqual({
      hasFailed: true,
      route: { rule: 'RPC', channels: ['C0RPC'], mentions: [call], severity: 'critical' },
    });
  });

  it('is told of a run that goes on as well: where it would be told', async () => {
    const watch = await watches.open({ rules });
    watch.start('run-1');
    expect(await explain(watch)).toMatchObject({ hasFailed: false, route: { rule: 'Web' } });
  });

  it('is told of a run that had failed before the bot first looked, by what is known of it', async () => {
    const watch = await watches.openBlind({ rules });
    watch.fail('run-1', rpc);
    await watch.poll();
    expect(await explain(watch)).toMatchObject({ hasFailed: true, route: { rule: 'RPC' } });
  });

  it('names who muted it, until the mute is over', async () => {
    const watch = await watches.open({ rules });
    watch.fail('run-1');
    await watch.poll();
    await watch.service.mute(watch.alert().alert.incident.id, 'hour', { person: people.ada.id });
    expect(await explain(watch)).toMatchObject({ mute: { name: 'Ada Okafor' } });
    watch.world.clock.advance(60 * 60_000);
    expect(await explain(watch)).not.toHaveProperty('mute');
  });

  it('is nothing while alerts are off', async () => {
    const watch = await watches.open({ isOn: false });
    watch.fail('run-1');
    expect(await explain(watch)).toBeUndefined();
  });
});
