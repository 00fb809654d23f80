import { describe, expect, it } from '@jest/globals';
import { ask } from '../../support/stage/ask.js';
import { clickAction, directMessage, linkByCommand, linkFrom } from '../../support/stage/browser.js';
import { cardSaying, click, privateWord, submit, theCard } from '../../support/stage/cards.js';
import { confirm, type } from '../../support/stage/commands.js';
import {
  expectNoSecrets,
  identityOf,
  openPersonStage,
  type PersonStage,
} from '../../support/stage/open-person-stage.js';
import { type Transport, transports } from '../../support/stage/open-stage.js';
import type { PeopleRules } from '../../support/stage/stage-settings.js';
import { addAccess, finishInbound, send, startAccess } from '../inbound/inbound-work-tasks.js';

const online = ['openid', 'profile'];

/** The server takes a change only where the token belongs to the user it names. */
async function openSignedIn(
  transport: Transport,
  people: Pick<PeopleRules, 'scopes'> = {},
): Promise<PersonStage> {
  const rules = {
    withWorkTasks: true,
    withHook: true,
    approveWith: 'one-click',
    operators: ['ana'],
  } as const;
  const stage = addAccess(await openPersonStage(transport, rules, { in: 'plant', ...people }));
  stage.workTasks.change({ userMustMatchToken: true });
  return stage;
}

const callers = (stage: PersonStage, path: string) =>
  stage.workTasks.requests.filter((one) => one.path.endsWith(`/${path}`)).map(({ caller }) => caller);

describe.each(transports)('linked accounts in Work Tasks, over %s', (transport) => {
  it('sends a decision with the token of whoever made it, once they have linked their account', async () => {
    const stage = await openSignedIn(transport);
    await send(stage, await startAccess(stage));
    await click(stage, 'ana', theCard(stage), 'approve#0');
    const invited = await privateWord(stage, 'ana', /you have not linked your account there yet/);
    const page = await linkFrom(stage, 'ana', invited);
    expect(page.text).toContain('linked to activedirectory::aruiz in Work Tasks');
    await click(stage, 'ana', theCard(stage), 'approve#0');
    await cardSaying(stage, /Ana Ruiz/);
    await stage.workTasks.waitFor(() => callers(stage, 'AlertEngine').length === 1);
    expect(callers(stage, 'AlertEngine')).toEqual(['activedirectory::aruiz']);
    expectNoSecrets(stage);
    await finishInbound(stage, ['Approved as activedirectory::aruiz']);
  });

  it('goes on with the output somebody chose whose link ended before it was sent, once they link again', async () => {
    const stage = await openSignedIn(transport);
    await linkByCommand(stage, 'ana');
    await send(stage, await startAccess(stage));
    stage.provider.fail({ path: '/token', fault: 'http-503', times: 50 });
    await click(stage, 'ana', theCard(stage), 'approve#0');
    await cardSaying(stage, /cannot be reached/);
    stage.provider.clearFaults();
    stage.provider.revokeRefreshTokens(identityOf('ana'));
    await stage.observeAfter(60_000);
    const reported = await directMessage(stage, 'ana', /was not sent/);
    await linkFrom(stage, 'ana', reported);
    const goOn = await directMessage(stage, 'ana', /Approve.*\?/);
    await clickAction(stage, 'ana', goOn, 'command.decide.approve#0');
    await submit(stage, 'ana', '');
    await stage.workTasks.waitFor(() => stage.workTasks.alerts.length === 1);
    expectNoSecrets(stage);
    await finishInbound(stage, ['Approved as activedirectory::aruiz']);
  });

  it('starts a workflow with the token of whoever asked, so that its initiator gets the task', async () => {
    const stage = await openSignedIn(transport);
    await type(stage, 'ana', 'execute "Leave WF" Days=3');
    const invited = await privateWord(
      stage,
      'ana',
      /Changes are sent to Work Tasks in your own name.*Nothing was done/,
    );
    expect(stage.workTasks.executions()).toEqual([]);
    await linkFrom(stage, 'ana', invited);
    await type(stage, 'ana', 'execute "Leave WF" Days=3');
    await confirm(
      stage,
      'ana',
      await privateWord(stage, 'ana', /Leave WF.*your own token, which Work Tasks does not renew/s),
    );
    await privateWord(stage, 'ana', /Started/);
    expect(callers(stage, 'executewithvariables')).toEqual(['activedirectory::aruiz']);
    const [execution] = stage.workTasks.executions();
    expect(execution?.runs.flatMap(({ workItems }) => workItems)).toMatchObject([
      { actor: 'activedirectory::aruiz' },
    ]);
    expectNoSecrets(stage);
    await finishInbound(stage, []);
  });

  it('says at once that a link without a refresh token ends with the access token, and ends it then', async () => {
    const stage = await openSignedIn(transport, { scopes: online });
    const page = await linkByCommand(stage, 'ana');
    expect(page.text).toMatch(/this link ends at \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
    await directMessage(stage, 'ana', /issued no refresh token, so this link ends/);
    const before = stage.provider.requests.length;
    await send(stage, await startAccess(stage), { key: 'first' });
    await stage.restart();
    await click(stage, 'ana', theCard(stage), 'approve#0');
    await stage.workTasks.waitFor(() => stage.workTasks.alerts.length === 1);
    await cardSaying(stage, /Ana Ruiz/);
    expect(stage.provider.requests.slice(before).filter(({ path }) => path === '/token')).toEqual([]);
    await stage.observeAfter(6 * 60_000);
    await type(stage, 'ana', 'link');
    const again = await ask(stage, { as: 'ana', line: 'execute "Leave WF" Days=3', shows: /Leave WF/ });
    await confirm(stage, 'ana', again);
    await privateWord(stage, 'ana', /Your link to Work Tasks has ended.*Nothing was changed/s);
    await type(stage, 'ana', 'execute "Leave WF" Days=3');
    await linkFrom(
      stage,
      'ana',
      await privateWord(stage, 'ana', /you have not linked your account there yet/),
    );
    expectNoSecrets(stage);
    await finishInbound(stage, ['Approved as activedirectory::aruiz']);
  });
});
