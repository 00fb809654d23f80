import { describe, expect, it } from '@jest/globals';
import { buttonsOf, cardSaying, textOf } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrolments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, type Stage, transports } from '../support/stage/open-stage.js';
import { places, serviceAccount } from '../support/stage/personas.js';

const portalPat = 'KEYEXAMPLE\\portal-pat';

/** The account of the bot holds no role on any step, and may read. */
function takeRolesAway(stage: Stage): void {
  stage.command.addIdentity({ ...serviceAccount, roles: [] });
}

/** Lists what was asked of Command besides reading. */
function writesIn(stage: Stage): readonly string[] {
  return stage.command.requests
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${path}`);
}

describe.each(transports)('shadow mode over %s', (transport) => {
  it('posts what would be asked to one channel, without buttons that decide, and mentions nobody', async () => {
    const stage = await openStage(transport, { isShadow: true, alsoTo: ['ana'] });
    takeRolesAway(stage);
    await askForCertificate(stage);
    await stage.observe();
    const card = await cardSaying(stage, /Approval needed/, places.shadow);
    expect(buttonsOf(card)).toEqual(['Details', 'Open in Command']);
    const text = textOf(card);
    expect(text).toContain('Shadow: decide in Command');
    expect(text).toMatch(/In live mode this would be posted to <#C0PKI>.*Ana Ruiz/);
    expect(`${text}${card.text}`).not.toMatch(/<@|<!(channel|here|everyone|subteam)/);
    expect(writesIn(stage)).toEqual([]);
    await finish(stage, { posts: { shadow: 2 }, signals: [] });
  });

  it('says on its message that the portal decided, and tells nobody', async () => {
    const stage = await openStage(transport, { isShadow: true });
    takeRolesAway(stage);
    const id = await askForCertificate(stage);
    await stage.observe();
    await stage.command.decideInPortal(id, portalPat, true);
    await stage.observeAfter(42 * 60_000);
    await cardSaying(stage, /Decided in Command, not here/, places.shadow);
    expect(writesIn(stage)).toEqual([]);
    await finish(stage, { posts: { shadow: 2 }, signals: [`approve by ${portalPat}`] });
  });
});
