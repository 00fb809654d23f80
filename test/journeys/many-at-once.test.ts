import { expect, it } from '@jest/globals';
import type { SeenMessage } from '../../src/sandbox/slack/interactions.js';
import { buttonsOf, cardSaying, modalOf, privateWord, submit, textOf } from '../support/stage/cards.js';
import { certificateRequest } from '../support/stage/enrollments.js';
import { openStage, type Stage } from '../support/stage/open-stage.js';
import { personas, places } from '../support/stage/personas.js';

/** Has many requests come in at the same moment. */
async function storm(stage: Stage, count: number): Promise<readonly string[]> {
  const sketch = await certificateRequest();
  return Array.from({ length: count }, (_, index) =>
    stage.command.startInstance({
      ...sketch,
      title: `${personas.sam.identity} is enrolling for a certificate with CN=many-${index}.keyexample.com.`,
    }),
  );
}

function digest(stage: Stage): SeenMessage | undefined {
  return stage.slack
    .messages(places.pki)
    .find((one) => one.isFromApp && /without a card|now has one/.test(textOf(one)));
}

/** Lets seconds pass, in each of which the bot delivers what it may. */
async function pass(stage: Stage, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    stage.clock.advance(1_000);
    await stage.bot().deliver();
  }
}

function posts(stage: Stage): number {
  return stage.slack.messages(places.pki).filter(({ isFromApp, isEphemeral }) => isFromApp && !isEphemeral)
    .length;
}

it('announces two dozen requests that come at once in one message, and posts their cards as fast as Slack lets it', async () => {
  const stage = await openStage('socket', { approveWith: 'one-click' });
  await storm(stage, 24);
  await stage.observe();
  const announced = digest(stage);
  expect(announced && textOf(announced)).toContain('24 requests wait without a card here');
  expect(posts(stage)).toBeLessThan(10);
  await pass(stage, 36);
  expect(posts(stage)).toBe(25);
  const over = digest(stage);
  expect(over && textOf(over)).toContain('Every request that waited for its card here now has one');
  expect(over && buttonsOf(over)).toEqual([]);
  expect(stage.log.errors()).toEqual([]);
  expect(JSON.stringify(stage.slack.calls).includes('ratelimited')).toBe(false);
  await stage.close();
});

it('says within seconds that far more wait than it had announced', async () => {
  const stage = await openStage('socket', { approveWith: 'one-click' });
  await storm(stage, 24);
  await stage.observe();
  expect(textOf(await stage.slack.waitFor(() => digest(stage), { whatFor: 'the digest' }))).toContain(
    '24 requests',
  );
  await storm(stage, 60);
  await stage.observe();
  await pass(stage, 2);
  const announced = digest(stage);
  expect(announced && textOf(announced)).toMatch(/[78]\d requests wait without a card here/);
  await stage.close();
});

it('lets somebody decide a request whose card is not posted yet, also if it is while they write', async () => {
  const stage = await openStage('socket', { approveWith: 'one-click' });
  await storm(stage, 24);
  await stage.observe();
  const announced = await stage.slack.waitFor(() => digest(stage), { whatFor: 'the digest' });
  await stage.slack.click({
    as: personas.ana.id,
    channel: places.pki,
    ts: announced.ts,
    actionId: 'command.approvals-open',
    from: announced.blocks,
  });
  const list = await privateWord(stage, 'ana', /Waiting for your decision: 24/);
  expect(textOf(digest(stage) ?? announced)).toContain('24 requests');
  // The last one of the page has no card yet.
  await stage.slack.click({
    as: personas.ana.id,
    channel: list.channel,
    ts: list.ts,
    actionId: 'command.decide.approve',
    blockId: 'command.approval.1.9',
    from: list.blocks,
  });
  await modalOf(stage, 'ana');
  // Its card is posted while she writes.
  await pass(stage, 12);
  await submit(stage, 'ana', 'Fine');
  await stage.slack.waitFor(() => stage.command.effectiveSignals[0], { whatFor: 'a signal' });
  await pass(stage, 36);
  expect(posts(stage)).toBe(25);
  expect(stage.command.effectiveSignals).toHaveLength(1);
  expect(stage.log.errors()).toEqual([]);
  await stage.close();
});

it('announces nothing for a handful', async () => {
  const stage = await openStage('http');
  await storm(stage, 8);
  await stage.observe();
  expect(digest(stage)).toBeUndefined();
  await cardSaying(stage, /app.keyexample.com/);
  await stage.close();
});

it('posts no card for what was decided before its turn came', async () => {
  const stage = await openStage('socket');
  const ids = await storm(stage, 24);
  await stage.observe();
  for (const id of ids.slice(12)) await stage.command.decideInPortal(id, 'KEYEXAMPLE\\portal-pat', true);
  await stage.observeAfter(1_000);
  await pass(stage, 36);
  expect(posts(stage)).toBe(13);
  expect(stage.log.errors()).toEqual([]);
  await stage.close();
});
