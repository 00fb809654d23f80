import { describe, expect, it } from '@jest/globals';
import type { SeenMessage } from '../../../src/sandbox/slack/interactions.js';
import {
  clickAction,
  directMessage,
  goSignIn,
  linkFrom,
  linkIn,
  openBrowser,
} from '../../support/stage/browser.js';
import {
  buttonsOf,
  cardSaying,
  click,
  privateWord,
  submit,
  textOf,
  theCard,
} from '../../support/stage/cards.js';
import { askForCertificate } from '../../support/stage/enrollments.js';
import { finish } from '../../support/stage/finish.js';
import { expectNoSecrets, openPersonStage } from '../../support/stage/open-person-stage.js';
import { type Stage, transports } from '../../support/stage/open-stage.js';
import { places } from '../../support/stage/personas.js';

describe.each(transports)('deciding as oneself, over %s', (transport) => {
  it('asks to link first, takes the click up again, and Command records the person', async () => {
    const stage = await openPersonStage(transport, { approveWith: 'one-click' });
    const id = await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    const requested = await privateWord(stage, 'ana', /Nothing was decided/);
    expect(buttonsOf(requested)).toEqual(['Link my account']);
    expect(stage.command.instance(id).status).toBe('Suspended');
    const page = await openBrowser().open(linkIn(requested));
    expect(page.text).toMatch(/Ana Ruiz.*U0ANA.*Command/s);
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    const done = await linkFrom(stage, 'ana', requested);
    expect(done.text).toMatch(/Ana Ruiz in Slack is linked to KEYEXAMPLE\\aruiz in Command/);
    const goOn = await directMessage(stage, 'ana', /You are linked/);
    expect(textOf(goOn)).toMatch(/Approve.*app\.keyexample\.com/s);
    expect(stage.command.effectiveSignals).toEqual([]);
    await clickAction(stage, 'ana', goOn, 'command.decide.approve');
    await submit(stage, 'ana', '');
    await cardSaying(stage, /Approved by Ana Ruiz/);
    expect(stage.command.instance(id).status).toBe('Complete');
    expectNoSecrets(stage);
    await finish(stage, {
      posts: { pki: 1, '@ana': 1, '@sam': 1 },
      answers: { ana: 1 },
      signals: ['approve by KEYEXAMPLE\\aruiz'],
    });
  });

  it('learns by the link who somebody is whom the settings do not map', async () => {
    const stage = await openPersonStage(transport, { approveWith: 'one-click' });
    const una = 'KEYEXAMPLE\\una';
    stage.provider.addPerson({ username: una, name: 'Una' });
    const permissions = ['/workflows/instances/read/pending/'];
    stage.command.addIdentity({ name: una, roles: ['PKI Approvers'], permissions });
    await askForCertificate(stage);
    const own = await askForCertificate(stage, { requester: una, host: 'own.keyexample.com' });
    await stage.observe();
    await click(stage, 'una', cardAbout(stage, 'app'), 'approve');
    const requested = await privateWord(stage, 'una', /have not linked/);
    const browser = openBrowser();
    await browser.open(await goSignIn(stage, { browser, url: linkIn(requested), as: una }));
    await clickAction(stage, 'una', await directMessage(stage, 'una', /Approve/), 'command.decide.approve');
    await submit(stage, 'una', '');
    await cardSaying(stage, /Approved by Una Mapped/);
    await click(stage, 'una', cardAbout(stage, 'own'), 'approve');
    await privateWord(stage, 'una', /You requested this/);
    expect(stage.command.instance(own).status).toBe('Suspended');
    await finish(stage, {
      posts: { pki: 2, '@una': 1, '@sam': 1 },
      answers: { una: 2 },
      signals: [`approve by ${una}`],
    });
  });
});

function cardAbout(stage: Stage, host: string): SeenMessage {
  const card = stage.slack
    .messages(places.pki)
    .find((one) => one.isFromApp && textOf(one).includes(`CN=${host}.`));
  if (!card) throw new Error(`There is no card about ${host}`);
  return card;
}
