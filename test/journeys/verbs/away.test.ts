import { describe, expect, it } from '@jest/globals';
import { ask, becomes } from '../../support/stage/ask.js';
import { confirm } from '../../support/stage/commands.js';
import { askForCertificate } from '../../support/stage/enrollments.js';
import { changesSent, openWorkTasksScenario, startLeave } from '../../support/stage/work-tasks.js';

describe('a system that is away', () => {
  it('is named by every verb about Command, and nothing is done', async () => {
    const stage = await openWorkTasksScenario('socket');
    const id = await askForCertificate(stage);
    const known = await ask(stage, { line: `status ${id}`, shows: /Waiting/ });
    const code = /K\d+/.exec(JSON.stringify(known.blocks))?.[0] ?? '';
    await stage.command.goDown();
    for (const line of [
      ...['status', 'why', 'restart', 'stop'].flatMap((verb) => [`${verb} ${id}`, `${verb} ${code}`]),
      'list',
      'definitions web',
      'last "Web server enrollment"',
    ]) {
      await ask(stage, { line, shows: /Command (could not be read|did not answer)/ });
    }
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });

  it('is named by every verb about Work Tasks, and nothing is done', async () => {
    const stage = await openWorkTasksScenario('socket');
    const { typed } = startLeave(stage);
    await stage.workTasks.goDown();
    for (const line of [
      ...['status', 'why', 'pause', 'resume', 'abort'].map((verb) => `${verb} ${typed}`),
      `output ${typed} "Manager approval"`,
      `variable ${typed} Days`,
      `alert ${typed} 50001 Approved`,
      'last "Leave WF"',
    ]) {
      await ask(stage, { line, shows: /Work Tasks (could not be read|did not answer)/ });
    }
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });

  it.each([
    ['execute', 'execute "Leave WF" Days=1'],
    ['pause', 'pause "Leave WF#1001"'],
    ['abort', 'abort "Leave WF#1001"'],
    ['alert', 'alert "Leave WF#1001" 50001 Approved'],
  ])('at the confirmation of “%s” leaves everything as it was, for good', async (_verb, line) => {
    const stage = await openWorkTasksScenario('socket');
    const { execution } = startLeave(stage);
    const proposed = await ask(stage, { line, shows: /\?/ });
    await stage.workTasks.goDown();
    await confirm(stage, 'ana', proposed);
    await becomes(stage, proposed, /did not answer\. Nothing was changed/);
    await stage.workTasks.comeBack();
    await stage.observeAfter(60_000);
    expect(stage.workTasks.execution(execution).status).toBe('SL');
    expect(stage.workTasks.executions()).toHaveLength(1);
    await stage.close();
  });

  it('does not hide what the other system shows', async () => {
    const stage = await openWorkTasksScenario('socket');
    const { typed } = startLeave(stage);
    await stage.command.goDown();
    await ask(stage, { line: `status ${typed}`, shows: /Waiting/ });
    await ask(stage, { line: 'definitions', shows: /Leave WF.*Command could not be read/s });
    await stage.close();
  });

  it('is told apart from a stopped engine and from a workflow nobody published', async () => {
    const stage = await openWorkTasksScenario('socket');
    stage.workTasks.engineDown();
    const line = 'execute "Leave WF" Days=1';
    const first = await ask(stage, { line, shows: /Days/ });
    await confirm(stage, 'ana', first);
    await becomes(stage, first, /engine is not running.*Nothing was changed/s);
    stage.workTasks.engineUp();
    stage.workTasks.changeWorkflow('Plant', 'Leave WF', { enabled: false });
    stage.clock.advance(11_000);
    const second = await ask(stage, { line, shows: /Days/ });
    await confirm(stage, 'ana', second);
    await becomes(stage, second, /not published.*Nothing was changed/s);
    expect(stage.workTasks.executions()).toEqual([]);
    await stage.close();
  });

  it('cannot act for somebody without a name in it, and says whose settings lack it', async () => {
    const stage = await openWorkTasksScenario('socket', { operators: ['una'] });
    const line = 'execute "Leave WF" Days=1';
    const proposed = await ask(stage, { as: 'una', line, shows: /Days/ });
    await confirm(stage, 'una', proposed);
    const reported = await becomes(
      stage,
      proposed,
      /could not be sent to Work Tasks: .*no user.*Nothing was changed/,
    );
    expect(JSON.stringify(reported.blocks)).not.toContain('It said');
    await stage.close();
  });
});
