import { describe, expect, it } from '@jest/globals';
import {
  type AlertStage,
  alertSaying,
  alertsIn,
  openAlertStage,
  takeRecoveryAction,
  threadSaying,
} from '../../support/stage/alerts.js';
import { order } from '../../support/stage/ask.js';
import { buttonsOf, textOf } from '../../support/stage/cards.js';
import { finish } from '../../support/stage/finish.js';
import { type LeaveRun, startLeave } from '../../support/stage/work-tasks.js';

const pollMs = 15_000;
const mailAway = 'The mail server mail.example.com did not answer.';

/** The leave workflow, started by a person through the bot. */
async function started(): Promise<{ readonly stage: AlertStage; readonly run: LeaveRun['execution'] }> {
  const stage = await openAlertStage('socket', { withWorkTasks: true });
  const line = 'execute "Leave WF" Days=3';
  await order(stage, { line, shows: /Start this workflow/, ends: /Started as .*run/ });
  const [run] = stage.workTasks.executions();
  if (!run) throw new Error('Nothing was started');
  return { stage, run };
}

describe('an execution in Work Tasks', () => {
  it('that the bot started and that fails is told, resumed from the alert, and followed to its end', async () => {
    const { stage, run } = await started();
    stage.workTasks.failWithError(run, mailAway);
    await stage.observeAfter(pollMs);
    const alert = await alertSaying(stage, /Leave WF failed/);
    expect(buttonsOf(alert)).toContain('Resume…');
    expect(buttonsOf(alert)).not.toContain('Abort…');
    expect(buttonsOf(alert)).not.toContain('Restart…');
    await takeRecoveryAction(stage, 'ana', alert, {
      way: 'resume',
      shows: /Resume 1 run of Leave WF\?.*tries again from where it failed/s,
    });
    await threadSaying(stage, alert, /Resumed\. In Work Tasks it is now Waiting/);
    await stage.observeAfter(pollMs);
    expect(buttonsOf(await alertSaying(stage, /Leave WF failed/))).not.toContain('Resume…');
    stage.workTasks.finish(run);
    await stage.observeAfter(pollMs);
    expect(textOf(await alertSaying(stage, /Recovered: Leave WF/))).toMatch(/Recovered by Ana Ruiz/);
    await stage.observeAfter(pollMs);
    await finish(stage, { posts: { alerts: 3 }, answers: { ana: 2 }, signals: [] });
  });

  it('that somebody aborts through the bot is nobody’s news', async () => {
    const { stage, run } = await started();
    const line = `abort "Leave WF#${run.id}"`;
    await order(stage, { line, shows: /Abort this workflow/, ends: /Aborted/ });
    await stage.observeAfter(pollMs);
    await stage.observeAfter(pollMs);
    await finish(stage, { posts: {}, answers: { ana: 2 }, signals: [] });
  });

  it('that others started is told where its workflow is watched; an abort is laid to nobody', async () => {
    const stage = await openAlertStage('socket', { withWorkTasks: true, withWatch: true });
    const { execution } = startLeave(stage);
    await stage.observeAfter(pollMs);
    stage.workTasks.abort(execution);
    await stage.observeAfter(pollMs);
    const alert = await alertSaying(stage, /Leave WF was aborted/);
    expect(textOf(alert)).toMatch(/Aborted; Work Tasks does not say by whom/);
    expect(buttonsOf(alert)).not.toContain('Resume…');
    await finish(stage, { posts: { alerts: 1 }, signals: [] });
  });

  it('that others started is not seen where its workflow is not watched', async () => {
    const stage = await openAlertStage('socket', { withWorkTasks: true });
    const { execution } = startLeave(stage);
    await stage.observeAfter(pollMs);
    stage.workTasks.failWithError(execution, mailAway);
    await stage.observeAfter(pollMs);
    expect(alertsIn(stage)).toEqual([]);
    await finish(stage, { posts: {}, signals: [] });
  });
});
