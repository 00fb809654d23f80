import { describe, expect, it } from '@jest/globals';
import {
  approve,
  buttonsOf,
  cardSaying,
  click,
  deny,
  modalOf,
  privateWord,
  submit,
  textOf,
  theCard,
} from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, transports } from '../support/stage/open-stage.js';
import { personas } from '../support/stage/personas.js';

const byTheBot = 'by KEYEXAMPLE\\svc-countersign';

describe.each(transports)('approving over %s', (transport) => {
  it('shows who asks for what, and what to look at', async () => {
    const stage = await openStage(transport);
    await askForCertificate(stage, { host: '*.elsewhere.example' });
    await stage.observe();
    const text = textOf(theCard(stage));
    for (const word of [
      'Enroll',
      'CN=*.elsewhere.example',
      'KEYEXAMPLE\\jsmith',
      personas.sam.realName,
      'Web Server 2y',
      'CorpIssuingCA1',
      'wildcard',
      '0 of 1',
      `<@${personas.ana.id}>`,
    ]) {
      expect(text).toContain(word);
    }
    expect(buttonsOf(theCard(stage))).toEqual(['Approve', 'Deny', 'Details', 'Ask', 'Open in Command']);
    await finish(stage, { posts: { pki: 1 }, signals: [] });
  });

  it('moves the workflow on when an approver approves, and says who did it', async () => {
    const stage = await openStage(transport);
    const id = await askForCertificate(stage);
    await stage.observe();
    await approve(stage, 'ana', theCard(stage), 'Checked with the web team');
    const card = await cardSaying(stage, /Approved by Ana Ruiz/);
    expect(stage.command.instance(id).status).toBe('Complete');
    expect(buttonsOf(card)).toEqual(['Details', 'Open in Command']);
    expect(stage.command.effectiveSignals[0]?.comment).toBe(
      '"Checked with the web team" — Approved by Ana Ruiz (KEYEXAMPLE\\aruiz) via Countersign',
    );
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [`approve ${byTheBot}`] });
  });

  it('denies with a reason, and tells the requester why', async () => {
    const stage = await openStage(transport);
    const id = await askForCertificate(stage);
    await stage.observe();
    await deny(stage, 'li', theCard(stage), 'This name belongs to another team');
    await cardSaying(stage, /Denied by Li Wei/);
    expect(stage.command.instance(id).status).toBe('Rejected');
    const reported = await privateWord(stage, 'sam', /Li Wei/);
    expect(textOf(reported)).toContain('This name belongs to another team');
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [`deny ${byTheBot}`] });
  });

  it('wants a reason for a denial and keeps the window open until there is one', async () => {
    const stage = await openStage(transport);
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'li', theCard(stage), 'deny');
    expect((await submit(stage, 'li', '   ')).result).not.toBe('closed');
    await finish(stage, { posts: { pki: 1 }, signals: [] });
  });

  it('says in the window by how much a comment is too long, and takes it once it fits', async () => {
    const stage = await openStage(transport);
    const id = await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    const tooLong = await submit(stage, 'ana', 'x'.repeat(499));
    expect(tooLong.result).not.toBe('closed');
    const fits = await submit(stage, 'ana', 'x'.repeat(400));
    expect(fits.result).toBe('closed');
    await cardSaying(stage, /Approved by Ana Ruiz/);
    expect(stage.command.instance(id).status).toBe('Complete');
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [`approve ${byTheBot}`] });
  });

  it('decides nothing when the window is closed', async () => {
    const stage = await openStage(transport);
    const id = await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'deny');
    const modal = await modalOf(stage, 'ana');
    await stage.slack.closeView({ as: personas.ana.id, viewId: modal.id });
    await stage.observe();
    expect(stage.command.instance(id).status).toBe('Suspended');
    expect(buttonsOf(theCard(stage))).toContain('Approve');
    await finish(stage, { posts: { pki: 1 }, signals: [] });
  });

  it('approves with one click where the rule says so', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click' });
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [`approve ${byTheBot}`] });
  });

  it('signals once when somebody clicks twice', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click' });
    await askForCertificate(stage);
    await stage.observe();
    const card = theCard(stage);
    await Promise.all([click(stage, 'ana', card, 'approve'), click(stage, 'ana', card, 'approve')]);
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await privateWord(stage, 'ana', /Ana Ruiz/);
    await finish(stage, {
      posts: { pki: 1, '@sam': 1 },
      answers: { ana: 1 },
      signals: [`approve ${byTheBot}`],
    });
  });

  it('tells the slower of two approvers who was first', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click' });
    await askForCertificate(stage);
    await stage.observe();
    const card = theCard(stage);
    await Promise.all([click(stage, 'ana', card, 'approve'), click(stage, 'li', card, 'approve')]);
    const decided = await cardSaying(stage, /Approved by (Ana Ruiz|Li Wei)/);
    const first = /Approved by Ana/.test(textOf(decided)) ? 'Ana Ruiz' : 'Li Wei';
    const slower = first === 'Ana Ruiz' ? 'li' : 'ana';
    await privateWord(stage, slower, new RegExp(first));
    await finish(stage, {
      posts: { pki: 1, '@sam': 1 },
      answers: { [slower]: 1 },
      signals: [`approve ${byTheBot}`],
    });
  });

  it('keeps every copy of a card true', async () => {
    const stage = await openStage(transport, { alsoTo: ['ana', 'li'] });
    await askForCertificate(stage);
    await stage.observe();
    await approve(stage, 'ana', theCard(stage, stage.slack.im(personas.ana.id).id));
    await cardSaying(stage, /Approved by Ana Ruiz/);
    const copy = await cardSaying(stage, /Approved by Ana Ruiz/, stage.slack.im(personas.li.id).id);
    expect(buttonsOf(copy)).not.toContain('Approve');
    await finish(stage, {
      posts: { pki: 1, '@ana': 1, '@li': 1, '@sam': 1 },
      signals: [`approve ${byTheBot}`],
    });
  });
});
