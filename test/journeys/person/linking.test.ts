import { describe, expect, it } from '@jest/globals';
import { directMessage, linkFrom, linkIn, openBrowser, pressAction } from '../../support/stage/browser.js';
import {
  buttonsOf,
  cardSaying,
  press,
  privateWord,
  submit,
  textOf,
  theCard,
} from '../../support/stage/cards.js';
import { askForCertificate } from '../../support/stage/enrolments.js';
import { finish } from '../../support/stage/finish.js';
import { expectNoSecrets, openPersonStage } from '../../support/stage/open-person-stage.js';
import { transports } from '../../support/stage/open-stage.js';

describe.each(transports)('deciding as oneself, over %s', (transport) => {
  it('asks to link first, takes the click up again, and Command records the person', async () => {
    const stage = await openPersonStage(transport, { approveWith: 'one-click' });
    const id = await askForCertificate(stage);
    await stage.observe();
    await press(stage, 'ana', theCard(stage), 'approve');
    const asked = await privateWord(stage, 'ana', /Nothing was decided/);
    expect(buttonsOf(asked)).toEqual(['Link my account']);
    expect(stage.command.instance(id).status).toBe('Suspended');
    const page = await openBrowser().open(linkIn(asked));
    expect(page.text).toMatch(/Ana Ruiz.*U0ANA.*Command/s);
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    const done = await linkFrom(stage, 'ana', asked);
    expect(done.text).toMatch(/Ana Ruiz in Slack is linked to KEYEXAMPLE\\aruiz in Command/);
    const goOn = await directMessage(stage, 'ana', /You are linked/);
    expect(textOf(goOn)).toMatch(/Approve.*app\.keyexample\.com/s);
    expect(stage.command.effectiveSignals).toEqual([]);
    await pressAction(stage, 'ana', goOn, 'command.decide.approve');
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
});
