import { describe, expect, it } from '@jest/globals';
import type { SeenMessage } from '../../src/sandbox/slack/interactions.js';
import { describePostgres } from '../support/postgres/describe-postgres.js';
import { ask } from '../support/stage/ask.js';
import {
  approve,
  buttonsOf,
  cardSaying,
  click,
  privateWord,
  textOf,
  theCard,
} from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { clickInHome, homeSaying, openHome } from '../support/stage/homes.js';
import { openReplicas } from '../support/stage/open-replicas.js';
import { openStage, type Stage, transports } from '../support/stage/open-stage.js';
import { type Actor, personas, places } from '../support/stage/personas.js';
import type { StageRules } from '../support/stage/stage-settings.js';

const byTheBot = 'approve by KEYEXAMPLE\\svc-countersign';
const hourMs = 60 * 60_000;

function directMessages(stage: Pick<Stage, 'slack'>, actor: Actor): readonly SeenMessage[] {
  return stage.slack.messages(stage.slack.im(personas[actor].id).id);
}

const texts = (stage: Pick<Stage, 'slack'>, actor: Actor) => directMessages(stage, actor).map(textOf);

const opsSaying = (stage: Stage, text: RegExp) => cardSaying(stage, text, places.ops);

/** Ana leaves her place to Bo, who is no approver. */
async function leaveToBo(stage: Stage, span = '3d', more = ''): Promise<void> {
  const line = `away until ${span} to <@${personas.bo.id}|bo>${more}`;
  await ask(stage, {
    as: 'ana',
    line,
    shows: /You are away (?:through|until) .*Bo Stranger decides for you/s,
  });
  await stage.bot().deliver();
}

async function openAway(
  transport: Parameters<typeof openStage>[0],
  rules: StageRules = {},
  requester: string = personas.sam.identity,
): Promise<Stage> {
  const stage = await openStage(transport, { approvers: ['ana', 'li'], delegates: ['bo'], ...rules });
  await askForCertificate(stage, { requester });
  await stage.observe();
  return stage;
}

