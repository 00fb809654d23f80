import { describe, expect, it } from '@jest/globals';
import { cardSaying, modalOf, privateWord, textOf } from '../support/stage/cards.js';
import { type } from '../support/stage/commands.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { clickInHome, homeSaying, openHome, submitSeveral, viewText } from '../support/stage/homes.js';
import { openStage, type Stage, transports } from '../support/stage/open-stage.js';
import { personas } from '../support/stage/personas.js';

const byTheBot = 'by KEYEXAMPLE\\svc-countersign';

/** Asks for so many certificates, one after the other. */
async function askFor(stage: Stage, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at += 1)
    ids.push(await askForCertificate(stage, { host: `host-${String(at).padStart(2, '0')}.keyexample.com` }));
  return ids;
}

const statusOf = (stage: Stage) => (id: string) => stage.command.instance(id).status;

describe.each(transports)('approving several together, over %s', (transport) => {
  it('approves each for itself from the Home tab, and says which went through', async () => {
    const stage = await openStage(transport);
    const ids = await askFor(stage, 3);
    await stage.observe();
    await openHome(stage, 'ana', /Waiting for you: 3/);
    await clickInHome(stage, 'ana', 'several');
    const window = viewText(await modalOf(stage, 'ana'));
    for (const host of ['host-00', 'host-01', 'host-02']) expect(window).toContain(`${host}.keyexample.com`);
    expect(await submitSeveral(stage, 'ana', { comment: 'Renewals of this week' })).toMatchObject({
      result: 'closed',
    });
    await stage.command.waitFor(() => ids.every((id) => statusOf(stage)(id) === 'Complete'));
    await homeSaying(stage, 'ana', /Nothing waits for your decision/);
    await stage.bot().deliver();
    await privateWord(stage, 'ana', /You selected 3 requests under Approve several[\s\S]*Approved: 3/);
    const comments = stage.command.effectiveSignals.map(({ comment }) => comment);
    expect(comments).toHaveLength(3);
    for (const comment of comments) expect(comment).toMatch(/Renewals of this week.*Approved by Ana Ruiz/);
    await finish(stage, {
      posts: { pki: 3, '@sam': 3, '@ana': 1 },
      signals: Array.from({ length: 3 }, () => `approve ${byTheBot}`),
    });
  });

  it('sends twenty, one signal to each, within twenty seconds and without a refusal for speed', async () => {
    const stage = await openStage(transport);
    const ids = await askFor(stage, 20);
    await stage.observe();
    for (let second = 0; second < 40; second += 1) {
      stage.clock.advance(1_000);
      await stage.bot().deliver();
    }
    await openHome(stage, 'ana', /Waiting for you: 20/);
    await clickInHome(stage, 'ana', 'several');
    await modalOf(stage, 'ana');
    const sinceMs = stage.clock.now();
    await submitSeveral(stage, 'ana');
    const areSent = () => ids.every((id) => statusOf(stage)(id) === 'Complete');
    for (let second = 0; second < 20 && !areSent(); second += 1) {
      stage.clock.advance(1_000);
      await stage.observe();
    }
    expect(ids.filter((id) => statusOf(stage)(id) !== 'Complete')).toEqual([]);
    expect(stage.clock.now() - sinceMs).toBeLessThanOrEqual(20_000);
    expect(stage.command.requests.filter(({ status }) => status === 429)).toEqual([]);
    expect(stage.command.effectiveSignals).toHaveLength(20);
    await stage.close();
  });

  it('has nothing ticked when it opens, so that nothing is approved which nobody chose', async () => {
    const stage = await openStage(transport);
    await askFor(stage, 2);
    await stage.observe();
    await openHome(stage, 'ana', /Waiting for you: 2/);
    await clickInHome(stage, 'ana', 'several');
    const { view } = await modalOf(stage, 'ana');
    expect(JSON.stringify(view)).toContain('checkboxes');
    expect(JSON.stringify(view)).not.toContain('initial_options');
    expect(await submitSeveral(stage, 'ana', { without: [0, 1] })).toMatchObject({ result: 'errors' });
    await finish(stage, { posts: { pki: 2 }, signals: [] });
  });

  it('leaves out what is not chosen, and takes nothing the window does not show', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click' });
    await askFor(stage, 2);
    await stage.observe();
    await type(stage, 'ana', 'approvals');
    const list = await privateWord(stage, 'ana', /Waiting for your decision: 2/);
    const { channel, ts, blocks } = list;
    const as = personas.ana.id;
    await stage.slack.click({ as, channel, ts, actionId: 'command.approvals-several', from: blocks });
    await modalOf(stage, 'ana');
    await askForCertificate(stage, { host: 'later.keyexample.com' });
    await stage.observeAfter(15_000);
    await submitSeveral(stage, 'ana', { without: [1] });
    await stage.command.waitFor(() => stage.command.effectiveSignals.length === 1);
    await stage.bot().deliver();
    await privateWord(stage, 'ana', /Approved: 1/);
    await finish(stage, {
      posts: { pki: 3, '@sam': 1, '@ana': 1 },
      answers: { ana: 1 },
      signals: [`approve ${byTheBot}`],
    });
  });

  it('drops alone what has changed since the window was opened, and says why', async () => {
    const stage = await openStage(transport);
    const [first = '', second = ''] = await askFor(stage, 2);
    await stage.observe();
    await openHome(stage, 'ana', /Waiting for you: 2/);
    await clickInHome(stage, 'ana', 'several');
    await modalOf(stage, 'ana');
    stage.command.changeData(first, { Template: 'Code Signing' });
    await stage.observeAfter(15_000);
    await submitSeveral(stage, 'ana');
    await stage.command.waitFor(() => statusOf(stage)(second) === 'Complete');
    await stage.bot().deliver();
    const word = await privateWord(stage, 'ana', /You selected 2 requests under Approve several/);
    expect(textOf(word)).toMatch(/Approved: 1/);
    expect(textOf(word)).toMatch(/Not accepted, and waiting again; the card says why: 1\* .*host-00/s);
    await cardSaying(stage, /which has changed[\s\S]*host-00/);
    expect(statusOf(stage)(first)).toBe('Suspended');
    await finish(stage, {
      posts: { pki: 2, '@sam': 1, '@ana': 2 },
      signals: [`approve ${byTheBot}`],
    });
  });

  it('offers nothing that stands out, unless its rule says how much may', async () => {
    const stage = await openStage(transport);
    await askForCertificate(stage, { host: '*.keyexample.com' });
    await askForCertificate(stage, { host: 'plain.keyexample.com' });
    await askForCertificate(stage, { host: 'second.keyexample.com' });
    await stage.observe();
    await openHome(stage, 'ana', /Waiting for you: 3/);
    await clickInHome(stage, 'ana', 'several');
    const window = viewText(await modalOf(stage, 'ana'));
    expect(window).toContain('plain.keyexample.com');
    expect(window).not.toContain('*.keyexample.com');
    expect(window).toMatch(/1 more waits for you/);
    await stage.close();
  });

  it.each(['typed', 'portal-only'] as const)('is not offered where approvals are %s', async (approveWith) => {
    const stage = await openStage(transport, { approveWith });
    await askFor(stage, 2);
    await stage.observe();
    expect(viewText(await openHome(stage, 'ana', /Your requests/))).not.toContain('home.several');
    await stage.close();
  });

  it('is not offered where decisions are held, nor where a rule turns it off', async () => {
    const stage = await openStage(transport, { hold: '5s' });
    await askFor(stage, 2);
    await stage.observe();
    expect(viewText(await openHome(stage, 'ana', /Waiting for you: 2/))).not.toContain('home.several');
    await stage.restart({ bulkUpTo: 'off' });
    await stage.observeAfter(15_000);
    expect(viewText(await openHome(stage, 'ana', /Waiting for you: 2/))).not.toContain('home.several');
    await stage.close();
  });

  it('wants a reason where one of them does, and writes nothing down without it', async () => {
    const stage = await openStage(transport, { approveWith: 'reason' });
    await askFor(stage, 2);
    await stage.observe();
    await openHome(stage, 'ana', /Waiting for you: 2/);
    await clickInHome(stage, 'ana', 'several');
    expect((await submitSeveral(stage, 'ana')).result).not.toBe('closed');
    expect(await submitSeveral(stage, 'ana', { without: [0, 1], comment: 'all' })).toMatchObject({
      result: 'errors',
    });
    expect(stage.command.effectiveSignals).toHaveLength(0);
    expect(await submitSeveral(stage, 'ana', { comment: 'Planned' })).toMatchObject({ result: 'closed' });
    await stage.command.waitFor(() => stage.command.effectiveSignals.length === 2);
    await stage.close();
  });

  it('counts each towards its quorum', async () => {
    const stage = await openStage(transport, { quorum: 2 });
    await askFor(stage, 2);
    await stage.observe();
    await openHome(stage, 'ana', /Waiting for you: 2/);
    await clickInHome(stage, 'ana', 'several');
    await submitSeveral(stage, 'ana');
    await cardSaying(stage, /1 of 2/);
    await homeSaying(stage, 'ana', /You have voted on 2 more/);
    await stage.bot().deliver();
    await privateWord(stage, 'ana', /waiting for others: 2/);
    expect(stage.command.effectiveSignals).toHaveLength(0);
    await stage.close();
  });
});
