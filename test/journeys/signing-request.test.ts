import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Openssl, openOpenssl } from '../backends/keyfactor/facts/openssl.js';
import {
  buttonsOf,
  cardSaying,
  click,
  modalOf,
  privateWord,
  textOf,
  theCard,
} from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, transports } from '../support/stage/open-stage.js';

const host = 'app.keyexample.com';
const upn = 'otherName:1.3.6.1.4.1.311.20.2.3;UTF8:administrator@keyexample.com';

let openssl: Openssl;
beforeAll(() => {
  openssl = openOpenssl();
});
afterAll(() => openssl.close());

/** Asks for a certificate with these names and extensions; the key is the same each time. */
const requestWith = (names: readonly string[], ...extensions: readonly string[]) =>
  openssl.request({
    key: 'prime256v1',
    subject: [`CN=${host}`],
    extensions: [`subjectAltName=${[`DNS:${host}`, ...names].join(',')}`, ...extensions],
  });

describe.each(transports)('what a signing request asks for, over %s', (transport) => {
  it('is on the card whole: a login and a CA certificate, each pointed out, and in Details as well', async () => {
    const stage = await openStage(transport);
    const id = await askForCertificate(stage);
    stage.command.changeData(id, { CSR: requestWith([upn], 'basicConstraints=critical,CA:TRUE') });
    await stage.observe();
    const shown = [
      'UPN administrator@keyexample.com',
      'Asks for a CA certificate',
      'includes a sign-in name: `UPN administrator@keyexample.com`',
      'requests a CA certificate, which can issue others',
    ];
    const card = theCard(stage);
    for (const texts of shown) expect(textOf(card)).toContain(texts);
    await click(stage, 'ana', card, 'details');
    const details = JSON.stringify((await modalOf(stage, 'ana')).view);
    for (const texts of [...shown, 'SHA-256 with ECDSA, matches the key']) expect(details).toContain(texts);
    await finish(stage, { posts: { pki: 1 }, signals: [] });
  });

  it('is what votes are about: exchanging it voids them, though key and names stay', async () => {
    const stage = await openStage(transport, { quorum: 2, approveWith: 'one-click' });
    const id = await askForCertificate(stage);
    stage.command.changeData(id, { CSR: requestWith([]) });
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /1 of 2/);
    stage.clock.advance(1_000);
    stage.command.changeData(id, { CSR: requestWith([], 'keyUsage=digitalSignature') });
    await stage.observeAfter(15_000);
    const changed = await cardSaying(stage, /has changed.*Signing request/s);
    expect(textOf(changed)).toContain('Key usage digitalSignature');
    await privateWord(stage, 'ana', /count/i);
    expect(buttonsOf(changed)).toContain('Approve');
    await finish(stage, { posts: { pki: 1, '@ana': 1 }, answers: { ana: 1 }, signals: [] });
  });
});
