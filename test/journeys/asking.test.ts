import { describe, expect, it } from '@jest/globals';
import type { SeenMessage } from '../../src/sandbox/slack/interactions.js';
import { ask } from '../support/stage/ask.js';
import { approve, cardSaying, click, privateWord, submit, textOf, theCard } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, type Stage, transports } from '../support/stage/open-stage.js';
import { type Actor, personas } from '../support/stage/personas.js';

const hourMs = 60 * 60_000;

async function askSam(stage: Stage, actor: Actor, text: string) {
  await click(stage, actor, theCard(stage), 'ask');
  return submit(stage, actor, text);
}

/** The direct message in which Sam is asked something. */
function questionToSam(stage: Stage, text: RegExp): Promise<SeenMessage> {
  return stage.slack.waitFor(
    () =>
      stage.slack
        .messages(stage.slack.im(personas.sam.id).id)
        .find((one) => textOf(one).includes('question.answer') && text.test(textOf(one))),
    { whatFor: `a question to Sam: ${text}` },
  );
}

function clickReply(stage: Stage, actor: Actor, { channel, ts, blocks }: SeenMessage) {
  return stage.slack.click({
    as: personas[actor].id,
    channel,
    ts,
    actionId: 'question.answer',
    from: blocks,
  });
}

async function replyAs(stage: Stage, message: SeenMessage, text: string) {
  await clickReply(stage, 'sam', message);
  return submit(stage, 'sam', text);
}

describe.each(transports)('a question to the requester, over %s', (transport) => {
  it('stands on the card with its answer, in what Command stores, and on record', async () => {
    const stage = await openStage(transport, { approvers: ['ana', 'li'], operators: ['ana'] });
    await askForCertificate(stage);
    await stage.observe();
    await askSam(stage, 'ana', 'Why a new key?');
    await cardSaying(stage, /Ana Ruiz asked:.*Why a new key\?.*has not answered yet/s);
    await replyAs(
      stage,
      await questionToSam(stage, /Ana Ruiz asks about your request/),
      'The old one is lost.',
    );
    await privateWord(stage, 'sam', /Thank you\. Your answer/);
    const card = await cardSaying(stage, /The requester answered:.*The old one is lost\./s);
    await privateWord(stage, 'ana', /has answered your question.*The old one is lost\./s);
    await approve(stage, 'li', card, 'Fine');
    await cardSaying(stage, /Approved by Li Wei/);
    expect(textOf(theCard(stage))).toContain('The old one is lost.');
    expect(stage.command.effectiveSignals[0]?.comment).toBe(
      '"Fine" — Approved by Li Wei (KEYEXAMPLE\\lwei) via Countersign [asked: "Why a new key?", answered: "The old one is lost."]',
    );
    const [code = ''] = /K\d{3}/.exec(textOf(card)) ?? [];
    await ask(stage, {
      line: `history ${code}`,
      shows: /Sam Smith answered: “The old one is lost\.”.*asked the requester: “Why a new key\?”/s,
    });
    await stage.close();
  });

  it('is asked only by those who can decide, and answered once', async () => {
    const stage = await openStage(transport, { approvers: ['ana'] });
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'bo', theCard(stage), 'ask');
    await privateWord(stage, 'bo', /Only those who can decide can ask/);
    await askSam(stage, 'ana', 'Why?');
    const message = await questionToSam(stage, /Why\?/);
    await replyAs(stage, message, 'Because.');
    await cardSaying(stage, /Because\./);
    await clickReply(stage, 'sam', message);
    await privateWord(stage, 'sam', /answered that already/);
    await stage.close();
  });

  it('says at once that nobody in Slack is known to be the requester', async () => {
    const stage = await openStage(transport, { approvers: ['ana'] });
    await askForCertificate(stage, { requester: 'KEYEXAMPLE\\nobody' });
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'ask');
    await privateWord(stage, 'ana', /Nobody was asked: Countersign does not know who the requester/);
    await finish(stage, { posts: { pki: 1 }, answers: { ana: 1 }, signals: [] });
  });

  it('pauses reminders until it is answered, and none that go by a date', async () => {
    const stage = await openStage(transport, { approvers: ['ana'], undecided: { remind: ['2h', '4h'] } });
    await askForCertificate(stage);
    await stage.observe();
    await askSam(stage, 'ana', 'Why?');
    const message = await questionToSam(stage, /Why\?/);
    const reminders = () =>
      stage.slack.messages(stage.slack.im(personas.ana.id).id).filter((one) => textOf(one).includes('⏰'));
    await stage.observeAfter(3 * hourMs);
    expect(reminders()).toEqual([]);
    await replyAs(stage, message, 'Because.');
    await stage.observeAfter(hourMs);
    expect(reminders()).toHaveLength(1);
    await stage.close();
  });

  it('cannot be asked once it is decided, nor answered', async () => {
    const stage = await openStage(transport, { approvers: ['ana'] });
    await askForCertificate(stage);
    await stage.observe();
    const before = theCard(stage);
    await askSam(stage, 'ana', 'Why?');
    const message = await questionToSam(stage, /Why\?/);
    await approve(stage, 'ana', theCard(stage));
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await clickReply(stage, 'sam', message);
    await privateWord(stage, 'sam', /no longer open for decisions/);
    await click(stage, 'ana', before, 'ask');
    await privateWord(stage, 'ana', /no longer open for decisions/);
    await stage.close();
  });
});
