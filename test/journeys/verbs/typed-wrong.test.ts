import { describe, expect, it } from '@jest/globals';
import { parseCommand, verbs } from '../../../src/domain/commands.js';
import { ask } from '../../support/stage/ask.js';
import { textOf } from '../../support/stage/cards.js';
import { type } from '../../support/stage/commands.js';
import { askForCertificate } from '../../support/stage/enrollments.js';
import { type Stage, transports } from '../../support/stage/open-stage.js';
import { personas } from '../../support/stage/personas.js';
import { changesSent, openWorkTasksScenario, startLeave } from '../../support/stage/work-tasks.js';

/** Asks each line and holds the answer to what it has to show. */
async function askAll(stage: Stage, lines: readonly (readonly [string, RegExp])[]): Promise<void> {
  for (const [line, shows] of lines) await ask(stage, { line, shows });
}

/** As Slack is sent it: `<ref>` would be a mention. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

describe('the table of verbs', () => {
  it.each(verbs)('explains $name, and its example can be typed', async ({ name, example, usage }) => {
    // Slack sends whoever is mentioned by their id.
    const parsed = parseCommand(example.replace(/@\w+/, '@U0ANA'));
    expect(parsed).toMatchObject({ kind: 'command', line: { verb: name } });
    expect(usage.split(' ')[0]).toBe(name);
  });

  it('is what help shows through Slack, verb for verb', async () => {
    const stage = await openWorkTasksScenario('socket');
    const help = textOf(await ask(stage, { line: '', shows: /Commands after/ }));
    for (const { name, usage, summary, example, changes } of verbs) {
      expect(help).toContain(escaped(usage));
      const about = textOf(await ask(stage, { line: `help ${name}`, shows: /For example/ }));
      for (const part of [usage, summary, example])
        expect(about).toContain(escaped(part).replaceAll('"', '\\"'));
      expect(about.includes('nothing happens until you confirm')).toBe(changes !== undefined);
    }
    await stage.close();
  });
});

describe.each(transports)('what is typed wrong, over %s', (transport) => {
  it('does nothing, and is answered with how it is typed', async () => {
    const stage = await openWorkTasksScenario(transport);
    startLeave(stage);
    await askAll(stage, [
      ['restrat K001', /no command .*restrat.*Nothing was done.*Did you mean .*restart &lt;ref&gt;/s],
      ['EXECUT x', /Did you mean .*execute \[workflow\]/s],
      ['frobnicate', /no command .*frobnicate.*help.* lists/s],
      ['help stpo', /stpo.* is not recognized here.*Did you mean .*stop.*help \[verb\]/s],
      ['approvals now', /takes nothing after it.*Type .*approvals/s],
      ['whoami really', /takes nothing after it.*Type .*whoami/s],
      ['last', /missing.*workflow.*Type .*last &lt;workflow&gt;/s],
    ]);
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });

  it('starts nothing when a value does not fit, and says what would', async () => {
    const stage = await openWorkTasksScenario(transport);
    await askAll(stage, [
      ['execute "Leave WF" Days=soon', /Days.* cannot be .*soon.*a number.*Type .*execute \[workflow\]/s],
      ['execute "Leave WF" Dyas=3', /Dyas.*one of Days.*Type .*execute/s],
      ['execute "Leave WF" Days=3 more', /more.* does not have the form .*name=value.*Type .*execute/s],
      ['execute "Leave WF" user=activedirectory::boss Days=3', /user.*one of Days/s],
    ]);
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });

  it('opens a window for what was left out, with what was typed', async () => {
    const stage = await openWorkTasksScenario(transport);
    startLeave(stage);
    for (const [line, holds] of [
      ['output K001', /K001.*"label":.*"Activity"/s],
      ['variable K001', /K001.*"label":.*"Variable"/s],
      ['alert', /static_select|may use this on/],
      ['alert K001', /K001.*"Activity ID".*"Output"/s],
      ['alert K001 50001', /K001.*"initial_value":"50001".*"Output"/s],
      ['execute Leave', /"initial_option".*Leave request.*number_input/s],
      ['execute "Leave WF" Days=', /"initial_option".*Leave request.*number_input/s],
    ] as const) {
      const before = new Set(stage.slack.views(personas.ana.id).map(({ id }) => id));
      await type(stage, 'ana', line);
      await stage.slack.waitFor(
        () =>
          stage.slack
            .views(personas.ana.id)
            .find(({ id, view }) => !before.has(id) && holds.test(JSON.stringify(view))),
        { whatFor: `a window for ${line}` },
      );
    }
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });
});

describe('a name that is nearly right', () => {
  it('is answered with the one that may have been meant, and how it is typed', async () => {
    const stage = await openWorkTasksScenario('socket');
    const id = await askForCertificate(stage);
    await stage.observe();
    const status = textOf(await ask(stage, { line: `status ${id}`, shows: /Waiting/ }));
    const code = /K\d+/.exec(status)?.[0] ?? '';
    const slip = `${code.slice(0, -1)}X`;
    for (const verb of ['status', 'why', 'restart', 'stop', 'pause']) {
      const shows = new RegExp(
        `${slip}.*Did you mean .*${code}.*Nothing was done.*Type .*${verb} &lt;ref&gt;`,
        's',
      );
      await ask(stage, { line: `${verb} ${slip}`, shows });
    }
    await ask(stage, { as: 'bo', line: `status ${slip}`, shows: /Nothing was found/ });
    await ask(stage, { line: 'last "Leev WF"', shows: /Leev WF.*Did you mean .*Leave WF.*Type .*last/s });
    await ask(stage, { line: 'last "Web server enrolment"', shows: /Did you mean .*Web server enrollment/ });
    await stage.close();
  });
});

describe('words that fit several workflows', () => {
  it('lead to a choice, and the one chosen is what is asked about', async () => {
    const stage = await openWorkTasksScenario('socket');
    const ids = await Promise.all(
      ['one.keyexample.com', 'two.keyexample.com'].map((host) => askForCertificate(stage, { host })),
    );
    const line = 'stop keyexample.com';
    const choice = await ask(stage, { line, shows: /Several workflows match .*keyexample\.com — K/ });
    expect(textOf(choice)).toContain('one.keyexample.com — K');
    const code = /two\.keyexample\.com — (K\d+).*Security approval/.exec(textOf(choice))?.[1] ?? '';
    await stage.slack.click({
      as: personas.ana.id,
      channel: choice.channel,
      ts: choice.ts,
      actionId: 'command.choose',
      value: code,
    });
    await stage.slack.waitFor(() =>
      /Stop this workflow.*two\./s.test(textOf(stage.slack.message(choice.channel, choice.ts) ?? choice)),
    );
    expect(ids.map((id) => stage.command.instance(id).status)).toEqual(['Suspended', 'Suspended']);
    await stage.close();
  });

  it('leave out what the asker may not see', async () => {
    const stage = await openWorkTasksScenario('socket');
    await askForCertificate(stage, { host: 'one.keyexample.com' });
    await ask(stage, { as: 'bo', line: 'status keyexample.com', shows: /Nothing was found/ });
    await askForCertificate(stage, { host: 'two.keyexample.com' });
    await ask(stage, { as: 'bo', line: 'status keyexample.com', shows: /Nothing was found/ });
    await stage.close();
  });
});

describe('a long search', () => {
  it('in another alphabet reaches Command, which takes no long query', async () => {
    const stage = await openWorkTasksScenario('socket');
    const text = Array.from({ length: 6 }, (_, index) => `${index}${'я'.repeat(59)}`).join(' ');
    const reply = await ask(stage, { line: `list failed ${text}`, shows: /Failed workflows|No failed/i });
    expect(textOf(reply)).not.toMatch(/could not be read/);
    expect(stage.command.requests.filter(({ status }) => status !== 200)).toEqual([]);
    const definitions = await ask(stage, { line: `definitions ${text}`, shows: /definition/ });
    expect(textOf(definitions)).not.toMatch(/could not be read/);
    expect(stage.command.requests.filter(({ status }) => status !== 200)).toEqual([]);
    await stage.close();
  });
});
