import { openStore } from '../../dist/stores/index.js';
import { remindPeople } from '../../dist/use-cases/notifications/remind.js';
import { cpuMsOf, median } from './measure.mjs';

const open = 10_000;
const people = Array.from({ length: 500 }, (_, at) => ({ teamId: 'T0BENCH', userId: `U0BENCH${at}` }));
const rules = 5;
const hourMs = 60 * 60_000;

/** How long a pass takes that reminds five hundred people of ten thousand open approvals. */
export async function measureReminding({ isShort }) {
  const store = await openStore(':memory:', { password: undefined, ownClock: undefined });
  const startedAtMs = Date.now();
  let nowMs = startedAtMs;
  const facts = { requesters: ['KEYEXAMPLE\\somebody'], names: ['app.example.com'], others: [] };
  await store.inTransaction(async (transaction) => {
    for (let at = 0; at < open; at += 1)
      await transaction.addApproval(approvalOf(at, { ...facts, template: `T${at % rules}` }, startedAtMs));
  });
  const policy = {
    // Of one rule no more than two hundred people are weighed.
    approvers: Array.from({ length: rules }, (_, rule) => ({
      name: `Rule ${rule}`,
      match: { template: [`T${rule}`] },
      people: people.filter((_person, at) => at % rules === rule),
      quorum: 1,
      ownRequest: 'allowed',
      approveWith: 'comment',
      reminders: { remind: [{ afterMs: 2 * hourMs }, { afterMs: 8 * hourMs }, { afterMs: 24 * hourMs }] },
    })),
    people: [],
    emailMatching: false,
    zones: [],
    operatorsChannel: 'C0OPS',
  };
  const context = { store, policy, now: () => nowMs, log: { info() {} }, scheduleDelivery() {} };
  const taken = [];
  for (let pass = 0; pass < (isShort ? 6 : 40); pass += 1) {
    nowMs += pass === 0 ? 2 * hourMs : 15_000;
    taken.push(await cpuMsOf(() => remindPeople(context, 'corp')));
  }
  const count = await store.countPending();
  await store.close();
  if (count !== people.length) throw new Error(`${count} reminders were written, not ${people.length}`);
  return {
    name: 'a pass that reminds 500 people of 10,000 open approvals, processor time; the slowest of all',
    value: Math.max(...taken),
    spread: [median(taken), ...taken],
    unit: 'ms',
    floor: 200,
    floorName: 'the limit of 200 ms',
    target: 1,
  };
}

function approvalOf(at, facts, nowMs) {
  const ref = { system: 'corp', id: `run-${at}` };
  const definition = { id: 'd', name: 'Web servers', version: 1, type: 'Enrollment' };
  const step = { uniqueName: 'approval', name: 'Approval' };
  return {
    id: `approval-${at}`,
    code: `B${at}`,
    instance: {
      ref,
      title: `Run ${at}`,
      definition,
      status: { kind: 'suspended', raw: 'Suspended' },
      step,
      awaitsApproval: true,
      facts,
      fingerprint: String(at),
    },
    step: 'approval',
    attempt: 1,
    revision: 1,
    version: 1,
    requirement: { needed: 1, roles: [] },
    state: { kind: 'waiting' },
    isAssigned: true,
    waitingSinceMs: nowMs,
  };
}
