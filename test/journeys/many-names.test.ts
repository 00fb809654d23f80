import { describe, expect, it } from '@jest/globals';
import { cardSaying, click, modalOf, submit, textOf, theCard } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, type Stage, transports } from '../support/stage/open-stage.js';
import { personas, places } from '../support/stage/personas.js';

const hosts = (count: number, zone = 'keyexample.com') =>
  Array.from({ length: count }, (_, at) => `host-${String(at).padStart(4, '0')}.${zone}`);

/** Asks for a certificate for names beside those of the signing request. */
async function askFor(stage: Stage, names: readonly string[]): Promise<string> {
  const id = await askForCertificate(stage);
  stage.command.changeData(id, { SANs: names.map((name) => `dns=${name}`).join('&') });
  return id;
}

/** Clicks a button in the modal on top, and gives the modal then on top once it is another. */
async function clickOn(stage: Stage, actionId: string) {
  const before = await modalOf(stage, 'ana');
  await stage.slack.clickInView({ as: personas.ana.id, viewId: before.id, actionId });
  return stage.slack.waitFor(
    () => {
      const top = stage.slack.views(personas.ana.id).at(-1);
      return top && JSON.stringify(top.view) !== JSON.stringify(before.view) ? top : undefined;
    },
    { whatFor: 'another modal' },
  );
}

const textIn = (modal: { readonly view: object }) => JSON.stringify(modal.view);

describe.each(transports)('a run that waits at a step nobody names, over %s', (transport) => {
  it('gets no card, which the operators are told once and why; and one as soon as the step is named', async () => {
    const stage = await openStage(transport);
    stage.command.change({ namesSteps: false });
    await askForCertificate(stage);
    await stage.observe();
    await stage.observeAfter(15_000);
    const said = await cardSaying(stage, /No card for a run that waits in Command/, places.ops);
    expect(textOf(said)).toContain("doesn't name the step it is waiting at");
    stage.command.change({ namesSteps: true });
    await stage.observeAfter(15_000);
    await cardSaying(stage, /Approval needed/);
    await finish(stage, { posts: { ops: 1, pki: 1 }, signals: [] });
  });
});

describe.each(transports)('a request with many names, over %s', (transport) => {
  it('shows every one of them in Details, page by page, and back again', async () => {
    const stage = await openStage(transport);
    const names = hosts(1_000, `${`${'x'.repeat(50)}.`.repeat(3)}keyexample.com`);
    await askFor(stage, names);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'details');
    const pages = [textIn(await modalOf(stage, 'ana'))];
    while (pages.at(-1)?.includes('Next page'))
      pages.push(textIn(await clickOn(stage, 'approval.page-after')));
    expect(pages.length).toBeGreaterThan(1);
    expect(names.filter((name) => !pages.some((page) => page.includes(name)))).toEqual([]);
    expect(textIn(await clickOn(stage, 'approval.page-before'))).toContain(`Details ${pages.length - 1}/`);
    await finish(stage, { posts: { pki: 1 }, signals: [] });
  });

  it('folds the rest of them away, and one click opens the window that shows them all', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click' });
    const names = hosts(60);
    await askFor(stage, names);
    await stage.observe();
    const card = theCard(stage);
    // The name of the signing request itself comes first.
    expect(card.blocks.find(({ type }) => type === 'container')).toMatchObject({
      title: { text: '41 more names' },
    });
    expect(card.text).toMatch(/\n41 more in Details$/);
    await click(stage, 'ana', card, 'approve');
    const window = textIn(await modalOf(stage, 'ana'));
    expect(names.filter((name) => !window.includes(name))).toEqual([]);
    await submit(stage, 'ana', '');
    const over = textOf(await cardSaying(stage, /Approved by Ana Ruiz/));
    expect(over).toContain(names[0]);
    expect(over).toContain('EC P-256');
    await finish(stage, {
      posts: { pki: 1, '@sam': 1 },
      signals: ['approve by KEYEXAMPLE\\svc-countersign'],
    });
  });

  it('leads from the window to Details where even that has no room, and back to what was typed', async () => {
    const stage = await openStage(transport);
    const names = hosts(1_000, `${`${'x'.repeat(50)}.`.repeat(3)}keyexample.com`);
    await askFor(stage, names);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    expect(textIn(await modalOf(stage, 'ana'))).toMatch(/\+\d+ more in Details/);
    const above = await clickOn(stage, 'approval.details');
    expect(textIn(above)).toContain('Details 1/');
    await clickOn(stage, 'approval.page-after');
    await stage.slack.closeView({ as: personas.ana.id, viewId: above.id });
    await submit(stage, 'ana', 'all of them are ours');
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await finish(stage, {
      posts: { pki: 1, '@sam': 1 },
      signals: ['approve by KEYEXAMPLE\\svc-countersign'],
    });
  });

  it('is shown without what folds where Slack refuses that, which is asked only once', async () => {
    const stage = await openStage(transport);
    const fault = stage.slack.fail({
      method: 'chat.postMessage',
      fault: 'invalid_blocks',
      times: 2,
      when: ({ blocks }) => JSON.stringify(blocks).includes('container'),
    });
    await askFor(stage, hosts(60));
    await stage.observe();
    const card = theCard(stage);
    expect(card.blocks.some(({ type }) => type === 'container')).toBe(false);
    expect(textOf(card)).toContain('+41 more in Details');
    expect(textOf(card)).toContain(hosts(19).at(-1));
    await askFor(stage, hosts(61));
    await stage.observeAfter(15_000);
    await cardSaying(stage, /\+42 more in Details/);
    expect(fault.remaining()).toBe(1);
    await finish(stage, { posts: { pki: 2 }, signals: [] });
  });
});
