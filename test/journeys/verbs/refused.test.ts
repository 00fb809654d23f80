import { describe, expect, it } from '@jest/globals';
import { ask, becomes } from '../../support/stage/ask.js';
import { confirm } from '../../support/stage/commands.js';
import { askForCertificate } from '../../support/stage/enrollments.js';
import { type Stage, transports } from '../../support/stage/open-stage.js';
import { personas, places } from '../../support/stage/personas.js';
import { changesSent, openWorkTasksScenario, startLeave } from '../../support/stage/work-tasks.js';

/** Every verb that needs a rule, about a run of each system. */
async function linesOfAll(stage: Stage): Promise<readonly string[]> {
  const id = await askForCertificate(stage);
  const { typed } = startLeave(stage);
  await stage.observe();
  return [
    ...['status', 'why', 'restart', 'stop'].map((verb) => `${verb} ${id}`),
    ...['status', 'why', 'pause', 'resume', 'abort'].map((verb) => `${verb} ${typed}`),
    `output ${typed} "Manager approval"`,
    `variable ${typed} Days`,
    `alert ${typed} 50001 Approved`,
    'execute "Leave WF" Days=3',
    'last "Leave WF"',
    'last "Web server enrollment"',
  ];
}

const pattern = /keyexample\.com|Leave WF · execution|Days.*3/;

describe.each(transports)('verbs somebody may not use, over %s', (transport) => {
  it('are each refused to whom no rule names, with the reason, and recorded', async () => {
    const stage = await openWorkTasksScenario(transport);
    const lines = await linesOfAll(stage);
    for (const line of lines) await ask(stage, { as: 'bo', line, shows: /You may not use “.*no rule under/ });
    const recorded = stage.log.lines.filter((line) => line.includes('"reason":"no-rule"'));
    expect(recorded).toHaveLength(lines.length);
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });

  it('are each refused to a guest, though a rule names them', async () => {
    const stage = await openWorkTasksScenario(transport, { operators: ['ana', 'gia'] });
    for (const line of await linesOfAll(stage)) {
      await ask(stage, { as: 'gia', line, shows: /[Gg]uest.*[Oo]nly full members/ });
    }
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });

  it('do not restart a workflow that waits for an approval with a version that may ask nobody', async () => {
    const stage = await openWorkTasksScenario(transport);
    const id = await askForCertificate(stage);
    await stage.observe();
    await ask(stage, {
      line: `restart ${id} 2`,
      shows: /Approval .K\w+. .*is open, and a different version might not ask for it/,
    });
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });

  it('show nothing in lists, searches and windows to whom no rule names', async () => {
    const stage = await openWorkTasksScenario(transport);
    await linesOfAll(stage);
    await ask(stage, { as: 'bo', line: 'list', shows: /none you may see/ });
    await ask(stage, { as: 'bo', line: 'definitions', shows: /none you may see|No workflow/i });
    await ask(stage, { as: 'bo', line: 'approvals', shows: /[Nn]othing waits/ });
    await ask(stage, { as: 'bo', line: 'whoami', shows: /Bo Stranger|bo/ });
    await stage.close();
  });

  it('are refused to somebody the settings have never heard of', async () => {
    const stage = await openWorkTasksScenario(transport);
    const [line = ''] = await linesOfAll(stage);
    const { id } = stage.slack.addMember({ id: 'U0NEW', name: 'nell', realName: 'Nell New' });
    stage.slack.join(places.pki, id);
    await stage.slack.command({ as: id, channel: places.pki, command: '/workflow', text: line });
    const reply = await stage.slack.waitForMessage(({ visibleTo }) => visibleTo === id);
    expect(JSON.stringify(reply)).toMatch(/You may not use “.*no rule under/);
    expect(JSON.stringify(reply)).not.toMatch(pattern);
    await stage.close();
  });
});

describe('a person who lost a right between question and confirmation', () => {
  it('is refused, and nothing is sent', async () => {
    const stage = await openWorkTasksScenario('socket');
    const { typed } = startLeave(stage);
    const proposed = await ask(stage, { line: `abort ${typed}`, shows: /cannot be undone/ });
    await stage.restart({ withWorkTasks: true, operators: ['li'] });
    await confirm(stage, 'ana', proposed);
    await becomes(stage, proposed, /You may not use “.*no rule under.*Nothing was changed/);
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });

  it('is refused also for having become a guest in Slack', async () => {
    const stage = await openWorkTasksScenario('socket');
    const { typed } = startLeave(stage);
    const proposed = await ask(stage, { line: `abort ${typed}`, shows: /cannot be undone/ });
    stage.slack.changeMember(personas.ana.id, { isGuest: true });
    await confirm(stage, 'ana', proposed);
    await becomes(stage, proposed, /Only full members.*Nothing was changed/);
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });

  it('cannot have somebody else confirm for them', async () => {
    const stage = await openWorkTasksScenario('socket', { operators: ['ana', 'li'] });
    const { typed } = startLeave(stage);
    const proposed = await ask(stage, { line: `abort ${typed}`, shows: /cannot be undone/ });
    const own = await ask(stage, { as: 'li', line: 'whoami', shows: /U0LI/ });
    await confirm(stage, 'li', { ...own, blocks: proposed.blocks });
    await becomes(stage, own, /can no longer be confirmed.*not yours.*Nothing was changed/);
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });
});
