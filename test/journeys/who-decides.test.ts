import { describe, expect, it } from '@jest/globals';
import { ask } from '../support/stage/ask.js';
import { cardSaying, click, submit, textOf, theCard } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, transports } from '../support/stage/open-stage.js';
import { personas } from '../support/stage/personas.js';

const mentioned = (text: string) => [...text.matchAll(/<@(\w+)>/g)].map(([, id]) => id);

describe.each(transports)('whom a card names, over %s', (transport) => {
  it('is who can decide, each once: no requester, no guest, nobody whose account is not known', async () => {
    const stage = await openStage(transport, { quorum: 2, operators: ['ana'] });
    await askForCertificate(stage);
    await stage.observe();
    const card = theCard(stage);
    expect(mentioned(JSON.stringify(card.blocks) + card.text)).toEqual([personas.ana.id, personas.li.id]);
    expect(textOf(card)).toContain('(Sam Smith)');
    const [code] = /[A-Z0-9]{4}(?=")/.exec(JSON.stringify(card.blocks[0])) ?? [];
    const status = await ask(stage, { line: `status ${code}`, shows: /Can still decide/ });
    expect(mentioned(textOf(status))).toEqual([personas.ana.id, personas.li.id]);
    await click(stage, 'ana', card, 'approve');
    await submit(stage, 'ana', '');
    const voted = await cardSaying(stage, /1 of 2/);
    expect(mentioned(JSON.stringify(voted.blocks) + voted.text)).toEqual([personas.li.id]);
    await finish(stage, { posts: { pki: 1 }, answers: { ana: 2 }, signals: [] });
  });

  it.each([
    ['channel', '<!channel>, Ana Ruiz, Li Wei'],
    ['nobody', 'PKI Approvers: Ana Ruiz, Li Wei'],
  ] as const)('is only named where the rule notifies: %s', async (notify, text) => {
    const stage = await openStage(transport, { notify });
    await askForCertificate(stage);
    await stage.observe();
    const card = theCard(stage);
    expect(textOf(card)).toContain(text);
    expect(mentioned(JSON.stringify(card.blocks) + card.text)).toEqual([]);
    await finish(stage, { posts: { pki: 1 }, signals: [] });
  });
});
