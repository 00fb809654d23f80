import { describe, expect, it } from '@jest/globals';
import { describePostgres } from '../support/postgres/describe-postgres.js';
import { buttonsOf, cardSaying, click, deny, privateWord, textOf, theCard } from '../support/stage/cards.js';
import { renewalRequest } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openReplicas } from '../support/stage/open-replicas.js';
import { openStage, type Stage, transports } from '../support/stage/open-stage.js';
import { personas, places } from '../support/stage/personas.js';
import type { StageRules } from '../support/stage/stage-settings.js';

const minuteMs = 60_000;
const byTheBot = 'approve by KEYEXAMPLE\\svc-countersign';
const requester = personas.sam.identity;

const rules: StageRules = { approvers: ['ana', 'li'], approveWith: 'automatic', requester };

/** Asks for the same certificate anew, of one that has not expired, and gives the id of the run. */
async function renew(
  stage: Stage,
  about: { host?: string; names?: readonly string[] } = {},
): Promise<string> {
  return stage.command.startInstance(await renewalRequest(stage.clock.now(), about));
}

/** Lets time pass as it does while the bot polls every quarter of a minute. */
async function attendFor(stage: Pick<Stage, 'observeAfter'>, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 30_000) await stage.observeAfter(Math.min(30_000, ms - passed));
}

