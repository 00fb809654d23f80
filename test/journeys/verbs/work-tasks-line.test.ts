import { describe, expect, it } from '@jest/globals';
import { ask, order } from '../../support/stage/ask.js';
import { type } from '../../support/stage/commands.js';
import { type Stage, transports } from '../../support/stage/open-stage.js';
import { personas } from '../../support/stage/personas.js';
import { changesSent, openWorkTasksScenario, startLeave } from '../../support/stage/work-tasks.js';
import { openInboundStage, send, startAccess } from '../inbound/inbound-work-tasks.js';

/** Waits for Ana's window to show something. */
function windowShowing(stage: Stage, text: RegExp) {
  return stage.slack.waitFor(
    () => stage.slack.views(personas.ana.id).find(({ view }) => text.test(JSON.stringify(view))),
    { whatFor: `a window showing ${text}` },
  );
}

describe.each(transports)('the command line about Work Tasks, over %s', (transport) => {
  it('opens the window, filled with what was typed, where a value is missing', async () => {
    const stage = await openWorkTasksScenario(transport);
    await type(stage, 'ana', 'execute "Leave request"');
    const { view } = await windowShowing(stage, /number_input/);
    expect(JSON.stringify(view)).toContain(
      '"initial_option":{"text":{"type":"plain_text","text":"Leave request"',
    );
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });

  it('sends a number as the digits that were typed', async () => {
    const stage = await openWorkTasksScenario(transport);
    const days = '9007199254740993';
    await order(stage, {
      line: `execute "Leave request" Days=${days}`,
      shows: new RegExp(`Days = .${days}`),
      ends: /Started as .*run/,
    });
    const sent = stage.workTasks.requests.find(({ path }) => path.endsWith('executewithvariables'));
    expect(sent?.text).toContain(`"value":${days},"type":"number"`);
    await stage.close();
  });

  it('finds a run by the title of its workflow, and lists what it knows, as such', async () => {
    const stage = await openWorkTasksScenario(transport);
    const { execution } = startLeave(stage);
    await ask(stage, { line: 'last "leave request"', shows: new RegExp(`execution ${execution.id}`) });
    await ask(stage, {
      line: 'list',
      shows: new RegExp(`execution ${execution.id}.*lists no workflows: these are the ones`, 's'),
    });
    await ask(stage, { line: 'status leave request', shows: new RegExp(`execution ${execution.id}`) });
    await ask(stage, { line: 'list waitng', shows: /Did you mean .*list waiting/ });
    await stage.close();
  });

  it('shows an approver what they may decide, whoever may run commands', async () => {
    const stage = await openInboundStage(transport, { operators: ['sam'], approvers: ['li'] });
    const run = await startAccess(stage);
    expect(await send(stage, run)).toMatchObject({ status: 201 });
    const typed = `"Access WF#${run.id}"`;
    await ask(stage, { as: 'li', line: `status ${typed}`, shows: /Can still decide.*/ });
    await ask(stage, { as: 'li', line: `why ${typed}`, shows: /You. may decide/ });
    await stage.close();
  });

  it('points from restart to what Work Tasks has instead', async () => {
    const stage = await openWorkTasksScenario(transport);
    const { typed } = startLeave(stage);
    await ask(stage, { line: `restart ${typed}`, shows: /has no “restart”.*use “resume”/s });
    await ask(stage, { line: 'retry', shows: /Did you mean .*restart/ });
    await ask(stage, { line: 'approve', shows: /Did you mean .*approvals/ });
    await stage.close();
  });

  it('says that a run may be seen and not changed, instead of finding nothing', async () => {
    const stage = await openInboundStage(transport, { operators: ['ana'], approvers: ['li'] });
    const run = await startAccess(stage);
    await send(stage, run);
    await ask(stage, {
      as: 'li',
      line: `abort Access WF#${run.id}`,
      shows: /You may not use “abort”.*no rule under/,
    });
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });
});