describe.each(transports)('an approver who is away, over %s', (transport) => {
  it('leaves their place to a delegate, who decides for them, and everybody concerned hears of it', async () => {
    const stage = await openAway(transport, { approveWith: 'one-click', quorum: 2 });
    await leaveToBo(stage);
    await privateWord(stage, 'bo', /Ana Ruiz is away (?:through|until) .* you are their delegate/);
    const own = await privateWord(stage, 'ana', /If you did not do this/);
    expect(buttonsOf(own)).toEqual(["That wasn't me"]);
    await opsSaying(stage, /Ana Ruiz is away (?:through|until) .*Bo Stranger decides for them/);
    await click(stage, 'bo', theCard(stage), 'approve');
    await cardSaying(stage, /1 of 2 \(Bo Stranger \(for Ana Ruiz\)\)/);
    await click(stage, 'li', theCard(stage), 'approve');
    await cardSaying(stage, /Approved by Bo Stranger \(for Ana Ruiz\) and Li Wei/);
    expect(stage.command.effectiveSignals[0]?.comment).toBe(
      'Approved by Bo Stranger (KEYEXAMPLE\\bo) for Ana Ruiz (KEYEXAMPLE\\aruiz), Li Wei (KEYEXAMPLE\\lwei) via Countersign',
    );
    await stage.bot().deliver();
    await finish(stage, {
      posts: { pki: 1, ops: 1, '@ana': 1, '@bo': 1, '@sam': 1 },
      answers: { ana: 1, bo: 1 },
      signals: [byTheBot],
    });
  });

  it('and their delegate count once, whoever votes first', async () => {
    const stage = await openAway(transport, { approveWith: 'one-click', quorum: 2 });
    await leaveToBo(stage);
    await click(stage, 'bo', theCard(stage), 'approve');
    await cardSaying(stage, /Bo Stranger \(for Ana Ruiz\)/);
    await click(stage, 'ana', theCard(stage), 'approve');
    await privateWord(stage, 'ana', /Bo Stranger has approved already for Ana Ruiz/);
    await askForCertificate(stage, { host: 'b.keyexample.com' });
    await stage.observe();
    const second = await cardSaying(stage, /b\.keyexample\.com/);
    await click(stage, 'ana', second, 'approve');
    await stage.slack.waitFor(
      () => textOf(stage.slack.message(second.channel, second.ts) ?? second).includes('Ana Ruiz)'),
      { whatFor: 'the vote of Ana' },
    );
    await click(stage, 'bo', second, 'approve');
    await privateWord(stage, 'bo', /Ana Ruiz has already approved, and you are their delegate/);
    expect(stage.command.effectiveSignals).toHaveLength(0);
    await stage.close();
  });

  it('is not represented by anybody about what either of the two asked for', async () => {
    const stage = await openAway(transport, { approveWith: 'one-click' }, personas.ana.identity);
    await leaveToBo(stage);
    await click(stage, 'bo', theCard(stage), 'approve');
    await privateWord(stage, 'bo', /You are deciding for Ana Ruiz, and this is or may be their own request/);
    await askForCertificate(stage, { host: 'b.keyexample.com', requester: personas.bo.identity });
    await stage.observe();
    await click(stage, 'bo', await cardSaying(stage, /b\.keyexample\.com/), 'approve');
    await privateWord(stage, 'bo', /You requested this/);
    expect(stage.command.effectiveSignals).toHaveLength(0);
    await stage.close();
  });

  it.each<[string, StageRules, string, RegExp]>([
    [
      'somebody the rule does not list',
      { delegates: ['sam'] },
      'away until 3d to <@U0BO>',
      /do not list them/,
    ],
    ['a guest', { delegates: ['gia'] }, 'away until 3d to <@U0GIA>', /only full members/],
    [
      'somebody no system knows',
      { delegates: ['una'] },
      'away until 3d to <@U0UNA>',
      /have no username for them/,
    ],
    ['themselves', { delegates: ['ana'] }, 'away until 3d to <@U0ANA>', /that is you/],
    [
      'anybody for a rule that is not theirs',
      {},
      'away until 3d to <@U0BO> for Web',
      /not an approver rule that names you/,
    ],
    ['anybody for more than 30 days', {}, 'away until 31d to <@U0BO>', /more than 30 days/],
    [
      'anybody until what is no date',
      {},
      'away until soon to <@U0BO>',
      /not a date Countersign understands\. Examples: .*2026-12-24/,
    ],
  ])('cannot leave their place to %s', async (_case, rules, line, shows) => {
    const stage = await openAway(transport, rules);
    await ask(stage, { as: 'ana', line, shows });
    await stage.bot().deliver();
    expect(texts(stage, 'ana')).toEqual([]);
    expect(texts(stage, 'bo')).toEqual([]);
    await stage.close();
  });

  it('cannot be somebody to whom another has only left their place', async () => {
    const stage = await openAway(transport, { delegates: ['bo', 'sam'] });
    await leaveToBo(stage);
    await ask(stage, { as: 'bo', line: 'away until 2d to <@U0SAM>', shows: /No approver rule names you/ });
    await stage.close();
  });

  it('is back by saying so, and a waiting vote in their seat is void', async () => {
    const stage = await openAway(transport, { approveWith: 'one-click', quorum: 2 });
    await leaveToBo(stage);
    await click(stage, 'bo', theCard(stage), 'approve');
    await cardSaying(stage, /Bo Stranger \(for Ana Ruiz\)/);
    await ask(stage, { as: 'ana', line: 'back', shows: /Welcome back/ });
    await stage.bot().deliver();
    await privateWord(stage, 'bo', /Your decision on .* no longer counts/);
    await privateWord(stage, 'bo', /Bo Stranger no longer decides for Ana Ruiz/);
    await cardSaying(stage, /0 of 2/);
    await click(stage, 'bo', theCard(stage), 'approve');
    await privateWord(stage, 'bo', /You are not one of the approvers/);
    await stage.close();
  });

  it('has a held decision of their delegate voided before it is sent, once they are back', async () => {
    const stage = await openAway(transport, { approveWith: 'one-click', hold: '1m' });
    await leaveToBo(stage);
    await click(stage, 'bo', theCard(stage), 'approve');
    await cardSaying(stage, /Bo Stranger \(for Ana Ruiz\)/);
    await ask(stage, { as: 'ana', line: 'back', shows: /Welcome back/ });
    await stage.observeAfter(61_000);
    await privateWord(stage, 'bo', /no longer counts/);
    expect(stage.command.effectiveSignals).toHaveLength(0);
    await stage.close();
  });

  it('is represented only to the date, which both and the operators are told', async () => {
    const stage = await openAway(transport, { approveWith: 'one-click' });
    await leaveToBo(stage, '1d');
    await stage.observeAfter(24 * hourMs + 1_000);
    await privateWord(stage, 'bo', /no longer decides .*The absence ended on its date/);
    await privateWord(stage, 'ana', /no longer decides for you\. The absence ended on its date/);
    await opsSaying(stage, /Bo Stranger no longer decides for Ana Ruiz\. The absence ended on its date/);
    await click(stage, 'bo', theCard(stage), 'approve');
    await privateWord(stage, 'bo', /You are not one of the approvers/);
    await stage.close();
  });

  it('is not represented any more once they are deactivated in Slack', async () => {
    const stage = await openAway(transport, { approveWith: 'one-click' });
    await leaveToBo(stage);
    stage.slack.deactivate(personas.ana.id);
    await click(stage, 'bo', theCard(stage), 'approve');
    await privateWord(stage, 'bo', /You are not one of the approvers/);
    await stage.observe();
    await privateWord(stage, 'bo', /One of the two is no longer a full member of this workspace/);
    expect(stage.command.effectiveSignals).toHaveLength(0);
    await stage.close();
  });

  it('hears that their delegate was deactivated in Slack, once Slack is next asked about that person', async () => {
    const stage = await openAway(transport, { approveWith: 'one-click', delegates: ['bo', 'sam'] });
    await leaveToBo(stage);
    stage.slack.deactivate(personas.bo.id);
    await ask(stage, { as: 'ana', line: 'away until 2d to <@U0BO>', shows: /only full members/ });
    await stage.observe();
    await privateWord(
      stage,
      'ana',
      /no longer decides .*One of the two is no longer a full member of this workspace/,
    );
    await opsSaying(stage, /One of the two is no longer a full member of this workspace/);
    await stage.close();
  });

  it('is not represented any more once their delegate says that a decision was not theirs', async () => {
    const stage = await openAway(transport, { approveWith: 'one-click', quorum: 2, receipts: 'all' });
    await leaveToBo(stage);
    await click(stage, 'bo', theCard(stage), 'approve');
    await cardSaying(stage, /1 of 2 \(Bo Stranger \(for Ana Ruiz\)\)/);
    await stage.bot().deliver();
    const { channel, ts } = await privateWord(stage, 'bo', /Receipt/);
    await stage.slack.click({ as: personas.bo.id, channel, ts, actionId: 'receipt.disown' });
    await cardSaying(stage, /0 of 2/);
    await privateWord(stage, 'ana', /Bo Stranger no longer decides for you.*suspended/s);
    await click(stage, 'li', theCard(stage), 'approve');
    await cardSaying(stage, /1 of 2 \(Li Wei\)/);
    await click(stage, 'bo', theCard(stage), 'approve');
    await privateWord(stage, 'bo', /rights in Countersign are suspended/);
    expect(stage.command.effectiveSignals).toHaveLength(0);
    await stage.close();
  });

  it('is not represented any more by somebody whose name in the system the settings no longer have', async () => {
    const rules = { approvers: ['ana', 'li'], delegates: ['bo'], approveWith: 'one-click' } as const;
    const stage = await openAway(transport, rules);
    await leaveToBo(stage);
    await stage.restart({ ...rules, unmapped: ['bo'] });
    await click(stage, 'bo', theCard(stage), 'approve');
    await privateWord(stage, 'bo', /doesn't know your username in the system this comes from/);
    await stage.observe();
    await opsSaying(stage, /Bo Stranger no longer decides for Ana Ruiz/);
    expect(stage.command.effectiveSignals).toHaveLength(0);
    await stage.close();
  });

  it('is not represented while nobody knows what the system calls them, since they may have asked for it', async () => {
    const rules = { approvers: ['ana', 'li'], delegates: ['bo'], approveWith: 'one-click' } as const;
    const stage = await openAway(transport, rules);
    await leaveToBo(stage);
    await stage.restart({ ...rules, unmapped: ['ana'] });
    await click(stage, 'bo', theCard(stage), 'approve');
    await privateWord(stage, 'bo', /You are deciding for Ana Ruiz, and this is or may be their own request/);
    expect(stage.command.effectiveSignals).toHaveLength(0);
    await stage.close();
  });

  it('may leave all rules to one and one rule to another as well, and is one seat all the same', async () => {
    const others = {
      name: 'Others',
      when: {},
      people: [personas.ana.realName, personas.li.realName],
      delegates: [personas.bo.realName],
      approveWith: 'one-click',
    };
    const stage = await openAway(
      transport,
      {
        approveWith: 'one-click',
        quorum: 2,
        delegates: ['bo', 'una', 'sam'],
        requester: personas.li.identity,
        approverRules: [others],
      },
      personas.li.identity,
    );
    await leaveToBo(stage);
    const line = `away until 2d to <@${personas.sam.id}|sam> for "PKI Approvers"`;
    await ask(stage, { as: 'ana', line, shows: /Sam Smith decides for you/ });
    await stage.bot().deliver();
    await click(stage, 'sam', theCard(stage), 'approve');
    await cardSaying(stage, /1 of 2 \(Sam Smith \(for Ana Ruiz\)\)/);
    await click(stage, 'bo', theCard(stage), 'approve');
    await privateWord(stage, 'bo', /Sam Smith has approved already for Ana Ruiz/);
    await askForCertificate(stage, { host: 'other.keyexample.com', requester: personas.gia.identity });
    await stage.observe();
    const other = await cardSaying(stage, /other\.keyexample\.com/);
    await click(stage, 'sam', other, 'approve');
    await privateWord(stage, 'sam', /You are not one of the approvers/);
    await click(stage, 'bo', other, 'approve');
    await cardSaying(stage, /Approved by Bo Stranger \(for Ana Ruiz\)/);
    await ask(stage, { as: 'ana', line: 'back', shows: /Welcome back/ });
    await stage.bot().deliver();
    await privateWord(stage, 'sam', /Sam Smith no longer decides for Ana Ruiz/);
    await privateWord(stage, 'bo', /Bo Stranger no longer decides for Ana Ruiz/);
    expect(stage.command.effectiveSignals).toHaveLength(1);
    await stage.close();
  });

  it('is not represented any more by somebody whom the settings list no longer', async () => {
    const stage = await openAway(transport, { approveWith: 'one-click' });
    await leaveToBo(stage);
    await stage.restart({ approvers: ['ana', 'li'], delegates: ['sam'], approveWith: 'one-click' });
    await click(stage, 'bo', theCard(stage), 'approve');
    await privateWord(stage, 'bo', /You are not one of the approvers/);
    await stage.observe();
    await privateWord(stage, 'bo', /no longer list .* under .*delegates/);
    await stage.close();
  });

  it('who says that it was not them is suspended, and what was decided in their seat is cancelled', async () => {
    const stage = await openAway(transport, { approveWith: 'one-click', hold: '1m' });
    await leaveToBo(stage);
    await click(stage, 'bo', theCard(stage), 'approve');
    await cardSaying(stage, /Bo Stranger \(for Ana Ruiz\)/);
    const notice = await privateWord(stage, 'ana', /If you did not do this/);
    await stage.slack.click({
      as: personas.ana.id,
      channel: notice.channel,
      ts: notice.ts,
      actionId: 'receipt.disown',
    });
    await opsSaying(stage, /Ana Ruiz .* reports that they did not name this delegate/);
    await privateWord(stage, 'bo', /reported that they did not name this delegate/);
    await stage.observeAfter(61_000);
    expect(stage.command.effectiveSignals).toHaveLength(0);
    await click(stage, 'bo', theCard(stage), 'approve');
    await privateWord(stage, 'bo', /You are not one of the approvers/);
    await ask(stage, {
      as: 'ana',
      line: 'away until 2d to <@U0BO>',
      shows: /rights in Countersign are suspended/,
    });
    await stage.close();
  });

  it('is not reminded, and their delegate is', async () => {
    const stage = await openAway(transport, { undecided: { remind: ['2h'] } });
    await leaveToBo(stage);
    await stage.observeAfter(2 * hourMs);
    await privateWord(stage, 'bo', /1 approval has been waiting for you/);
    await privateWord(stage, 'li', /1 approval has been waiting for you/);
    expect(texts(stage, 'ana').filter((text) => text.includes('waits for you'))).toEqual([]);
    await stage.close();
  });

  it('hears at once that nobody is left in the rule, and so do the operators, once', async () => {
    const stage = await openAway(transport, { approvers: ['ana', 'li'] });
    await ask(stage, {
      as: 'ana',
      line: 'away until 3d',
      shows: /You are away (?:through|until) .*Nobody decides for you/s,
    });
    await ask(stage, {
      as: 'li',
      line: 'away until 2d',
      shows: /Nobody can decide under rule .*PKI Approvers/,
    });
    await opsSaying(stage, /Nobody can decide under rule .*PKI Approvers/);
    await stage.observe();
    await stage.observe();
    const told = stage.slack.messages(places.ops).map(textOf);
    expect(told.filter((text) => text.includes('Nobody can decide under'))).toHaveLength(1);
    await approve(stage, 'ana', theCard(stage));
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await stage.close();
  });

  it('is shown so by why and on cards, with whoever decides for them', async () => {
    const stage = await openAway(transport, { operators: ['li'] });
    await leaveToBo(stage);
    await askForCertificate(stage, { host: 'b.keyexample.com' });
    await stage.observe();
    const card = await cardSaying(stage, /b\.keyexample\.com/);
    expect(textOf(card)).toContain('Ana Ruiz (away)');
    expect(textOf(card)).toContain('<@U0BO> (for Ana Ruiz)');
    const code = /K\d{3}/.exec(textOf(card))?.[0];
    const why = textOf(await ask(stage, { as: 'li', line: `why ${code}`, shows: /Who decides/ }));
    expect(why).toMatch(/<@U0BO> bo: may decide for Ana Ruiz/);
    expect(why).toMatch(/<@U0ANA> ana: may decide\. Away (?:through|until)/);
    await stage.close();
  });

  it('is shown so on the cards that wait already, until they are back', async () => {
    const stage = await openAway(transport);
    expect(textOf(theCard(stage))).not.toContain('(away)');
    await leaveToBo(stage);
    await cardSaying(stage, /Ana Ruiz \(away\)[\s\S]*<@U0BO> \(for Ana Ruiz\)/);
    await ask(stage, { as: 'ana', line: 'back', shows: /Welcome back/ });
    await stage.bot().deliver();
    await cardSaying(stage, /^(?![\s\S]*\(away\))(?![\s\S]*<@U0BO>)[\s\S]*app\.keyexample\.com/);
    await stage.close();
  });

  it('says so in their Home, where it stands with the way back', async () => {
    const stage = await openAway(transport, { delegates: ['bo', 'sam'] });
    await openHome(stage, 'ana', /Away and delegations.*You are not away/s);
    await clickInHome(stage, 'ana', 'away');
    const as = personas.ana.id;
    const window = await stage.slack.waitFor(() => stage.slack.views(as).at(-1), { whatFor: 'a window' });
    const values = (until: string) => ({
      until: { until: { type: 'plain_text_input', value: until } },
      delegate: {
        delegate: {
          type: 'static_select',
          selected_option: {
            text: { type: 'plain_text', text: personas.bo.realName, emoji: true },
            value: `T0SIMULATED/${personas.bo.id}`,
          },
        },
      },
    });
    const refused = await stage.slack.submitView({ as, viewId: window.id, values: values('soon') });
    expect(refused).toMatchObject({ errors: { until: expect.stringMatching(/not a date Countersign/) } });
    await stage.slack.submitView({ as, viewId: window.id, values: values('3d') });
    await stage.bot().deliver();
    await homeSaying(stage, 'ana', /You are away (?:through|until) .*Bo Stranger decides for you/s);
    await privateWord(stage, 'bo', /you are their delegate/);
    await openHome(stage, 'bo', /You decide for Ana Ruiz (?:through|until)/);
    await clickInHome(stage, 'ana', 'back');
    await stage.bot().deliver();
    await homeSaying(stage, 'ana', /You are not away/);
    await homeSaying(stage, 'bo', /Waiting for you/);
    await stage.close();
  });
});

describePostgres('an approver who is away, with two bots on one store', (server) => {
  it('is told once of what begins and ends, and a seat counts once whichever bot takes the vote', async () => {
    const stage = await openReplicas(server(), {
      approvers: ['ana', 'li'],
      delegates: ['bo'],
      quorum: 2,
      approveWith: 'one-click',
    });
    await askForCertificate(stage);
    await stage.observe();
    await leaveToBo(stage, '1d');
    await Promise.all([
      click(stage, 'bo', theCard(stage), 'approve'),
      click(stage, 'ana', theCard(stage), 'approve'),
    ]);
    await cardSaying(stage, /1 of 2/);
    expect(stage.command.effectiveSignals).toHaveLength(0);
    stage.clock.advance(24 * hourMs + 1_000);
    await Promise.all([stage.one.observe(), stage.two.observe()]);
    await stage.slack.waitFor(
      () => texts(stage, 'bo').some((text) => text.includes('The absence ended on its date')),
      {
        whatFor: 'the end',
      },
    );
    await Promise.all([stage.one.deliver(), stage.two.deliver()]);
    const ends = (actor: Actor) =>
      texts(stage, actor).filter((text) => text.includes('The absence ended on its date'));
    expect([ends('bo'), ends('ana')].map(({ length }) => length)).toEqual([1, 1]);
    expect(texts(stage, 'bo').filter((text) => text.includes('you are their delegate'))).toHaveLength(1);
    await stage.close();
  });
});
