import { describe, expect, it } from '@jest/globals';
import { buttonsOf, cardSaying, click, privateWord, textOf, theCard } from '../support/stage/cards.js';
import { confirm, proposal, type } from '../support/stage/commands.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, type Stage, transports } from '../support/stage/open-stage.js';
import { places, serviceAccount } from '../support/stage/personas.js';

const pendingOnly = ['/workflows/instances/read/pending/', '/workflows/definitions/read/'];
const byTheBot = 'approve by KEYEXAMPLE\\svc-countersign';
const portalPat = 'KEYEXAMPLE\\portal-pat';

const secondTeam = 'Second team';

/** Gives the service account its role and the permissions of a story, or takes the role away. */
function setRole(
  stage: Stage,
  hasRole: boolean,
  permissions: readonly string[] = serviceAccount.permissions,
): void {
  const roles = [...(hasRole ? serviceAccount.roles : []), secondTeam];
  stage.command.addIdentity({ ...serviceAccount, roles, permissions });
}

/** Lets a run wait for another role of the account, which it keeps, so that something can be read all the time. */
async function askSecondTeam(stage: Stage): Promise<void> {
  stage.command.addDefinition({
    displayName: 'Second look',
    workflowType: 'Enrollment',
    steps: [
      {
        extensionName: 'RequireApproval',
        uniqueName: 'RequireApproval1',
        displayName: 'Second look',
        roles: [secondTeam],
        minimumApprovals: 1,
      },
    ],
  });
  await askForCertificate(stage, { definition: 'Second look', host: 'second.keyexample.com' });
  await stage.observe();
}

/** Lists who has edited or posted what, so that a card that is edited shows. */
const cards = (stage: Stage) =>
  stage.slack.messages(places.pki).map((card) => ({ text: textOf(card), buttons: buttonsOf(card) }));

describe.each(transports)('what Command does not show for a moment, over %s', (transport) => {
  it.each([
    ['every 5 s', 5_000, serviceAccount.permissions],
    ['every 15 s', 15_000, pendingOnly],
    ['every 5 min', 300_000, pendingOnly],
    ['every 5 min with the right to read everything', 300_000, serviceAccount.permissions],
  ])('changes no card when a role is gone for 30 s, polled %s', async (_how, everyMs, permissions) => {
    const stage = await openStage(transport, { quorum: 2, approveWith: 'one-click' });
    setRole(stage, true, permissions);
    const id = await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /1 of 2/);
    await stage.observeAfter(everyMs);
    const before = cards(stage);
    setRole(stage, false, permissions);
    for (let goneMs = 0; goneMs < 30_000; goneMs += everyMs) {
      await stage.observeAfter(everyMs);
      expect(cards(stage)).toEqual(before);
    }
    setRole(stage, true, permissions);
    await stage.observeAfter(everyMs);
    await stage.observeAfter(everyMs);
    expect(cards(stage)).toEqual(before);
    await click(stage, 'li', theCard(stage), 'approve');
    await stage.command.waitFor(() => stage.command.instance(id).status === 'Complete');
    await cardSaying(stage, /Ana Ruiz/);
    await stage.close();
  });

  it('keeps a decision made while the role is gone, and sends it when it is back', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click' });
    setRole(stage, true, pendingOnly);
    const id = await askForCertificate(stage);
    await stage.observe();
    setRole(stage, false, pendingOnly);
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /Undo/);
    setRole(stage, true);
    await stage.observeAfter(15_000);
    await cardSaying(stage, /Approved by Ana Ruiz/);
    expect(stage.command.instance(id).status).toBe('Complete');
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [byTheBot] });
  });

  it('takes its card and its votes up again when it is found as it was', async () => {
    const stage = await openStage(transport, { quorum: 2, approveWith: 'one-click' });
    setRole(stage, true, pendingOnly);
    const id = await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /1 of 2/);
    await askSecondTeam(stage);
    setRole(stage, false, pendingOnly);
    await stage.observeAfter(15_000);
    await stage.observeAfter(60_000);
    await cardSaying(stage, /cannot see the result/);
    await privateWord(
      stage,
      'ana',
      /was not sent.*read the request again and it has not changed, your approval counts again/s,
    );
    setRole(stage, true);
    await stage.observeAfter(15_000);
    const card = await cardSaying(stage, /1 of 2/);
    expect(buttonsOf(card)).toContain('Approve');
    await click(stage, 'li', card, 'approve');
    await cardSaying(stage, /Approved by Ana Ruiz and Li Wei/);
    expect(stage.command.instance(id).status).toBe('Complete');
    await finish(stage, {
      posts: { pki: 2, '@ana': 1, '@sam': 2, ops: 1 },
      answers: { ana: 1 },
      signals: [byTheBot],
    });
  });

  it('starts with no votes when it has changed while it was hidden', async () => {
    const stage = await openStage(transport, { quorum: 2, approveWith: 'one-click' });
    setRole(stage, true, pendingOnly);
    const id = await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /1 of 2/);
    await askSecondTeam(stage);
    setRole(stage, false, pendingOnly);
    await stage.observeAfter(15_000);
    await stage.observeAfter(60_000);
    await cardSaying(stage, /cannot see the result/);
    stage.command.changeData(id, { Template: 'Code Signing' });
    setRole(stage, true);
    await stage.observeAfter(15_000);
    const card = await cardSaying(stage, /Code Signing.*0 of 2/s);
    expect(card.ts).not.toBe(stage.slack.messages(places.pki)[0]?.ts);
    await stage.close();
  });

  it.each([
    ['one', ['a.keyexample.com'], /The only open approval/],
    ['two', ['a.keyexample.com', 'b.keyexample.com'], /None of the 2 open approvals/],
  ])(
    'tells the operators alone, once, while nothing at all of %s that waits can be read',
    async (_count, hosts, shown) => {
      const stage = await openStage(transport);
      setRole(stage, true, pendingOnly);
      for (const host of hosts) await askForCertificate(stage, { host });
      await stage.observe();
      const before = cards(stage);
      setRole(stage, false, pendingOnly);
      for (let polls = 0; polls < 8; polls += 1) await stage.observeAfter(60_000);
      expect(cards(stage)).toEqual(before);
      await cardSaying(stage, shown, places.ops);
      setRole(stage, true, pendingOnly);
      await stage.observeAfter(15_000);
      expect(cards(stage)).toEqual(before);
      await finish(stage, { posts: { pki: hosts.length, ops: 1 }, signals: [] });
    },
  );

  it('says of a held decision that its run cannot be read, and of an answer what it is, not that nobody answers', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click' });
    setRole(stage, true, pendingOnly);
    await askForCertificate(stage);
    await stage.observe();
    setRole(stage, false, pendingOnly);
    await click(stage, 'ana', theCard(stage), 'approve');
    const held = await cardSaying(stage, /Command does not let Countersign read the run; trying until/);
    expect(textOf(held)).not.toMatch(/cannot be reached/);
    stage.command.addIdentity({ ...serviceAccount, password: 'another' });
    stage.log.expectError(/./);
    await stage.observeAfter(15_000);
    const refused = await cardSaying(stage, /Command refused the sign-in \(401\); trying until/);
    expect(textOf(refused)).not.toMatch(/cannot be reached/);
    await stage.close();
  });

  it('ends nothing at once after a signal was accepted, and says in the end only that it was', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click' });
    setRole(stage, true, pendingOnly);
    const id = await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /Command accepted it.*its effect is not known yet/s);
    expect(stage.command.instance(id).status).toBe('Complete');
    await stage.observeAfter(15_000);
    await cardSaying(stage, /Command accepted it.*its effect is not known yet/s);
    await stage.observeAfter(60_000);
    const card = await cardSaying(
      stage,
      /Command accepted it, but Countersign's service account cannot see the result/,
    );
    expect(textOf(card)).not.toMatch(/Approved by|No longer waiting/);
    await finish(stage, { posts: { pki: 1, ops: 1, '@sam': 1 }, signals: [byTheBot] });
  });
});

