import { describe, expect, it } from '@jest/globals';
import { ask, becomes, order } from '../../support/stage/ask.js';
import { confirm } from '../../support/stage/commands.js';
import { askForCertificate } from '../../support/stage/enrollments.js';
import {
  changesSent,
  grantManage,
  openWorkTasksScenario,
  startLeave,
} from '../../support/stage/work-tasks.js';

const nobody = '00000000-0000-4000-8000-000000000000';

describe('a change the account of the bot may not make', () => {
  it.each([
    ['restart', /from step 1/],
    ['stop', /cannot be undone/],
  ] as const)(
    '“%s” says that Command lacks a permission, and that nothing was changed',
    async (verb, shows) => {
      const stage = await openWorkTasksScenario('socket');
      const id = await askForCertificate(stage);
      const line = `${verb} ${id}`;
      await order(stage, { line, shows, ends: /lacks the permission.* in Command.*Nothing was changed/s });
      expect(stage.command.instance(id).status).toBe('Suspended');
      await stage.close();
    },
  );

  it.each([
    ['execute', 'execute "Leave WF" Days=1'],
    ['pause', 'pause "Leave WF#1001"'],
    ['abort', 'abort "Leave WF#1001"'],
    ['alert', 'alert "Leave WF#1001" 50001 Approved'],
  ])('“%s” says that Work Tasks forbids it, and that nothing was changed', async (_verb, line) => {
    const stage = await openWorkTasksScenario('socket');
    const { execution } = startLeave(stage);
    stage.workTasks.change({ userMustMatchToken: true });
    await order(stage, {
      line,
      shows: /\?/,
      ends: /lacks the permission.* in Work Tasks.*Nothing was changed/s,
    });
    expect(stage.workTasks.execution(execution).status).toBe('SL');
    expect(stage.workTasks.executions()).toHaveLength(1);
    await stage.close();
  });
});

describe('a workflow that is not there', () => {
  it('is not found, whatever was asked of it, and nothing is done', async () => {
    const stage = await openWorkTasksScenario('socket');
    const verbs = ['status', 'why', 'restart', 'stop', 'pause', 'resume', 'abort'];
    const refs = [nobody, '#99999', 'no.such.host', '"Leave WF#999999"', 'QQQQ'];
    const lines = [
      ...verbs.map((verb, at) => `${verb} ${refs[at % refs.length]}`),
      ...refs.map((ref) => `status ${ref}`),
      `output ${nobody} Enroll`,
      'variable "Leave WF#999999" Days',
      'alert "Leave WF#999999" 1 Approved',
      'last "No such workflow"',
    ];
    for (const line of lines) await ask(stage, { line, shows: /Nothing was found for .*Nothing was done/ });
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });
});

describe('a change that does not fit the state', () => {
  it.each([
    ['restart', 'Complete'],
    ['stop', 'Complete'],
    ['stop', 'Failed'],
  ] as const)(
    '“%s” of a run that is %s is warned of, sent if insisted on, and refused',
    async (verb, state) => {
      const stage = await openWorkTasksScenario('socket');
      grantManage(stage);
      const id = await askForCertificate(stage);
      if (state === 'Failed') stage.command.failInstance(id, 'The CA did not answer.');
      else await stage.command.decideInPortal(id, 'KEYEXAMPLE\\portal-pat', true);
      const proposed = await ask(stage, { line: `${verb} ${id}`, shows: /usually refuses this/ });
      expect(changesSent(stage)).toEqual([]);
      await confirm(stage, 'ana', proposed);
      await becomes(stage, proposed, /refused. It said: .*Nothing was changed/s);
      expect(stage.command.instance(id).status).toBe(state);
      await stage.close();
    },
  );

  it.each(['pause', 'resume', 'abort', 'alert'] as const)(
    '“%s” of an execution that has ended is warned of, sent if insisted on, and refused',
    async (verb) => {
      const stage = await openWorkTasksScenario('socket');
      const { execution, typed } = startLeave(stage);
      stage.workTasks.finish(execution);
      const line = verb === 'alert' ? `alert ${typed} 50001 Approved` : `${verb} ${typed}`;
      const proposed = await ask(stage, { line, shows: /usually refuses this/ });
      await confirm(stage, 'ana', proposed);
      await becomes(stage, proposed, /refused. It said: .*Nothing was changed/s);
      expect(stage.workTasks.execution(execution).status).toBe('FN');
      await stage.close();
    },
  );

  it('is done when the system takes it all the same', async () => {
    const stage = await openWorkTasksScenario('socket');
    const { execution, typed } = startLeave(stage);
    stage.workTasks.finish(execution);
    stage.workTasks.change({
      controls: { abort: ['FN'], pause: [], resume: [], resumeworkflowwitherrors: [] },
    });
    await order(stage, { line: `abort ${typed}`, shows: /usually refuses/, ends: /Aborted\./ });
    await stage.close();
  });

  it('is not claimed to be done when the system says yes and does nothing', async () => {
    const stage = await openWorkTasksScenario('socket');
    const { execution, typed } = startLeave(stage);
    stage.workTasks.finish(execution);
    stage.workTasks.change({ illegalControl: 'accepted' });
    await order(stage, {
      line: `pause ${typed}`,
      shows: /usually refuses/,
      ends: /accepted it, but shows the workflow as/,
    });
    await stage.close();
  });

  it('is refused when the state changed between question and confirmation', async () => {
    const stage = await openWorkTasksScenario('socket');
    const { execution, typed } = startLeave(stage);
    const proposed = await ask(stage, { line: `pause ${typed}`, shows: /Undo later/ });
    stage.workTasks.finish(execution);
    await confirm(stage, 'ana', proposed);
    await becomes(stage, proposed, /changed since you were shown it.*Nothing was changed/s);
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });
});

describe('a run that moved on to another step between question and confirmation', () => {
  it.each([
    ['restart', /from step 1/],
    ['stop', /cannot be undone/],
  ] as const)('is not hit by “%s”, which was asked for at the step before', async (verb, shows) => {
    const stage = await openWorkTasksScenario('socket');
    grantManage(stage);
    const step = (name: string) => ({
      extensionName: 'RequireApproval',
      uniqueName: name,
      displayName: name,
      roles: ['PKI Approvers'],
    });
    stage.command.addDefinition({
      displayName: 'Two steps',
      workflowType: 'Enrollment',
      steps: [step('Team'), step('Security')],
    });
    const id = await askForCertificate(stage, { definition: 'Two steps' });
    const proposed = await ask(stage, { line: `${verb} ${id}`, shows });
    await stage.command.decideInPortal(id, 'KEYEXAMPLE\\portal-pat', true);
    expect(stage.command.instance(id)).toMatchObject({ status: 'Suspended', stepName: 'Security' });
    await confirm(stage, 'ana', proposed);
    await becomes(stage, proposed, /changed since you were shown it.*Security.*Nothing was changed/s);
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });
});
