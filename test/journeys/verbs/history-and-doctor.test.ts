import { describe, expect, it } from '@jest/globals';
import { alertSaying, openAlertStage } from '../../support/stage/alerts.js';
import { ask, order } from '../../support/stage/ask.js';
import { textOf } from '../../support/stage/cards.js';
import { askForCertificate } from '../../support/stage/enrollments.js';
import { openStage, transports } from '../../support/stage/open-stage.js';
import { grantManage, openWorkTasksScenario } from '../../support/stage/work-tasks.js';

describe.each(transports)('the history of a run, over %s', (transport) => {
  it('says who started it from Slack', async () => {
    const stage = await openWorkTasksScenario(transport);
    await order(stage, { line: 'execute "Leave WF" Days=3', shows: /Days/, ends: /Started as/ });
    const [execution] = stage.workTasks.executions();
    const history = await ask(stage, { line: `history "Leave WF#${execution?.id}"`, shows: /started it/ });
    expect(textOf(history)).toContain('Ana Ruiz started it from Slack');
    expect(textOf(history)).toMatch(/result of the execute by Ana Ruiz: done/);
    await stage.close();
  });

  it('says with which version it was restarted', async () => {
    const stage = await openStage(transport, { operators: ['ana'] });
    grantManage(stage);
    const id = await askForCertificate(stage);
    await order(stage, { line: `restart ${id} 1`, shows: /with version 1/, ends: /Restarted/ });
    const history = await ask(stage, { line: `history ${id}`, shows: /restart with version 1 by Ana Ruiz/ });
    expect(textOf(history)).toMatch(/result of the restart with version 1 by Ana Ruiz: done/);
    await stage.close();
  });
});

describe.each(transports)('the doctor, over %s', (transport) => {
  it('speaks of no alert about a workflow that the rules of whoever asks leave out', async () => {
    const stage = await openAlertStage(transport, {
      operatorRules: [{ name: 'Enrollments', verbs: ['read'], people: ['Bo Stranger'], workflows: 'Web*' }],
    });
    stage.fail();
    await stage.observeAfter(15_000);
    await stage.observeAfter(15_000);
    await alertSaying(stage, /Nightly renewal failed/);
    await ask(stage, { as: 'ana', line: 'doctor', shows: /Nightly renewal/ });
    const narrow = await ask(stage, { as: 'bo', line: 'doctor', shows: /Command/ });
    expect(textOf(narrow)).not.toContain('Nightly renewal');
    await stage.close();
  });
});
