import { describe, expect, it } from '@jest/globals';
import { privateWord, textOf } from '../support/stage/cards.js';
import { confirm, proposal, type } from '../support/stage/commands.js';
import { openStage, type Stage, type Transport, transports } from '../support/stage/open-stage.js';
import { personas } from '../support/stage/personas.js';

async function openWorkTasksScenario(transport: Transport): Promise<Stage> {
  return openStage(transport, { withWorkTasks: true, operators: ['ana'] });
}

/** Starts the leave workflow by command and gives its execution's short code. */
async function execute(stage: Stage): Promise<string> {
  await type(stage, 'ana', 'execute "Leave WF" Days=3');
  await confirm(stage, 'ana', await privateWord(stage, 'ana', /Leave WF.*Days/s));
  await stage.workTasks.waitFor(() => stage.workTasks.executions().length === 1);
  await privateWord(stage, 'ana', /execution|Leave WF/);
  const [execution] = stage.workTasks.executions();
  return `Leave WF#${execution?.id}`;
}

const codes = (stage: Stage) => stage.workTasks.executions().map(({ status }) => status);

describe.each(transports)('commands to Work Tasks, over %s', (transport) => {
  it('starts a workflow as the person who asked, with checked values, after a confirmation', async () => {
    const stage = await openWorkTasksScenario(transport);
    await execute(stage);
    const [request] = stage.workTasks.requests.filter(({ path }) => path.endsWith('/executewithvariables'));
    expect(JSON.stringify(request?.sent)).toContain('activedirectory::aruiz');
    expect(JSON.stringify(request?.sent)).toContain('Days');
    await stage.close();
  });

  it('finds a workflow by what people call it', async () => {
    const stage = await openWorkTasksScenario(transport);
    await type(stage, 'ana', 'execute "Leave request" Days=2');
    await confirm(stage, 'ana', await proposal(stage, 'ana', /Leave WF/));
    await stage.workTasks.waitFor(() => stage.workTasks.executions().length === 1);
    await stage.close();
  });

  it('starts a workflow from a window, with values checked in it, as if it had been typed', async () => {
    const stage = await openWorkTasksScenario(transport);
    await type(stage, 'ana', 'execute');
    const { id } = await stage.slack.waitFor(() =>
      stage.slack.views(personas.ana.id).find(({ view }) => JSON.stringify(view).includes('number_input')),
    );
    const fill = (value: string) =>
      stage.slack.submitView({
        as: personas.ana.id,
        viewId: id,
        values: { 'value.0.0': { 'value.0.0': { type: 'number_input', value } } },
      });
    expect(await fill('')).toMatchObject({ result: 'held-back' });
    expect(await fill('4')).toMatchObject({ result: 'closed' });
    await confirm(stage, 'ana', await proposal(stage, 'ana', /Leave WF.*Days.*4/s));
    await stage.workTasks.waitFor(() => stage.workTasks.executions().length === 1);
    await privateWord(stage, 'ana', /Started/);
    await stage.close();
  });

  it('offers nobody in the window what no rule lets them start', async () => {
    const stage = await openWorkTasksScenario(transport);
    await type(stage, 'bo', 'execute');
    const { view } = await stage.slack.waitFor(() =>
      stage.slack.views(personas.bo.id).find(({ view: one }) => JSON.stringify(one).includes('no workflow')),
    );
    expect(JSON.stringify(view)).not.toContain('Leave');
    await stage.close();
  });

  it('sends nothing when a value does not fit, and says what would', async () => {
    const stage = await openWorkTasksScenario(transport);
    await type(stage, 'ana', 'execute "Leave WF" Days=soon');
    await privateWord(stage, 'ana', /number/);
    await type(stage, 'ana', 'execute "Leave WF"');
    await stage.slack.waitFor(() =>
      stage.slack.views(personas.ana.id).find(({ view }) => /number_input/.test(JSON.stringify(view))),
    );
    expect(stage.workTasks.executions()).toHaveLength(0);
    await stage.close();
  });

  it('shows of an execution its code, what that means, what can be done next and what was done', async () => {
    const stage = await openWorkTasksScenario(transport);
    const ref = await execute(stage);
    await type(stage, 'ana', `pause "${ref}"`);
    await confirm(stage, 'ana', await proposal(stage, 'ana', /resume/));
    await privateWord(stage, 'ana', /To undo/);
    await type(stage, 'ana', `status "${ref}"`);
    const shown = textOf(await privateWord(stage, 'ana', /says `PA`: it is paused/));
    expect(shown).toMatch(/Next.*resume/);
    expect(shown).toMatch(/asked to pause it\. .*Paused/);
    await stage.close();
  });

  it('pauses and resumes, and names the way back', async () => {
    const stage = await openWorkTasksScenario(transport);
    const ref = await execute(stage);
    await type(stage, 'ana', `pause "${ref}"`);
    await confirm(stage, 'ana', await proposal(stage, 'ana', /resume/));
    await stage.workTasks.waitFor(() => codes(stage)[0] === 'PA');
    await privateWord(stage, 'ana', /To undo/);
    await type(stage, 'ana', `resume "${ref}"`);
    await confirm(stage, 'ana', await proposal(stage, 'ana', /paused/i));
    await stage.workTasks.waitFor(() => codes(stage)[0] !== 'PA');
    await stage.close();
  });

  it('aborts only after saying that there is no way back', async () => {
    const stage = await openWorkTasksScenario(transport);
    const ref = await execute(stage);
    await type(stage, 'ana', `abort "${ref}"`);
    const proposal = await privateWord(stage, 'ana', /cannot be undone/);
    expect(codes(stage)[0]).not.toBe('AB');
    await confirm(stage, 'ana', proposal);
    await stage.workTasks.waitFor(() => codes(stage)[0] === 'AB');
    await privateWord(stage, 'ana', /[Aa]borted/);
    await stage.close();
  });

  it('never starts a workflow twice when the answer is lost, and says that the outcome is not known', async () => {
    const stage = await openWorkTasksScenario(transport);
    stage.workTasks.fail({ method: 'POST', path: 'execute', fault: 'hang-after-effect' });
    await type(stage, 'ana', 'execute "Leave WF" Days=3');
    await confirm(stage, 'ana', await privateWord(stage, 'ana', /Leave WF.*Days/s));
    await privateWord(stage, 'ana', /not known|unknown/i);
    await stage.observeAfter(60_000);
    await stage.observeAfter(60_000);
    expect(stage.workTasks.executions()).toHaveLength(1);
    await stage.close();
  });

  it('shows a variable and the latest run', async () => {
    const stage = await openWorkTasksScenario(transport);
    const ref = await execute(stage);
    await type(stage, 'ana', `variable "${ref}" Days`);
    expect(textOf(await privateWord(stage, 'ana', /Days/))).toContain('3');
    await type(stage, 'ana', 'last "Leave WF"');
    await privateWord(stage, 'ana', /Leave WF/);
    await stage.close();
  });

  it('says what Work Tasks offers instead of what it does not know', async () => {
    const stage = await openWorkTasksScenario(transport);
    const ref = await execute(stage);
    await type(stage, 'ana', `restart "${ref}"`);
    await privateWord(stage, 'ana', /abort/);
    await stage.close();
  });

  it('refuses whoever no rule allows', async () => {
    const stage = await openWorkTasksScenario(transport);
    await type(stage, 'bo', 'execute "Leave WF" Days=3');
    await privateWord(stage, 'bo', /rule|may/i);
    expect(stage.workTasks.executions()).toHaveLength(0);
    await stage.close();
  });
});
