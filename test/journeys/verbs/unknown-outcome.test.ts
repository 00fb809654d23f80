import { describe, expect, it } from '@jest/globals';
import { ask, becomes, order } from '../../support/stage/ask.js';
import { textOf } from '../../support/stage/cards.js';
import { confirm } from '../../support/stage/commands.js';
import { askForCertificate } from '../../support/stage/enrollments.js';
import { openStage, type Stage } from '../../support/stage/open-stage.js';
import {
  changesSent,
  grantManage,
  openWorkTasksScenario,
  startLeave,
} from '../../support/stage/work-tasks.js';

/** Where to look, for a change to a run. */
const statusNext = /not sent again.*status K\d+/s;
const minuteMs = 60_000;

/** Looks for a long while, also after a restart of the bot: what was sent must stay sent once. */
async function pollLong(stage: Stage, rules = {}): Promise<void> {
  await stage.observeAfter(minuteMs);
  await stage.restart({ operators: ['ana'], signalTimeout: '300ms', ...rules });
  await stage.observeAfter(minuteMs);
  await stage.observeAfter(60 * minuteMs);
}

describe('a change Command made and did not answer', () => {
  it.each([
    ['restart', 'Restart', /from step 1/, 'CanceledForRestart', 'hang-after-effect'],
    ['stop', 'Stop', /cannot be undone/, 'Rejected', 'drop-after-effect'],
    ['stop', 'Stop', /cannot be undone/, 'Rejected', 'http-500-after-effect'],
  ] as const)(
    '%s is told as unknown, offers a look, and is never sent again',
    async (verb, call, shows, then, fault) => {
      const stage = await openStage('socket', { operators: ['ana'], signalTimeout: '300ms' });
      grantManage(stage);
      const id = await askForCertificate(stage);
      stage.command.fail({ method: 'POST', path: `/${call}`, fault });
      const reply = await order(stage, { line: `${verb} ${id}`, shows, ends: /is not known/ });
      expect(textOf(reply)).toMatch(/is not sent again.*Check with .*status K\d+/s);
      expect(stage.command.instance(id).status).toBe(then);
      await pollLong(stage);
      expect(changesSent(stage)).toEqual([call]);
      await stage.close();
    },
  );

  it.each([
    ['restart', 'Restart', /from step 1/, 'CanceledForRestart', /restart/i],
    ['stop', 'Stop', /cannot be undone/, 'Rejected', /[Rr]ejected/],
  ] as const)(
    '%s is not told as nothing changed when Command answered no after its effect',
    async (verb, call, shows, then, stands) => {
      const stage = await openStage('socket', { operators: ['ana'] });
      grantManage(stage);
      const id = await askForCertificate(stage);
      stage.command.fail({ method: 'POST', path: `/${call}`, fault: 'http-400-after-effect' });
      const reply = await order(stage, { line: `${verb} ${id}`, shows, ends: /refused it/ });
      expect(textOf(reply)).toMatch(stands);
      expect(textOf(reply)).toMatch(
        /whether this request did that is not known.*not sent again.*status K\d+/s,
      );
      expect(textOf(reply)).not.toMatch(/Nothing was changed/);
      expect(stage.command.instance(id).status).toBe(then);
      await pollLong(stage);
      expect(changesSent(stage)).toEqual([call]);
      await stage.close();
    },
  );

  it('is not told as nothing changed when Command answered no and the run cannot be read', async () => {
    const stage = await openStage('socket', { operators: ['ana'] });
    grantManage(stage);
    const id = await askForCertificate(stage);
    const proposed = await ask(stage, { line: `stop ${id}`, shows: /cannot be undone/ });
    stage.command.fail({ method: 'POST', path: '/Stop', fault: 'http-400-after-effect' });
    stage.command.fail({ method: 'GET', path: id, fault: 'slow', delayMs: 1 });
    stage.command.fail({ method: 'GET', path: id, fault: 'http-500', times: 9 });
    await confirm(stage, 'ana', proposed);
    await becomes(stage, proposed, /refused it.*could not be read.*is not known/s);
    await stage.close();
  });

  it('is not told as unknown when Command refused it in so many words', async () => {
    const stage = await openStage('socket', { operators: ['ana'] });
    const id = await askForCertificate(stage);
    stage.command.fail({ method: 'POST', path: '/Stop', fault: 'http-401', times: 9 });
    await order(stage, {
      line: `stop ${id}`,
      shows: /cannot be undone/,
      ends: /could not sign in.*Nothing was changed/,
    });
    expect(stage.command.instance(id).status).toBe('Suspended');
    await stage.close();
  });
});

describe('a change Work Tasks made and answered with a no', () => {
  it.each([
    ['pause', /Undo later/, /refused it.*now Paused.*whether this request did that is not known/s],
    ['abort', /cannot be undone/, /refused it.*whether this request did that is not known/s],
  ] as const)('%s is not told as nothing changed, and is never sent again', async (verb, shows, ends) => {
    const stage = await openWorkTasksScenario('socket');
    const { typed } = startLeave(stage);
    stage.workTasks.fail({ method: 'POST', path: `/${verb}`, fault: 'http-400-after-effect' });
    const reply = await order(stage, { line: `${verb} ${typed}`, shows, ends });
    expect(textOf(reply)).not.toMatch(/Nothing was changed/);
    await pollLong(stage, { withWorkTasks: true });
    expect(changesSent(stage)).toEqual([verb]);
    await stage.close();
  });
});

describe('a change Work Tasks made and did not answer', () => {
  it.each([
    [
      'execute',
      'executewithvariables',
      /Days/,
      /not sent again.*last .*Leave WF.*someone else/s,
      'drop-after-effect',
    ],
    ['pause', 'pause', /Undo later/, statusNext, 'http-500-after-effect'],
    ['abort', 'abort', /cannot be undone/, statusNext, 'drop-after-effect'],
    ['resume', 'resumeworkflowwitherrors', /tries again/, statusNext, 'drop-after-effect'],
    ['alert', 'AlertEngine', /Answers activity/, statusNext, 'hang-after-effect'],
  ] as const)(
    '%s is told as unknown, offers a look, and is never sent again',
    async (verb, call, shows, reported, fault) => {
      const stage = await openWorkTasksScenario('socket');
      const { execution, typed } = startLeave(stage);
      const details = stage.workTasks.sleepingAt(execution)?.executionDetailsId;
      if (verb === 'resume') stage.workTasks.failWithError(execution, 'The mail server is away.');
      stage.workTasks.fail({ method: 'POST', path: `/${call}`, fault });
      const lines = {
        execute: 'execute "Leave WF" Days=3',
        alert: `alert ${typed} ${details} Approved`,
      };
      const line = verb === 'execute' || verb === 'alert' ? lines[verb] : `${verb} ${typed}`;
      const reply = await order(stage, { line, shows, ends: /is not known/ });
      expect(textOf(reply)).toMatch(reported);
      await pollLong(stage, { withWorkTasks: true });
      expect(changesSent(stage)).toEqual([call]);
      await stage.close();
    },
  );
});
