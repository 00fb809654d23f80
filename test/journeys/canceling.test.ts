import { describe, expect, it } from '@jest/globals';
import { approve, cardSaying, privateWord, textOf, theCard } from '../support/stage/cards.js';
import { type } from '../support/stage/commands.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { clickInHome, homeSaying, openHome, viewText } from '../support/stage/homes.js';
import { openStage, type Stage, transports } from '../support/stage/open-stage.js';
import { type Actor, personas, serviceAccount } from '../support/stage/personas.js';
import type { StageRules } from '../support/stage/stage-settings.js';
import { finishInbound, openInboundStage, send, startAccess } from './inbound/inbound-work-tasks.js';

const rules: StageRules = {
  approvers: ['ana', 'li'],
  operatorRules: [{ name: 'Own requests', verbs: ['cancel'], people: [personas.sam.id, personas.bo.id] }],
};

async function open(transport: (typeof transports)[number], change: StageRules = {}): Promise<Stage> {
  const stage = await openStage(transport, { ...rules, ...change });
  const permissions = [...serviceAccount.permissions, '/workflows/instances/manage/'];
  stage.command.addIdentity({ ...serviceAccount, permissions });
  return stage;
}

const codeOf = (stage: Stage) => /K\d{3}/.exec(textOf(theCard(stage)))?.[0] ?? '';

/** Waits until the window on somebody's screen says something, and gives its id. */
async function windowSaying(stage: Stage, actor: Actor, text: RegExp): Promise<string> {
  const found = await stage.slack.waitFor(
    () => stage.slack.views(personas[actor].id).find((view) => text.test(viewText(view))),
    { whatFor: `a window saying ${text}` },
  );
  return found.id;
}

describe.each(transports)('whoever requested something, over %s', (transport) => {
  it('cancels it in a window, and the card says so', async () => {
    const stage = await open(transport);
    const id = await askForCertificate(stage);
    await stage.observe();
    await type(stage, 'sam', `cancel ${codeOf(stage)}`);
    const viewId = await windowSaying(stage, 'sam', /Cancel this workflow\?[\s\S]*goes no further/);
    expect(stage.command.instance(id).status).toBe('Suspended');
    expect(await stage.slack.submitView({ as: personas.sam.id, viewId, values: {} })).toMatchObject({
      result: 'closed',
    });
    await stage.command.waitFor(() => stage.command.instance(id).status === 'Rejected');
    await privateWord(stage, 'sam', /Canceled/);
    await stage.observeAfter(15_000);
    await cardSaying(stage, /Canceled by its requester/);
    await stage.close();
  });

  it('cancels it from the Home tab, which has a button only for what is theirs', async () => {
    const stage = await open(transport);
    const id = await askForCertificate(stage);
    await askForCertificate(stage, { host: 'other.keyexample.com', requester: personas.bo.identity });
    await stage.observe();
    const home = viewText(await openHome(stage, 'sam', /Your requests/));
    expect(home.match(/home\.cancel"/g)).toHaveLength(1);
    await clickInHome(stage, 'sam', 'cancel');
    const viewId = await windowSaying(stage, 'sam', /Cancel this workflow\?/);
    await stage.slack.submitView({ as: personas.sam.id, viewId, values: {} });
    await stage.command.waitFor(() => stage.command.instance(id).status === 'Rejected');
    await stage.observeAfter(15_000);
    await homeSaying(stage, 'sam', /You have no open requests/);
    await stage.close();
  });

  it('cancels nothing without a rule, nor what others requested, nor by an e-mail address', async () => {
    const stage = await open(transport, { byEmail: ['sam'] });
    const id = await askForCertificate(stage);
    await stage.observe();
    await type(stage, 'ana', `cancel ${codeOf(stage)}`);
    await windowSaying(
      stage,
      'ana',
      /You may not use “cancel” on this workflow: no rule under “operators” allows it/,
    );
    await type(stage, 'bo', `cancel ${codeOf(stage)}`);
    await windowSaying(stage, 'bo', /Only the requester can cancel it/);
    await type(stage, 'sam', `cancel ${codeOf(stage)}`);
    await windowSaying(stage, 'sam', /Only the requester can cancel it/);
    await stage.close();
    expect(stage.command.instance(id).status).toBe('Suspended');
  });

  it('cancels nothing once a decision is on its way, also where it was confirmed before', async () => {
    const stage = await open(transport, { hold: '10s' });
    const id = await askForCertificate(stage);
    await stage.observe();
    await type(stage, 'sam', `cancel ${codeOf(stage)}`);
    const viewId = await windowSaying(stage, 'sam', /Cancel this workflow\?/);
    await approve(stage, 'ana', theCard(stage));
    await cardSaying(stage, /can be undone for a moment/);
    await stage.slack.submitView({ as: personas.sam.id, viewId, values: {} });
    await privateWord(stage, 'sam', /A decision about it is on its way/);
    expect(stage.command.instance(id).status).toBe('Suspended');
    await type(stage, 'sam', `cancel ${codeOf(stage)}`);
    await windowSaying(stage, 'sam', /A decision about it is on its way/);
    stage.clock.advance(10_000);
    await stage.bot().deliver();
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await finish(stage, {
      posts: { pki: 1, '@sam': 1 },
      answers: { sam: 1 },
      signals: ['approve by KEYEXAMPLE\\svc-countersign'],
    });
  });

  it('cancels it in Work Tasks as well, where the workflow is aborted', async () => {
    const stage = await openInboundStage(transport, rules);
    const run = await startAccess(stage);
    await send(stage, run);
    const code = codeOf(stage);
    await type(stage, 'bo', `cancel ${code}`);
    await windowSaying(stage, 'bo', /Only the requester can cancel it/);
    expect(viewText(await openHome(stage, 'sam', /Your requests/))).toContain(`Cancel ${code}`);
    await type(stage, 'sam', `cancel ${code}`);
    const viewId = await windowSaying(stage, 'sam', /Cancel this workflow\?[\s\S]*goes no further/);
    expect(await stage.slack.submitView({ as: personas.sam.id, viewId, values: {} })).toMatchObject({
      result: 'closed',
    });
    await stage.workTasks.waitFor(() => stage.workTasks.execution(run).status === 'AB');
    await privateWord(stage, 'sam', /Canceled/);
    await stage.observeAfter(15_000);
    await cardSaying(stage, /Canceled by its requester/);
    await finishInbound(stage, []);
  });
});
