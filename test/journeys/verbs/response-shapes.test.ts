import { describe, expect, it } from '@jest/globals';
import { usualBehaviour } from '../../../src/sandbox/work-tasks/behavior.js';
import type { ResponseShape, StatusForm } from '../../../src/sandbox/work-tasks/wire.js';
import { ask, order } from '../../support/stage/ask.js';
import { textOf } from '../../support/stage/cards.js';
import { certificateRequest } from '../../support/stage/enrollments.js';
import { openStage, type Stage, transports } from '../../support/stage/open-stage.js';
import { changesSent, openWorkTasksScenario, startLeave } from '../../support/stage/work-tasks.js';

/** Nothing about answers is documented, so every shape the simulator knows has to do. */
const sending: Readonly<Record<Exclude<ResponseShape, 'empty' | 'no-content'>, true>> = {
  value: true,
  'quoted-string': true,
  'plain-text': true,
  'camel-object': true,
  'pascal-object': true,
  'lower-object': true,
  pairs: true,
  'wrapped-string': true,
  'wrapped-object': true,
  xml: true,
  'xml-string': true,
};

const forms: Readonly<Record<StatusForm, true>> = {
  code: true,
  lower: true,
  padded: true,
  word: true,
  business: true,
  both: true,
};

const start = { line: 'execute "Leave WF" Days=3', shows: /Days/ };

/** Starts, looks at, pauses and resumes a run, and asks for all that can be read of it. */
async function playThrough(stage: Stage): Promise<void> {
  const run = '"Leave WF#1001"';
  await order(stage, { ...start, ends: /Started as .*run .*Leave WF#1001.* it is now Waiting/ });
  await ask(stage, { line: `status ${run}`, shows: /execution 1001.*Waiting/s });
  await ask(stage, { line: 'last "Leave WF"', shows: /execution 1001.*Waiting/s });
  await ask(stage, { line: `variable ${run} Days`, shows: /Days.*"text":"3"/s });
  await order(stage, { line: `pause ${run}`, shows: /Undo later/, ends: /Paused\. .*To undo/s });
  await ask(stage, { line: `status ${run}`, shows: /Paused/ });
  await order(stage, { line: `resume ${run}`, shows: /continues from/, ends: /Resumed\. .*To undo/s });
  expect(changesSent(stage)).toEqual(['executewithvariables', 'pause', 'resume']);
}

describe('execute, status, pause and resume', () => {
  it.each(Object.keys(sending).filter(hasReason))('work where Work Tasks answers by %s', async (shape) => {
    const stage = await openWorkTasksScenario('socket');
    stage.workTasks.change({ shape });
    await playThrough(stage);
    await stage.close();
  });

  it.each(Object.keys(forms).filter(isForm))('work where the status is told by %s', async (form) => {
    const stage = await openWorkTasksScenario('socket');
    stage.workTasks.change({ statusAs: form });
    await playThrough(stage);
    await stage.close();
  });

  it.each(['empty', 'no-content'] as const)('claim nothing where Work Tasks answers %s', async (shape) => {
    const stage = await openWorkTasksScenario('socket');
    stage.workTasks.change({
      shapes: { ...usualBehaviour.shapes, executewithvariables: shape, pause: shape },
    });
    await order(stage, { ...start, ends: /accepted it; its state now could not be read/ });
    await order(stage, { line: 'pause "Leave WF#1001"', shows: /Undo later/, ends: /Paused\. .*To undo/s });
    expect(changesSent(stage)).toEqual(['executewithvariables', 'pause']);
    await stage.close();
  });

  it.each(['empty', 'no-content'] as const)('find nothing where even a status is %s', async (shape) => {
    const stage = await openWorkTasksScenario('socket');
    const { typed } = startLeave(stage);
    stage.workTasks.change({ shape });
    for (const line of [`status ${typed}`, `pause ${typed}`, 'last "Leave WF"']) {
      await ask(stage, { line, shows: /Nothing was found/ });
    }
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });

  it.each([start, { line: 'pause "Leave WF#1001"', shows: /Undo later/ }])(
    'say that the outcome is not known where a yes makes no sense: $line',
    async (requested) => {
      const stage = await openWorkTasksScenario('socket');
      startLeave(stage);
      stage.workTasks.fail({ method: 'POST', path: /(pause|execute\w*)$/, fault: 'not-json' });
      await order(stage, { ...requested, ends: /is not known.*not sent again.*Check with/s });
      await stage.observeAfter(60_000);
      expect(stage.workTasks.executions().map(({ status }) => status)).toEqual(['SL']);
      await stage.close();
    },
  );

  it('keep the text of a state nobody has heard of', async () => {
    const stage = await openWorkTasksScenario('socket');
    const { typed } = startLeave(stage);
    stage.workTasks.change({ statusOverride: { SL: 'ZZ' } });
    await ask(stage, { line: `status ${typed}`, shows: /❔ `ZZ`/ });
    await order(stage, { line: `pause ${typed}`, shows: /Undo later/, ends: /Paused\./ });
    await stage.close();
  });
});

function hasReason(shape: string): shape is keyof typeof sending {
  return shape in sending;
}

function isForm(form: string): form is StatusForm {
  return form in forms;
}

describe.each(transports)(
  'a Command server that cuts pages short and tells no total, over %s',
  (transport) => {
    it('shows every run that waits', async () => {
      const stage = await openStage(transport, { operators: ['ana'] });
      stage.command.change({ longestPage: 3, totalCountHeader: false });
      const sketch = await certificateRequest();
      for (let count = 0; count < 7; count += 1) {
        stage.command.startInstance({ ...sketch, title: `${sketch.title} no. ${count}` });
        stage.clock.advance(1_000);
      }
      await stage.observe();
      const list = textOf(await ask(stage, { line: 'list waiting', shows: /no\. 6/ }));
      for (let count = 0; count < 7; count += 1) expect(list).toContain(`no. ${count}`);
      const approvals = textOf(await ask(stage, { line: 'approvals', shows: /K\d/ }));
      expect(new Set(approvals.match(/\bK\d{3}\b/g)).size).toBe(7);
      expect(stage.log.errors()).toEqual([]);
      await stage.close();
    });
  },
);
