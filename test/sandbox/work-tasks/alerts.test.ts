import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { usualBehaviour } from '../../../src/sandbox/work-tasks/behavior.js';
import type { AlertProblem, ExecutionRef } from '../../../src/sandbox/work-tasks/engine.js';
import type { Bench } from './start-bench.js';
import { alertBody, ann, controlBody, place, startBench } from './start-bench.js';

let bench: Bench;
let ref: ExecutionRef;
const bob = 'activedirectory::bob';

beforeEach(async () => {
  const variables = ['RespondingUser', 'ApprovingUsers', 'CommentApproved', 'WorkItemIds', 'ActingUsers'];
  bench = await startBench(
    {},
    {
      activities: [
        { name: 'Manager Approval', actors: [ann, bob], links: { Rejected: null } },
        { name: 'Book', kind: 'automatic' },
        { name: 'Confirm', outputs: ['Seen', 'Too late'] },
      ],
      variables: variables.map((name) => ({ name: `^ManagerApproval${name}`, type: 'array' })),
    },
  );
  bench.tasks.addWorkflow({ repository: 'Plant', name: 'Other' });
  ref = bench.tasks.startExecution({ ...place, user: ann });
});

afterEach(() => bench.tasks.stop());

const detailsId = (): number => bench.tasks.sleepingAt(ref)?.executionDetailsId ?? 0;
const standsAt = (): string => bench.tasks.sleepingAt(ref)?.name ?? bench.tasks.execution(ref).status;

describe('an alert', () => {
  it.each([
    ['Approved', 'Confirm'],
    ['Rejected', 'FN'],
  ])('with the output %s moves on to %s', async (output, next) => {
    const response = await bench.post('AlertEngine', alertBody(detailsId(), { output }));
    expect([response.status, response.body, standsAt()]).toEqual([200, true, next]);
    expect(bench.tasks.alerts).toMatchObject([
      { ...place, user: ann, output, status: 'Completed', data: '<data/>', hasMoved: true, problem: null },
    ]);
    expect(bench.tasks.execution(ref).runs[0]).toMatchObject({
      status: 'C',
      output,
      user: ann,
      data: '<data/>',
    });
  });

  it('that says Sleep is recorded and leaves the activity waiting', async () => {
    const id = detailsId();
    await bench.post('AlertEngine', alertBody(id, { status: 'Sleep' }));
    expect(bench.tasks.alerts).toMatchObject([{ hasMoved: false, problem: null }]);
    expect(bench.tasks.sleepingAt(ref)).toMatchObject({ executionDetailsId: id, output: 'Approved' });
  });

  it('follows the links and labels the designer chose', async () => {
    await bench.post('AlertEngine', alertBody(detailsId()));
    await bench.post('AlertEngine', alertBody(detailsId(), { output: 'Seen' }));
    expect(standsAt()).toBe('FN');
  });

  it('is refused by a stopped engine and leaves no trace', async () => {
    bench.tasks.engineDown();
    expect((await bench.post('AlertEngine', alertBody(detailsId()))).status).toBe(500);
    expect(bench.tasks.alerts).toEqual([]);
    bench.tasks.engineUp();
    expect(standsAt()).toBe('Manager Approval');
  });

  it('waits for a stopped engine that queues', async () => {
    bench.tasks.change({ stoppedEngine: 'queues' });
    bench.tasks.engineDown();
    await bench.post('AlertEngine', alertBody(detailsId()));
    expect(standsAt()).toBe('EX');
    bench.tasks.engineUp();
    expect(standsAt()).toBe('Confirm');
  });

  it('of an activity that answered already does not reach the next one', async () => {
    const id = detailsId();
    await bench.post('AlertEngine', alertBody(id));
    const second = await bench.post('AlertEngine', alertBody(id, { output: 'Rejected' }));
    expect(second.status).toBe(500);
    expect(standsAt()).toBe('Confirm');
    expect(bench.tasks.alerts.map(({ hasMoved }) => hasMoved)).toEqual([true, false]);
  });
});

