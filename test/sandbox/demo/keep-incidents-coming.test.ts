import { describe, expect, it } from '@jest/globals';
import type { Every } from '../../../src/sandbox/demo/activity.js';
import { keepIncidentsComing } from '../../../src/sandbox/demo/activity.js';
import { demoIncidents, seedCommand } from '../../../src/sandbox/demo/scene.js';
import { createKeyfactorCommand } from '../../../src/sandbox/keyfactor/command.js';

/** A world whose time passes by hand. */
function aWorld() {
  const command = createKeyfactorCommand();
  seedCommand(command);
  let tick = (): Promise<void> => Promise.reject(new Error('Nothing was to be done every so often'));
  const every: Every = (_periodMs, work) => {
    tick = work;
    return () => {};
  };
  keepIncidentsComing({ command, every });
  const all = (title: string) => command.instances().filter((one) => one.title.startsWith(title));
  return {
    command,
    async pass(ticks: number) {
      for (let count = 0; count < ticks; count += 1) await tick();
    },
    statuses: (name: keyof typeof demoIncidents) =>
      all(demoIncidents[name].title).map(({ status }) => status),
    ids: (name: keyof typeof demoIncidents) => all(demoIncidents[name].title).map(({ id }) => id),
  };
}

describe('the trouble of the demo', () => {
  it('is one failure, then twelve alike, then one that Pat restarts', async () => {
    const world = aWorld();
    await world.pass(3);
    expect(world.statuses('share')).toEqual(['Failed']);
    expect(world.statuses('authority')).toEqual(Array.from({ length: 12 }, () => 'Failed'));
    expect(world.statuses('mail')).toEqual(['Failed']);
    await world.pass(3);
    expect(world.statuses('mail')).toEqual(['CanceledForRestart', 'Complete']);
    expect(world.statuses('share')).toEqual(['Failed']);
  });

  it('is over for whoever restarts a run', async () => {
    const world = aWorld();
    await world.pass(1);
    world.command.restartInstance(world.ids('share')[0] ?? '', 'KEYEXAMPLE\\ohaddad');
    expect(world.statuses('share')).toEqual(['CanceledForRestart', 'Complete']);
  });

  it('leaves alone what somebody was quicker to restart than Pat', async () => {
    const world = aWorld();
    await world.pass(3);
    world.command.restartInstance(world.ids('mail')[0] ?? '', 'KEYEXAMPLE\\ohaddad');
    await world.pass(3);
    expect(world.statuses('mail')).toEqual(['CanceledForRestart', 'Complete']);
  });

  it('is quiet after the first minute', async () => {
    const world = aWorld();
    await world.pass(60);
    expect(world.command.instances()).toHaveLength(15);
  });
});