describe.each(transports)('a system that answers and cannot be read, over %s', (transport) => {
  it.each([
    ['access', /refused access \(403\)/, { permissions: [] }],
    ['the sign-in', /refused the sign-in \(401\)/, { password: 'another' }],
  ])('is told as what it is, not as silent: it refuses %s', async (_what, shown, change) => {
    const stage = await openStage(transport, { operators: ['ana'] });
    await askForCertificate(stage);
    await stage.observe();
    const before = cards(stage);
    stage.command.addIdentity({ ...serviceAccount, ...change });
    for (let polls = 0; polls < 4; polls += 1) await stage.observeAfter(15_000);
    const notice = await cardSaying(stage, shown, places.ops);
    expect(textOf(notice)).not.toMatch(/has not answered/);
    expect(cards(stage)).toEqual(before);
    await type(stage, 'ana', 'doctor');
    const reply = await privateWord(stage, 'ana', shown);
    expect(textOf(reply)).not.toMatch(/no answer/);
    stage.command.addIdentity(serviceAccount);
    await stage.observeAfter(15_000);
    await cardSaying(stage, /can be read again/, places.ops);
    await stage.close();
  });
});

describe.each(transports)('votes on what goes on without them, over %s', (transport) => {
  it('says on the card who stopped the run by a command', async () => {
    const stage = await openStage(transport, { operators: ['ana'] });
    const id = await askForCertificate(stage);
    await stage.observe();
    setRole(stage, true, [...serviceAccount.permissions, '/workflows/instances/manage/']);
    await type(stage, 'ana', `stop ${id}`);
    await confirm(stage, 'ana', await proposal(stage, 'ana', /cannot be undone/));
    await stage.command.waitFor(() => stage.command.instance(id).status === 'Rejected');
    await stage.observeAfter(15_000);
    await cardSaying(stage, /Stopped by Ana Ruiz/);
    await stage.close();
  });

  it('tells those who voted that their approval was not sent when the portal decided', async () => {
    const stage = await openStage(transport, { quorum: 2, approveWith: 'one-click' });
    const id = await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /1 of 2/);
    await stage.command.decideInPortal(id, portalPat, true);
    await stage.observeAfter(15_000);
    await privateWord(stage, 'ana', /was not sent.*Decided in Command, not here/s);
    await finish(stage, {
      posts: { pki: 1, '@ana': 1, '@sam': 1 },
      answers: { ana: 1 },
      signals: [`approve by ${portalPat}`],
    });
  });
});