describe.each(transports)('a rule that approves by itself, over %s', (transport) => {
  it('approves a renewal of the same once its card has been shown for ten minutes', async () => {
    const stage = await openStage(transport, rules);
    const id = await renew(stage);
    await stage.observe();
    expect(textOf(theCard(stage))).toMatch(
      /Rule “PKI Approvers” approves this 10 min after this card is shown unless someone stops it/,
    );
    expect(buttonsOf(theCard(stage))).toEqual(expect.arrayContaining(['Approve', 'Deny', 'Stop rule']));
    await stage.observeAfter(15_000);
    expect(textOf(theCard(stage))).toMatch(/approves this at .* unless someone stops it/);
    await attendFor(stage, 9 * minuteMs + 45_000);
    expect(stage.command.instance(id).status).toBe('Suspended');
    await attendFor(stage, 15_000);
    await cardSaying(stage, /Approved by Rule “PKI Approvers”/);
    const [signal] = stage.command.effectiveSignals;
    expect(signal?.comment).toBe('Approved by rule PKI Approvers via Countersign');
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [byTheBot] });
  });

  it('leaves to people for good what somebody undoes', async () => {
    const stage = await openStage(transport, rules);
    await renew(stage);
    await stage.observe();
    await stage.observeAfter(15_000);
    await click(stage, 'ana', theCard(stage), 'take-back');
    await cardSaying(stage, /Rule “PKI Approvers” was stopped by Ana Ruiz; an approver has to decide/);
    expect(buttonsOf(theCard(stage))).not.toContain('Stop rule');
    await attendFor(stage, 30 * minuteMs);
    expect(stage.command.effectiveSignals).toEqual([]);
    await finish(stage, { posts: { pki: 1 }, answers: { ana: 1 }, signals: [] });
  });

  it('lets nobody stop it whom the rule does not name', async () => {
    const stage = await openStage(transport, rules);
    await renew(stage);
    await stage.observe();
    await click(stage, 'bo', theCard(stage), 'take-back');
    await privateWord(stage, 'bo', /PKI Approvers/);
    expect(textOf(theCard(stage))).toMatch(/approves this/);
    await finish(stage, { posts: { pki: 1 }, answers: { bo: 1 }, signals: [] });
  });

  it('is too late where somebody denies first', async () => {
    const stage = await openStage(transport, rules);
    const id = await renew(stage);
    await stage.observe();
    await attendFor(stage, 5 * minuteMs);
    await deny(stage, 'ana', theCard(stage), 'Not this one');
    await cardSaying(stage, /Denied by Ana Ruiz/);
    await attendFor(stage, 15 * minuteMs);
    expect(stage.command.instance(id).status).toBe('Rejected');
    await finish(stage, {
      posts: { pki: 1, '@sam': 1 },
      signals: ['deny by KEYEXAMPLE\\svc-countersign'],
    });
  });

  it('waits for people where a name is added', async () => {
    const stage = await openStage(transport, rules);
    await renew(stage, { names: ['app.keyexample.com', 'new.keyexample.com'] });
    await stage.observe();
    expect(textOf(theCard(stage))).not.toMatch(/approves this/);
    await attendFor(stage, 15 * minuteMs);
    await finish(stage, { posts: { pki: 1 }, signals: [] });
  });

  it('begins its hold anew after a restart, and after a time without polls', async () => {
    const stage = await openStage(transport, rules);
    await renew(stage);
    await stage.observe();
    await attendFor(stage, 9 * minuteMs);
    await stage.restart();
    await attendFor(stage, 5 * minuteMs);
    expect(stage.command.effectiveSignals).toEqual([]);
    await stage.observeAfter(5 * minuteMs);
    await attendFor(stage, 9 * minuteMs + 30_000);
    expect(stage.command.effectiveSignals).toEqual([]);
    await attendFor(stage, minuteMs);
    await cardSaying(stage, /Approved by Rule/);
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [byTheBot] });
  });

  it('begins its hold anew when Slack was away, since nobody could have stopped it', async () => {
    const stage = await openStage(transport, rules);
    await renew(stage);
    await stage.observe();
    await attendFor(stage, 8 * minuteMs);
    const outage = stage.slack.fail({ method: 'auth.test', fault: 'http-500', times: 5 });
    await attendFor(stage, 2 * minuteMs + 30_000);
    expect(outage.remaining()).toBe(0);
    await attendFor(stage, 9 * minuteMs + 30_000);
    expect(stage.command.effectiveSignals).toEqual([]);
    await attendFor(stage, minuteMs);
    await cardSaying(stage, /Approved by Rule/);
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [byTheBot] });
  });

  it('approves nothing whose card Slack has not confirmed', async () => {
    const stage = await openStage(transport, rules);
    stage.slack.archive(places.pki);
    stage.slack.archive(places.fallback);
    stage.log.expectError(/cannot be posted to/);
    await renew(stage);
    await stage.observe();
    await attendFor(stage, 30 * minuteMs);
    expect(stage.command.effectiveSignals).toEqual([]);
    await stage.close();
  });

  it('approves no more in a day than its limit, and says so', async () => {
    const stage = await openStage(transport, { ...rules, undecided: { limit: 1 } });
    await renew(stage, { host: 'a.keyexample.com' });
    await renew(stage, { host: 'b.keyexample.com' });
    await stage.observe();
    await attendFor(stage, 12 * minuteMs);
    await cardSaying(stage, /has reached its daily limit \(1\); an approver has to decide/);
    await finish(stage, { posts: { pki: 2, '@sam': 1 }, signals: [byTheBot] });
  });
});

describePostgres('a rule that approves by itself, of two bots on one database', (server) => {
  it('decides once, and begins its hold anew where the other bot takes over', async () => {
    const replicas = await openReplicas(server(), rules);
    const both = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 30_000) {
        replicas.clock.advance(30_000);
        // The first of them has the right to poll, until it stops.
        await replicas.one.observe();
        await replicas.two.observe();
      }
    };
    await renew(replicas);
    await replicas.one.observe();
    await both(5 * minuteMs);
    await replicas.stop(replicas.one);
    for (let passed = 0; passed < 9 * minuteMs; passed += 30_000) {
      replicas.clock.advance(30_000);
      await replicas.two.observe();
    }
    expect(replicas.command.effectiveSignals).toEqual([]);
    for (let passed = 0; passed < 2 * minuteMs; passed += 30_000) {
      replicas.clock.advance(30_000);
      await replicas.two.observe();
    }
    await cardSaying(replicas, /Approved by Rule/);
    expect(replicas.command.effectiveSignals).toHaveLength(1);
  });
});
