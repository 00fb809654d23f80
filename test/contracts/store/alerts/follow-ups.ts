import { beforeEach, expect, it } from '@jest/globals';
import type { Delivery } from '../../../../src/domain/notification.js';
import type { Target } from '../../../../src/domain/policy.js';
import type { Store } from '../../../../src/ports/store.js';
import { noonMs } from '../../../support/an-approval.js';
import { anIncident } from '../../../support/an-incident.js';

const ops: Target = { kind: 'channel', channel: 'C0OPS' };
const web: Target = { kind: 'channel', channel: 'C0WEB' };
const message = { channel: 'C0OPS', ts: '1768478400.000100' };
const reply = { channel: 'C0OPS', ts: '1768478401.000100' };
const more = { kind: 'more' } as const;

/** What holds in every store for where alerts are wanted, and for what is to be said in their threads. */
export function describeFollowUps(store: () => Store): void {
  let claims = 0;
  const claim = async (nowMs: number): Promise<readonly Delivery[]> => {
    claims += 1;
    return store().claimDueDeliveries({ nowMs, limit: 100, leaseMs: 30_000, claim: `claim-${claims}` });
  };
  const shows = async (nowMs: number): Promise<readonly string[]> =>
    (await claim(nowMs)).map(({ subject }) => subject.kind);
  /** Delivers the only thing that is due. */
  const deliverOne = async (nowMs: number, at: typeof message): Promise<Delivery> => {
    const [delivery, ...others] = await claim(nowMs);
    if (!delivery || others.length > 0) throw new Error('Expected exactly one due delivery');
    await store().markDelivered(delivery.id, {
      message: at,
      version: delivery.wantedVersion,
      claim: delivery.claim ?? '',
    });
    return delivery;
  };

  beforeEach(async () => {
    await store().addIncident(anIncident());
  });

  it('wants an alert in the version of its incident, once per place, behind everything else', async () => {
    await store().addAlert('incident-1', ops, noonMs);
    await store().addAlert('incident-1', ops, noonMs + 1);
    await store().addAlert('incident-1', web, noonMs);
    const due = await claim(noonMs);
    expect(due.map(({ target }) => target)).toEqual([ops, web]);
    expect(due[0]).toMatchObject({
      subject: { kind: 'alert', incidentId: 'incident-1' },
      wantedVersion: 1,
      shownVersion: 0,
      priority: 40,
    });
  });

  it('wants no alert of an incident that was never added', async () => {
    await expect(store().addAlert('none', ops, noonMs)).rejects.toThrow('none');
  });

  it('makes an alert due with every change of its incident, and no follow-up', async () => {
    await store().addAlert('incident-1', ops, noonMs);
    await deliverOne(noonMs, message);
    await store().wantFollowUp('incident-1', 'more', more, noonMs);
    await deliverOne(noonMs, reply);
    expect(await claim(noonMs + 1)).toEqual([]);
    await store().saveIncident(anIncident({ count: 2 }), noonMs + 2);
    const [again, ...others] = await claim(noonMs + 2);
    expect(again).toMatchObject({ subject: { kind: 'alert' }, message, wantedVersion: 2, shownVersion: 1 });
    expect(others).toEqual([]);
  });

  it('tells the message of an alert: none wanted, not yet posted, posted, or given up', async () => {
    const find = () => store().alertMessage('incident-1', ops);
    expect(await find()).toBe('none');
    await store().addAlert('incident-1', ops, noonMs);
    expect(await find()).toBe('not-yet');
    expect(await store().alertMessage('incident-1', web)).toBe('none');
    await deliverOne(noonMs, message);
    expect(await find()).toEqual(message);
    await store().addAlert('incident-1', web, noonMs);
    const [lost] = await claim(noonMs);
    await store().giveUpDelivery(lost?.id ?? '', {
      error: 'channel-gone',
      nowMs: noonMs,
      version: 1,
      claim: lost?.claim ?? '',
    });
    expect(await store().alertMessage('incident-1', web)).toBe('none');
    expect(await find()).toEqual(message);
  });

  it('wants a follow-up in the thread of each alert, and nowhere where there is none', async () => {
    await store().wantFollowUp('incident-1', 'early', more, noonMs);
    expect(await claim(noonMs)).toEqual([]);
    await store().addAlert('incident-1', ops, noonMs);
    await store().addAlert('incident-1', web, noonMs);
    await claim(noonMs);
    await store().wantFollowUp('incident-1', 'more', more, noonMs);
    const due = await claim(noonMs);
    expect(due.map(({ subject, target }) => [subject, target])).toEqual([
      [{ kind: 'follow-up', incidentId: 'incident-1', followUp: more }, ops],
      [{ kind: 'follow-up', incidentId: 'incident-1', followUp: more }, web],
    ]);
  });

  it('makes a follow-up that is wanted twice due again, as one message', async () => {
    await store().addAlert('incident-1', ops, noonMs);
    await deliverOne(noonMs, message);
    await store().wantFollowUp('incident-1', 'more', more, noonMs);
    await store().wantFollowUp('incident-1', 'more', more, noonMs);
    const first = await deliverOne(noonMs, reply);
    await store().wantFollowUp('incident-1', 'more', more, noonMs + 1);
    const [again, ...others] = await claim(noonMs + 1);
    expect(again).toMatchObject({ id: first.id, message: reply });
    expect(others).toEqual([]);
  });

  it('keeps follow-ups of different keys apart', async () => {
    await store().addAlert('incident-1', ops, noonMs);
    await deliverOne(noonMs, message);
    await store().wantFollowUp('incident-1', 'more', more, noonMs);
    await store().wantFollowUp('incident-1', 'taken', { kind: 'taken' }, noonMs);
    expect(await shows(noonMs)).toEqual(['follow-up', 'follow-up']);
  });

  it('makes a follow-up due when it is wanted, and not before', async () => {
    await store().addAlert('incident-1', ops, noonMs);
    await deliverOne(noonMs, message);
    await store().wantFollowUp('incident-1', 'call', { kind: 'call' }, noonMs + 60_000);
    expect(await claim(noonMs + 59_000)).toEqual([]);
    expect(await shows(noonMs + 60_000)).toEqual(['follow-up']);
  });

  it('leaves a follow-up somebody is at to them, and makes it due again when they are done', async () => {
    await store().addAlert('incident-1', ops, noonMs);
    await deliverOne(noonMs, message);
    await store().wantFollowUp('incident-1', 'more', more, noonMs);
    const [delayed] = await claim(noonMs);
    await store().wantFollowUp('incident-1', 'more', more, noonMs);
    expect(await claim(noonMs)).toEqual([]);
    const { id = '', wantedVersion: version = 0, claim: holds = '' } = delayed ?? {};
    await store().markDelivered(id, { message: reply, version, claim: holds });
    expect(await shows(noonMs)).toEqual(['follow-up']);
  });
}
