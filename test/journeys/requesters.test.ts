import { describe, expect, it } from '@jest/globals';
import { ask } from '../support/stage/ask.js';
import { approve, cardSaying, privateWord, textOf, theCard } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, type Stage, transports } from '../support/stage/open-stage.js';
import { type Actor, personas, places } from '../support/stage/personas.js';

const hourMs = 60 * 60_000;

function directMessages(stage: Stage, actor: Actor): readonly string[] {
  return stage.slack.messages(stage.slack.im(personas[actor].id).id).map(textOf);
}

describe.each(transports)('whoever asked for something, over %s', (transport) => {
  it('sees where it stands, without any rule', async () => {
    const stage = await openStage(transport, { approvers: ['ana', 'li'], quorum: 2 });
    await askForCertificate(stage);
    await askForCertificate(stage, { host: 'other.keyexample.com', requester: personas.bo.identity });
    await stage.observe();
    const said = textOf(await ask(stage, { as: 'sam', line: 'mine', shows: /app\.keyexample\.com/ }));
    expect(said).not.toContain('other.keyexample.com');
    await ask(stage, { as: 'li', line: 'mine', shows: /You have no open requests/ });
    await finish(stage, { posts: { pki: 2 }, answers: { sam: 1, li: 1 }, signals: [] });
  });

  it('has those reminded who can still decide, once in a while', async () => {
    const stage = await openStage(transport, {
      approvers: ['ana', 'li', 'sam'],
      quorum: 2,
      undecided: { nudgeEvery: '1h' },
    });
    await askForCertificate(stage);
    await stage.observe();
    const code = /K\d{3}/.exec(textOf(theCard(stage)))?.[0];
    await approve(stage, 'ana', theCard(stage));
    await cardSaying(stage, /1 of 2/);
    await ask(stage, {
      as: 'sam',
      line: `nudge ${code}`,
      shows: /One person who can decide gets a reminder/,
    });
    await privateWord(stage, 'li', /The requester of .*app\.keyexample\.com.* sends you this reminder/);
    await ask(stage, { as: 'sam', line: `nudge ${code}`, shows: /You already reminded/ });
    await stage.observeAfter(hourMs);
    await ask(stage, {
      as: 'sam',
      line: `nudge ${code}`,
      shows: /One person who can decide gets a reminder/,
    });
    await stage.bot().deliver();
    expect(directMessages(stage, 'li')).toHaveLength(2);
    expect(directMessages(stage, 'ana')).toHaveLength(0);
    await stage.close();
  });

  it('cannot flood people by nudging about each of many requests', async () => {
    const stage = await openStage(transport, { approvers: ['ana'] });
    for (const host of ['a', 'b', 'c']) await askForCertificate(stage, { host: `${host}.keyexample.com` });
    await stage.observe();
    const codes = stage.slack.messages(places.pki).flatMap((card) => /K\d{3}/.exec(textOf(card))?.[0] ?? []);
    expect(codes).toHaveLength(3);
    const [first, ...others] = codes;
    await ask(stage, {
      as: 'sam',
      line: `nudge ${first}`,
      shows: /One person who can decide gets a reminder/,
    });
    for (const code of others)
      await ask(stage, { as: 'sam', line: `nudge ${code}`, shows: /You already reminded/ });
    await stage.bot().deliver();
    expect(directMessages(stage, 'ana')).toHaveLength(1);
    await stage.observeAfter(10 * 60_000);
    await ask(stage, {
      as: 'sam',
      line: `nudge ${others[0]}`,
      shows: /One person who can decide gets a reminder/,
    });
    await stage.bot().deliver();
    expect(directMessages(stage, 'ana')).toHaveLength(2);
    await stage.close();
  });

  it('has nobody reminded of what others asked for, or of what is decided', async () => {
    const stage = await openStage(transport, { approvers: ['ana', 'li'] });
    await askForCertificate(stage);
    await stage.observe();
    const code = /K\d{3}/.exec(textOf(theCard(stage)))?.[0];
    await ask(stage, { as: 'bo', line: `nudge ${code}`, shows: /None of your open requests has the code/ });
    await approve(stage, 'ana', theCard(stage));
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await ask(stage, { as: 'sam', line: `nudge ${code}`, shows: /None of your open requests has the code/ });
    await stage.close();
  });

  it('hears of it at the start where the rule says so, and not at all where it says that', async () => {
    const stage = await openStage(transport, { approvers: ['ana'], undecided: { notifyRequester: 'start' } });
    await askForCertificate(stage);
    await stage.observe();
    await privateWord(stage, 'sam', /Your request waits for a decision/);
    await stage.restart({ approvers: ['ana'], undecided: { notifyRequester: 'nobody' } });
    await approve(stage, 'ana', theCard(stage));
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await finish(stage, {
      posts: { pki: 1, '@sam': 1 },
      signals: ['approve by KEYEXAMPLE\\svc-countersign'],
    });
  });
});
