import { describe, expect, it } from '@jest/globals';
import { ask, becomes } from '../../support/stage/ask.js';
import { privateWord } from '../../support/stage/cards.js';
import { type } from '../../support/stage/commands.js';
import { askForCertificate } from '../../support/stage/enrollments.js';
import { type Stage, transports } from '../../support/stage/open-stage.js';
import { personas } from '../../support/stage/personas.js';
import { changesSent, openWorkTasksScenario } from '../../support/stage/work-tasks.js';

const windowed = [
  'status',
  'why',
  'restart',
  'stop',
  'pause',
  'resume',
  'abort',
  'output',
  'variable',
  'execute',
];

/** Waits for Ana's window to show something. */
function windowShowing(stage: Stage, text: RegExp) {
  return stage.slack.waitFor(
    () => stage.slack.views(personas.ana.id).find(({ view }) => text.test(JSON.stringify(view))),
    { whatFor: `a window showing ${text}` },
  );
}

function choose(stage: Stage, viewId: string, code: string) {
  const option = (value: string) => ({ type: 'static_select', selected_option: { value } });
  return stage.slack.submitView({ as: personas.ana.id, viewId, values: { run: { run: option(code) } } });
}

describe.each(transports)('a window Slack does not open, over %s', (transport) => {
  it('is answered plainly instead, whatever verb wanted it, when its trigger has expired', async () => {
    const stage = await openWorkTasksScenario(transport);
    await askForCertificate(stage);
    for (const verb of windowed) {
      stage.slack.fail({ method: 'views.open', fault: 'expired_trigger_id' });
      await ask(stage, { line: verb, shows: /took too long.*Nothing was done.*type it again/ });
    }
    expect(stage.slack.views(personas.ana.id)).toEqual([]);
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });

  it('is answered plainly instead when Slack is in trouble', async () => {
    const stage = await openWorkTasksScenario(transport);
    for (const fault of ['http-500', 'drop-connection', 'exchanged_trigger_id', 'internal_error']) {
      const ordered = stage.slack.fail({ method: 'views.open', fault, times: 9 });
      await ask(stage, { line: 'status', shows: /Nothing was done.*type it again/ });
      ordered.cancel();
    }
    await stage.close();
  });
});

describe('a window to choose a workflow in', () => {
  it('leads from every changing verb to a question only', async () => {
    const stage = await openWorkTasksScenario('socket');
    const id = await askForCertificate(stage);
    await stage.observe();
    for (const [verb, asks] of [
      ['restart', /Restart this workflow/],
      ['stop', /Stop this workflow/],
    ] as const) {
      await type(stage, 'ana', verb);
      const { id: viewId, view } = await windowShowing(stage, /static_select/);
      const code = /"value":"(K\d+)"/.exec(JSON.stringify(view))?.[1] ?? '';
      expect(await choose(stage, viewId, code)).toMatchObject({ result: 'closed' });
      await privateWord(stage, 'ana', asks);
    }
    expect(stage.command.instance(id).status).toBe('Suspended');
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });

  it('offers what may be started where nothing is called what was typed, and starts nothing', async () => {
    const stage = await openWorkTasksScenario('socket');
    await type(stage, 'ana', 'execute "Web server enrollment" Days=3');
    await windowShowing(stage, /Leave request|Leave WF/);
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });

  it('opens also while the systems are away, and says that nothing can be offered', async () => {
    const stage = await openWorkTasksScenario('socket');
    await stage.command.goDown();
    await type(stage, 'ana', 'stop');
    await windowShowing(stage, /could not be read|no workflow you may use/);
    await stage.close();
  });

  it('offers nothing to whom no rule names', async () => {
    const stage = await openWorkTasksScenario('socket', { operators: ['li'], approvers: ['li'] });
    await askForCertificate(stage, { host: 'secret.keyexample.com' });
    await type(stage, 'ana', 'status');
    const { view } = await windowShowing(stage, /no workflow you may use/);
    expect(JSON.stringify(view)).not.toContain('secret');
    await stage.close();
  });

  it('is good after a restart of the bot as well, and asks before it does anything', async () => {
    const stage = await openWorkTasksScenario('socket');
    await askForCertificate(stage);
    await type(stage, 'ana', 'stop');
    const { id, view } = await windowShowing(stage, /static_select/);
    const code = /"value":"(K\d+)"/.exec(JSON.stringify(view))?.[1] ?? '';
    await stage.restart();
    expect(await choose(stage, id, code)).toMatchObject({ result: 'closed' });
    await privateWord(stage, 'ana', /Stop this workflow\?/);
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });
});

describe('a choice between several', () => {
  it('is good after a restart of the bot as well, and asks before it does anything', async () => {
    const stage = await openWorkTasksScenario('socket');
    await askForCertificate(stage, { host: 'one.keyexample.com' });
    await askForCertificate(stage, { host: 'two.keyexample.com' });
    const choice = await ask(stage, { line: 'stop keyexample.com', shows: /Several/ });
    const code = /"value":"(K\d+)"/.exec(JSON.stringify(choice.blocks))?.[1] ?? '';
    await stage.restart();
    const { channel, ts } = choice;
    await stage.slack.click({ as: personas.ana.id, channel, ts, actionId: 'command.choose', value: code });
    await becomes(stage, choice, /Stop this workflow\?/);
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });
});
