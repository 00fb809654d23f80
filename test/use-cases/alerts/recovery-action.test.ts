import { afterEach, describe, expect, it } from '@jest/globals';
import type { Incident } from '../../../src/domain/incident.js';
import { useCasesOn } from '../../../src/slack/use-cases.js';
import { aPolicy } from '../../domain/a-policy.js';
import { anInstance, noonMs } from '../../support/an-approval.js';
import { anIncident } from '../../support/an-incident.js';
import { openWorld, type World } from '../world/open-world.js';
import { people } from '../world/people.js';

const open: World[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
});

const channel = { kind: 'channel', channel: 'C0OPS' } as const;
const asker = { person: people.ada.id };

/** Runs that failed, told in an alert; Ada and Bo may do everything. */
async function anAlert(count: number, overrides: Partial<Incident> = {}) {
  const operators = [
    { name: 'Operators', people: [people.ada.id, people.bo.id], verbs: ['restart', 'status'] },
  ] as const;
  const { alerts } = aPolicy();
  const rule = {
    name: 'Everything',
    match: {},
    channels: [],
    mentions: [{ kind: 'group', groupId: 'S0OPS' }],
    severity: 'critical',
  } as const;
  const world = await openWorld({ policy: { operators, alerts: { ...alerts, rules: [rule] } } });
  open.push(world);
  const { store } = world;
  const incident = anIncident({ count, unresolved: count, ...overrides });
  await store.addIncident(incident);
  for (let n = 0; n < count; n += 1) {
    const instance = anInstance({
      ref: { system: 'command', id: `run-${n}` },
      status: { kind: 'failed', raw: 'Failed' },
    });
    await store.putFailure({
      instance,
      incidentId: incident.id,
      state: 'failed',
      failedAtMs: noonMs + n,
      isOld: false,
    });
  }
  await store.addAlert(incident.id, channel, world.clock.now());
  await world.deliver();
  return { ...world, incident, service: useCasesOn(world.context).alerts };
}

async function propose({ service, incident }: Awaited<ReturnType<typeof anAlert>>): Promise<string> {
  const reply = await service.propose(incident.id, 'restart', asker);
  if (reply.kind !== 'proposal') throw new Error(`There was no proposal but ${reply.kind}`);
  return reply.batchId;
}

describe('a proposal for the runs of an alert', () => {
  it('is confirmed once, and a second time is told so', async () => {
    const alert = await anAlert(2);
    const batchId = await propose(alert);
    expect(await alert.service.confirm(batchId, asker)).toBe('confirmed');
    expect(await alert.service.confirm(batchId, asker)).toBe('repeated');
  });

  it('that was cancelled is not taken for one that was confirmed', async () => {
    const alert = await anAlert(2);
    const batchId = await propose(alert);
    expect(await alert.service.cancel(batchId, asker)).toBe('cancelled');
    expect(await alert.service.confirm(batchId, asker)).toBe('unknown');
  });

  it('that was confirmed is not called cancelled', async () => {
    const alert = await anAlert(2);
    const batchId = await propose(alert);
    await alert.service.confirm(batchId, asker);
    expect(await alert.service.cancel(batchId, asker)).toBe('confirmed');
    const records = await alert.store.listBatch(batchId);
    expect(records.map(({ phase }) => phase)).toEqual(['confirmed', 'confirmed']);
  });

  it('is nobody else’s to confirm or to cancel', async () => {
    const alert = await anAlert(1);
    const batchId = await propose(alert);
    const other = { person: people.bo.id };
    expect(await alert.service.cancel(batchId, other)).toBe('unknown');
    expect(await alert.service.confirm(batchId, other)).toBe('unknown');
    expect(await alert.service.confirm(batchId, asker)).toBe('confirmed');
  });

  it('covers at most fifty runs, the latest, and counts the others', async () => {
    const alert = await anAlert(53);
    const reply = await alert.service.propose(alert.incident.id, 'restart', asker);
    if (reply.kind !== 'proposal') throw new Error(`There was no proposal but ${reply.kind}`);
    expect(reply.records).toHaveLength(50);
    expect(reply.records[0]?.change).toMatchObject({ instance: { id: 'run-52' } });
    expect(reply.more).toBe(3);
  });

  it('is told in the thread of the alert once it is confirmed', async () => {
    const alert = await anAlert(2);
    await alert.service.confirm(await propose(alert), asker);
    await alert.deliver();
    const [parent] = alert.slack.messages();
    const [reported, ...others] = parent ? alert.slack.thread(parent.message) : [];
    expect(reported?.content).toMatchObject({ kind: 'follow-up', followUp: { kind: 'changes' } });
    expect(others).toEqual([]);
  });
});

describe('what was confirmed on an alert that is gone', () => {
  it('is told to whoever confirmed it, once, when it is all over', async () => {
    const alert = await anAlert(2);
    const batchId = await propose(alert);
    const [parent] = alert.slack.messages();
    if (parent) alert.slack.remove(parent.message);
    await alert.service.confirm(batchId, asker);
    await alert.deliver();
    expect(alert.slack.messages()).toEqual([]);
    await alert.service.carryOut(batchId);
    await alert.deliver();
    await alert.service.carryOut(batchId);
    await alert.deliver();
    const reported = alert.slack.messages().map(({ target, content }) => ({ target, content }));
    expect(reported).toMatchObject([
      {
        target: { kind: 'person', person: people.ada.id },
        content: {
          kind: 'notice',
          notice: { kind: 'batch', records: [{ phase: 'over' }, { phase: 'over' }] },
        },
      },
    ]);
  });
});

describe('a change proposed on an alert', () => {
  it('remembers at which step its run was shown, so that a run which moved is left alone', async () => {
    const alert = await anAlert(1);
    const [record] = await alert.store.listBatch(await propose(alert));
    expect(record?.shownStep).toBe(anInstance().step?.uniqueName);
  });
});

describe('a call after quiet hours', () => {
  const call = { kind: 'call' } as const;

  it('is not made while somebody keeps its cause quiet', async () => {
    const alert = await anAlert(1);
    const { key } = alert.incident;
    await alert.store.putMute({ key, untilMs: alert.clock.now() + 60_000, person: people.bo.id, name: 'Bo' });
    await alert.store.wantFollowUp(alert.incident.id, 'call', call, alert.clock.now());
    await alert.deliver();
    expect(alert.slack.messages()).toHaveLength(1);
  });

  it('is made once the mute is over', async () => {
    const alert = await anAlert(1);
    const { key } = alert.incident;
    await alert.store.putMute({ key, untilMs: alert.clock.now(), person: people.bo.id, name: 'Bo' });
    await alert.store.wantFollowUp(alert.incident.id, 'call', call, alert.clock.now());
    await alert.deliver();
    expect(alert.slack.messages()).toHaveLength(2);
  });
});

describe('a thread whose alert was deleted', () => {
  it('is given up without a word to anybody else', async () => {
    const alert = await anAlert(2);
    const [parent] = alert.slack.messages();
    if (parent) alert.slack.remove(parent.message);
    await alert.service.take(alert.incident.id, asker);
    await alert.deliver();
    expect(alert.slack.messages()).toEqual([]);
    expect(await alert.store.countPending()).toBe(0);
  });
});