describe('an alert that fits nothing', () => {
  const cases: readonly (readonly [AlertProblem, () => Readonly<Record<string, unknown>>])[] = [
    ['unknown-details-id', () => alertBody(ref.id)],
    ['wrong-workflow', () => alertBody(detailsId(), { workflow: 'Other' })],
    ['wrong-output', () => alertBody(detailsId(), { output: 'approved' })],
    ['wrong-status', () => alertBody(detailsId(), { status: 'C' })],
  ];

  it.each(cases)('for the reason %s is refused, accepted or answered false', async (problem, body) => {
    const change = (response: 'error' | 'accepted' | 'false'): void =>
      bench.tasks.change({ futileAlert: { ...usualBehaviour.futileAlert, [problem]: response } });
    const replies: unknown[] = [];
    for (const response of ['error', 'accepted', 'false'] as const) {
      change(response);
      const seen = await bench.post('AlertEngine', body());
      replies.push(seen.status === 200 ? seen.body : seen.status);
    }
    expect(replies).toEqual([500, true, false]);
    expect(standsAt()).toBe('Manager Approval');
    expect(bench.tasks.alerts.map((alert) => [alert.hasMoved, alert.problem])).toEqual(
      replies.map(() => [false, problem]),
    );
  });

  it('because the execution is paused is refused', async () => {
    const id = detailsId();
    await bench.post('pause', controlBody(ref.id));
    expect((await bench.post('AlertEngine', alertBody(id))).status).toBe(500);
    expect(bench.tasks.alerts).toMatchObject([{ problem: 'not-asleep' }]);
    await bench.post('resume', controlBody(ref.id));
    expect((await bench.post('AlertEngine', alertBody(id))).status).toBe(200);
  });
});

describe('the inbox', () => {
  it('moves the execution and keeps the books', () => {
    const response = { execution: ref, as: bob, output: 'Approved', comment: 'enjoy' };
    expect(bench.tasks.completeInInbox(response)).toBe(true);
    expect(standsAt()).toBe('Confirm');
    const { runs, variables } = bench.tasks.execution(ref);
    expect(runs[0]?.workItems.map(({ isOpen }) => isOpen)).toEqual([false, false]);
    expect(variables.map(({ value }) => value)).toEqual([bob, [bob], 'enjoy', [1, 2], [ann, bob]]);
    expect(bench.tasks.alerts).toEqual([]);
    expect(bench.tasks.audit.at(-1)).toMatchObject({ action: 'answered-in-inbox', user: bob });
  });

  it.each([
    ['activedirectory::eve', 'Approved'],
    [ann, 'Perhaps'],
  ])('has nothing for %s to answer with %s', (as, output) => {
    expect(bench.tasks.completeInInbox({ execution: ref, as, output })).toBe(false);
    expect(standsAt()).toBe('Manager Approval');
  });

  it('is left as it was by an alert, unless the server tidies up', async () => {
    await bench.post('AlertEngine', alertBody(detailsId()));
    expect(bench.tasks.execution(ref).runs[0]?.workItems[0]?.isOpen).toBe(true);
    expect(bench.tasks.execution(ref).variables[0]?.value).toBeNull();
    bench.tasks.change({ alertClosesWorkItems: true });
    ref = bench.tasks.startExecution({ ...place, user: ann });
    await bench.post('AlertEngine', alertBody(detailsId()));
    expect(bench.tasks.execution(ref).runs[0]?.workItems[0]?.isOpen).toBe(false);
  });

  it('stays empty when an execution a service started asks its initiator', async () => {
    const activities = [{ name: 'Ask', actors: 'initiator' }] as const;
    bench.tasks.addWorkflow({ repository: 'Plant', name: 'Own', activities });
    const byPerson = bench.tasks.startExecution({ repository: 'Plant', workflow: 'Own', user: bob });
    const byService = { repository: 'Plant', workflow: 'Own', user: bob, isStartedByService: true };
    expect(bench.tasks.sleepingAt(byPerson)?.workItems).toMatchObject([{ actor: bob }]);
    expect(bench.tasks.sleepingAt(bench.tasks.startExecution(byService))?.workItems).toEqual([]);
  });
});
