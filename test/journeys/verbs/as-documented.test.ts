import { describe, expect, it } from '@jest/globals';
import { alertSaying, openAlertStage } from '../../support/stage/alerts.js';
import { ask, order } from '../../support/stage/ask.js';
import { linkByCommand } from '../../support/stage/browser.js';
import { textOf } from '../../support/stage/cards.js';
import { askForCertificate } from '../../support/stage/enrollments.js';
import { identityOf, openPersonStage } from '../../support/stage/open-person-stage.js';
import { openStage, transports } from '../../support/stage/open-stage.js';
import { serviceAccount } from '../../support/stage/personas.js';
import {
  changesSent,
  grantManage,
  openWorkTasksScenario,
  startLeave,
} from '../../support/stage/work-tasks.js';

describe.each(transports)('what the vendors’ pages say, over %s:', (transport) => {
  it('a version goes without values only, and beside them is refused with that sentence', async () => {
    const stage = await openWorkTasksScenario(transport);
    await ask(stage, {
      line: 'execute "Leave WF" version=2 Days=3',
      shows: /started with values is always started in its latest version|no version/,
    });
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });

  it('an abort where Work Tasks takes none is warned of, and sent only if insisted on', async () => {
    const stage = await openWorkTasksScenario(transport);
    const { execution, typed } = startLeave(stage);
    stage.workTasks.finish(execution);
    const status = textOf(await ask(stage, { line: `status ${typed}`, shows: /Complete/ }));
    expect(status).not.toContain('propose.abort');
    await ask(stage, { line: `abort ${typed}`, shows: /Work Tasks usually refuses this.*Try anyway/s });
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });

  it('a server that writes states as numbers has its failures alerted', async () => {
    const stage = await openAlertStage(transport);
    stage.command.change({ statusAs: 'integer' });
    stage.fail();
    await stage.observeAfter(15_000);
    await stage.observeAfter(15_000);
    await alertSaying(stage, /Nightly renewal failed/);
    await stage.close();
  });

  it('a restart sends its version in the query, and answers with the short code of the new run', async () => {
    const stage = await openStage(transport, { operators: ['ana'] });
    grantManage(stage);
    const id = await askForCertificate(stage);
    await ask(stage, { line: `restart ${id} 7`, shows: /a version from 1|version 1, the only one there is/ });
    await order(stage, {
      line: `restart ${id} 1`,
      shows: /version 1/,
      ends: /Restarted; it continues as .*status K\w+/s,
    });
    const [sent] = stage.command.requests.filter(({ path }) => path.endsWith('/Restart'));
    expect(sent?.query).toContain('version=1');
    await stage.close();
  });

  it('somebody with a linked account is listed what they started by their own token, when they ask', async () => {
    const stage = await openPersonStage(transport, { operators: ['sam'] });
    const permissions = ['/workflows/instances/read/pending/', '/workflows/instances/read/mine/'];
    stage.command.addIdentity({ name: identityOf('sam'), roles: [], permissions });
    await linkByCommand(stage, 'sam');
    await askForCertificate(stage, { host: 'mine.keyexample.com' });
    await stage.observe();
    const mine = () => stage.command.requests.filter(({ path }) => path.endsWith('/My'));
    expect(mine()).toEqual([]);
    await ask(stage, { as: 'sam', line: 'list mine', shows: /mine\.keyexample\.com/ });
    // As the bot itself the list would hold what the bot started.
    expect(mine()).toHaveLength(1);
    await stage.close();
  });

  it('with the minimum permissions a list says which one hides what', async () => {
    const stage = await openStage(transport, { operators: ['ana'] });
    const permissions = ['/workflows/instances/read/pending/'];
    stage.command.addIdentity({ ...serviceAccount, permissions });
    const list = textOf(await ask(stage, { line: 'list failed', shows: /Failed workflows/ }));
    expect(list).toContain('/workflows/instances/read/');
    expect(list).not.toContain('none you may see');
    await stage.close();
  });
});
