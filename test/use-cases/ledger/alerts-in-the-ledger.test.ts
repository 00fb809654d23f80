import { describe, expect, it } from '@jest/globals';
import { useCasesOn } from '../../../src/slack/use-cases.js';
import { anIncident } from '../../support/an-incident.js';
import { people } from '../world/people.js';
import { createWorlds } from '../world/worlds.js';
import { recordsOf } from '../world/wrong-records.js';

const worlds = createWorlds();
const asker = { person: people.ada.id };

/** Opens a world with one alert, on which Ada may do what needs no more than looking. */
async function anAlert() {
  const operators = [{ name: 'Operators', people: [people.ada.id], verbs: ['status'] }] as const;
  const world = await worlds.open({ policy: { operators } });
  const incident = anIncident();
  await world.store.addIncident(incident);
  return { world, incident, service: useCasesOn(world.context).alerts };
}

describe('a press on an alert', () => {
  it('is on record with who pressed and what came of it', async () => {
    const { world, incident, service } = await anAlert();
    await service.take(incident.id, asker);
    await service.mute(incident.id, 'hour', asker);
    await service.unmute(incident.id, asker);
    await service.details(incident.id, asker);
    const entries = await recordsOf(world, incident.system);
    expect(
      entries.map(({ kind, code, person, answered }) => [kind, code, person?.name, answered?.kind]),
    ).toEqual(
      ['taken', 'muted', 'unmuted', 'details'].map((reply) => [
        'alert-action',
        incident.code,
        'Ada Okafor',
        reply,
      ]),
    );
    expect(entries[1]?.answered?.untilMs).toBe(world.clock.now() + 3_600_000);
  });

  it('is on record when it is refused, also when the person could not be looked up', async () => {
    const { world, incident, service } = await anAlert();
    await service.propose(incident.id, 'restart', asker);
    world.slack.failNext({ call: 'lookUpPerson', code: 'unavailable' });
    await service.take(incident.id, asker);
    await service.take('no-such-alert', asker);
    expect((await recordsOf(world, incident.system)).map(({ answered }) => answered)).toEqual([
      { kind: 'not-allowed', reason: 'no-rule' },
      { kind: 'person-not-checked' },
    ]);
    expect(await recordsOf(world, '')).toMatchObject([
      { kind: 'alert-action', answered: { kind: 'unknown-alert' }, note: { incident: 'no-such-alert' } },
    ]);
  });
});
