import { describe, expect, it } from '@jest/globals';
import type { ApproverRule, Policy } from '../../src/domain/policy.js';
import type { RequestFacts } from '../../src/domain/request.js';
import { sha256Of } from '../../src/shared/fingerprint-of.js';
import { takeUpClicks } from '../../src/use-cases/approvals/decide.js';
import { decideByRules } from '../../src/use-cases/approvals/decide-by-rule.js';
import { applyRules } from '../../src/use-cases/rules.js';
import { aRule } from '../domain/a-policy.js';
import { renewalFacts } from '../support/an-approval.js';
import { falseCredit, liesIn } from './world/lies-in.js';
import { Crash, createMortality } from './world/mortality.js';
import { openWorld, type World, type WorldOptions } from './world/open-world.js';
import { people } from './world/people.js';
import { clickStrays, takeUp } from './world/take-up.js';
import { createWorlds } from './world/worlds.js';
import { recordsOf } from './world/wrong-records.js';

const minuteMs = 60_000;

function rulesOf(change: Partial<ApproverRule> = {}): Pick<Policy, 'approvers' | 'zones'> {
  const rule = aRule({
    match: { requester: ['KEYEXAMPLE\\rkim'] },
    people: [people.ada.id, people.bo.id],
    approveWith: 'comment',
    automatic: { holdMs: 10 * minuteMs, limit: 20 },
    ...change,
  });
  return { approvers: [rule], zones: ['example.com'] };
}

/** The certificate expires twenty days after the moment at which worlds begin. */
function renewalIn({ clock }: World, change: Partial<RequestFacts> = {}): RequestFacts {
  const { replaces = { names: [] }, ...facts } = renewalFacts();
  return {
    ...facts,
    replaces: { ...replaces, expiresAtMs: clock.now() + 20 * 24 * 60 * minuteMs },
    ...change,
  };
}

function request(world: World, id = 'run-1', facts: Partial<RequestFacts> = {}): void {
  world.command.start(id, [{ uniqueName: 'approval-1', needed: 1 }]);
  world.command.changeFacts(id, renewalIn(world, facts));
}

/** Polls, lets rules go on, and delivers, as the bot does every minute. */
async function attend(world: World, ms = 0): Promise<void> {
  for (let left = ms; left >= 0; left -= minuteMs) {
    const outcome = await world.observe();
    if (outcome.kind === 'observed') await decideByRules(world.context, 'command');
    await world.deliver();
    if (left > 0) world.clock.advance(Math.min(minuteMs, left));
  }
}

async function decisionsOfRules(world: World): Promise<number> {
  return (await recordsOf(world)).filter(({ kind, rule }) => kind === 'decision' && rule !== undefined)
    .length;
}

const worlds = createWorlds();

async function openWithRule(change: Partial<ApproverRule> = {}, more: WorldOptions = {}): Promise<World> {
  return worlds.open({ ...more, policy: { ...rulesOf(change), ...more.policy } });
}

describe('a bot that dies anywhere while a rule approves by itself', () => {
  async function begin(dieAt: number) {
    const mortality = createMortality();
    const lies: string[] = [];
    const world: World = await openWorld({
      policy: rulesOf(),
      runtime: mortality.runtime,
      onShow: (content) => {
        const lie = content.kind === 'card' ? falseCredit(content.card, world.command.arrivals) : undefined;
        if (lie !== undefined) lies.push(lie);
      },
    });
    request(world);
    world.restart({ store: mortality.guard(world.store) });
    mortality.dieAfter(dieAt);
    try {
      await attend(world, 12 * minuteMs);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
    return { world, mortality, lies };
  }

  it('is taken up by the next one: one decision, one signal, every card true', async () => {
    const whole = await begin(Number.POSITIVE_INFINITY);
    const { length } = whole.mortality.points;
    expect(whole.world.command.arrivals).toHaveLength(1);
    await whole.world.close();
    expect(length).toBeGreaterThan(15);
    const wrong: string[] = [];
    for (let dieAt = 1; dieAt <= length; dieAt += 1) {
      const { world, mortality, lies } = await begin(dieAt);
      const point = mortality.points.at(-1) ?? 'the start';
      const before = world.command.arrivals.length;
      const decidedBefore = await decisionsOfRules(world);
      mortality.revive();
      world.restart({ store: mortality.guard(world.store) });
      await takeUp(world);
      await attend(world, 9 * minuteMs);
      // Nothing that was not decided before is decided sooner than the hold, which begins anew.
      const isTooSoon = decidedBefore === 0 && world.command.arrivals.length > before;
      await attend(world, 12 * minuteMs);
      // A card of a lost post is taken in by a click on it.
      await clickStrays(world, new Set());
      const found = [
        ...lies,
        ...(await liesIn(world, [])),
        ...(isTooSoon ? ['the hold did not begin anew'] : []),
        ...(world.command.arrivals.length === 1 ? [] : [`${world.command.arrivals.length} signals arrived`]),
        ...((await decisionsOfRules(world)) === 1 ? [] : [`${await decisionsOfRules(world)} decisions`]),
      ];
      wrong.push(...found.map((lie) => `died at point ${dieAt}, ${point}: ${lie}`));
      await world.close();
    }
    expect(wrong).toEqual([]);
  }, 120_000);
});

/** A rule has decided, and Command is away. */
async function decidedWhileAway(): Promise<World> {
  const world = await openWithRule();
  request(world);
  await attend(world, 10 * minuteMs);
  world.command.faults.isUnreachable = true;
  world.clock.advance(minuteMs);
  await decideByRules(world.context, 'command');
  await world.deliver();
  return world;
}

describe('what a rule approves by itself', () => {
  it.each(['throttled', 'refused'] as const)(
    'is left to people once somebody wanted to stop it whom Slack would not tell of: %s',
    async (code) => {
      const world = await openWithRule();
      request(world);
      await attend(world, 3 * minuteMs);
      const undo = world.clickOf('ada', 'take-back');
      world.slack.failNext({ call: 'lookUpPerson', code });
      await world.click('ada', 'take-back', undo);
      world.clock.advance(world.context.policy.keepTryingForMs);
      world.slack.failNext({ call: 'lookUpPerson', code });
      await takeUpClicks(world.context);
      expect(await world.store.findClick(undo.id)).toMatchObject({ reply: { kind: 'person-not-checked' } });
      await attend(world, 30 * minuteMs);
      expect(world.command.arrivals).toHaveLength(0);
    },
  );

  it('is not sent later where somebody wanted to stop it whom Slack would not tell of while Command was away', async () => {
    const world = await decidedWhileAway();
    world.slack.failNext({ call: 'lookUpPerson', code: 'refused' });
    expect(await world.click('ada', 'take-back')).toEqual({ kind: 'person-not-checked' });
    world.command.faults.isUnreachable = false;
    await attend(world, 15 * minuteMs);
    expect(world.command.arrivals).toEqual([]);
  });

  it('is not sent while nobody has worked yet on a click of somebody who wants to stop it', async () => {
    const world = await decidedWhileAway();
    const stop = world.clickOf('ada', 'take-back');
    world.slack.failNext({ call: 'lookUpPerson', code: 'throttled' });
    expect(await world.click('ada', 'take-back', stop)).toBeUndefined();
    world.command.faults.isUnreachable = false;
    await attend(world, 2 * minuteMs);
    expect(world.command.arrivals).toEqual([]);
    await takeUpClicks(world.context);
    expect(await world.store.findClick(stop.id)).toMatchObject({ reply: { kind: 'rule-stopped' } });
    await attend(world, 15 * minuteMs);
    expect(world.command.arrivals).toEqual([]);
  });

  it('is held for its whole time again once other settings say who may stop it', async () => {
    const world = await openWithRule();
    request(world);
    await attend(world, 8 * minuteMs);
    const before = world.context.policy;
    const { replicaId } = world.context;
    world.restart({ policy: { ...before, ...rulesOf({ people: [people.cy.id] }) } });
    // Of a running bot only the settings change.
    const context = { ...world.context, replicaId };
    await applyRules(context, before);
    await world.deliver();
    for (let minute = 0; minute < 9; minute += 1) {
      world.clock.advance(minuteMs);
      await world.observe();
      await decideByRules(context, 'command');
      await world.deliver();
    }
    expect(world.command.arrivals).toEqual([]);
    expect((await world.approval()).state.kind).toBe('waiting');
  });

  it('is on record as the decision of the rule and of no person', async () => {
    const world = await openWithRule();
    request(world);
    await attend(world, 12 * minuteMs);
    const records = await recordsOf(world);
    const [decision] = records.filter(({ kind }) => kind === 'decision');
    expect(decision).toMatchObject({ rule: 'everything', note: { verdict: 'approve' } });
    expect(decision).not.toHaveProperty('person');
    expect(decision?.shown?.evidence).toMatch(/^[0-9a-f]{64}$/);
    expect(await liesIn(world, [])).toEqual([]);
  });

  it.each(['posted', 'updated'])(
    'is left to people where its card was %s in a form that lacks something',
    async (when) => {
      const world = await openWithRule();
      request(world);
      if (when === 'updated') await attend(world);
      world.slack.cutsCards = true;
      await attend(world, 12 * minuteMs);
      expect(await decisionsOfRules(world)).toBe(0);
      expect(world.command.arrivals).toEqual([]);
      expect(await world.approval()).toMatchObject({ state: { kind: 'waiting' }, plan: { over: 'brake' } });
    },
  );

  it('is decided once where two bots go on with it at the same time', async () => {
    const world = await openWithRule({ automatic: { holdMs: 10 * minuteMs, limit: 1 } });
    request(world, 'run-1');
    request(world, 'run-2', { requesters: ['KEYEXAMPLE\\rkim'] });
    await attend(world, 10 * minuteMs);
    world.clock.advance(minuteMs);
    await world.observe();
    await Promise.all([decideByRules(world.context, 'command'), decideByRules(world.context, 'command')]);
    await attend(world, 2 * minuteMs);
    expect(world.command.arrivals).toHaveLength(1);
    expect(await decisionsOfRules(world)).toBe(1);
  });

  it('counts anew on the next day', async () => {
    const world = await openWithRule({ automatic: { holdMs: 10 * minuteMs, limit: 1 } });
    request(world, 'run-1');
    await attend(world, 12 * minuteMs);
    request(world, 'run-2');
    await attend(world, 12 * minuteMs);
    expect(world.command.arrivals.map(({ id }) => id)).toEqual(['run-1']);
    world.clock.advance(24 * 60 * minuteMs);
    request(world, 'run-3');
    await attend(world, 12 * minuteMs);
    // What people were to decide stays theirs.
    expect(world.command.arrivals.map(({ id }) => id)).toEqual(['run-1', 'run-3']);
  });

  it('is given up, and left to people, where a brake holds at the last moment', async () => {
    const world = await openWithRule();
    request(world);
    await attend(world, 10 * minuteMs);
    world.command.faults.isUnreachable = true;
    world.clock.advance(minuteMs);
    // What was claimed waits for Command, and the certificate it replaces expires meanwhile.
    await decideByRules(world.context, 'command');
    await world.deliver();
    world.restart({ policy: { ...world.context.policy, zones: ['example.org'] } });
    world.command.faults.isUnreachable = false;
    await attend(world, 15 * minuteMs);
    expect(world.command.arrivals).toEqual([]);
    expect(await world.approval()).toMatchObject({
      state: { kind: 'waiting', note: { kind: 'rule-void', rule: 'everything' } },
    });
  });

  it('is stopped by whoever takes it back while Command is away, and by nobody whom the rule does not name', async () => {
    const world = await decidedWhileAway();
    expect(await world.approval()).toMatchObject({
      state: { kind: 'held', decision: { rule: 'everything' } },
    });
    expect(await world.click('zoe', 'take-back')).toMatchObject({ kind: 'refused' });
    expect(await world.click('ada', 'take-back')).toMatchObject({ kind: 'rule-stopped' });
    world.command.faults.isUnreachable = false;
    await attend(world, 15 * minuteMs);
    expect(world.command.arrivals).toEqual([]);
  });

  it('is stopped by whoever decides in the place of somebody the rule names', async () => {
    const world = await openWithRule({ delegates: [people.zoe.id] });
    await world.store.addAbsence({
      id: 'AWAY',
      person: people.ada.id,
      name: people.ada.name,
      delegate: people.zoe.id,
      delegateName: people.zoe.name,
      sinceMs: world.context.now(),
      untilMs: world.context.now() + 24 * 60 * minuteMs,
    });
    request(world);
    await attend(world, 5 * minuteMs);
    expect(await world.click('zoe', 'take-back')).toMatchObject({ kind: 'rule-stopped' });
    await attend(world, 15 * minuteMs);
    expect(world.command.arrivals).toEqual([]);
  });

  it('waits for a click that was written down and not worked on yet', async () => {
    const world = await openWithRule();
    request(world);
    await attend(world, 9 * minuteMs);
    await world.store.addClick(world.clickOf('ada', 'take-back'));
    await attend(world, 5 * minuteMs);
    expect(world.command.arrivals).toEqual([]);
  });
});

/** Something that must keep a rule from approving by itself: in the request, in the settings, or while it waits. */
interface Obstacle {
  readonly name: string;
  readonly facts?: Partial<RequestFacts>;
  readonly rule?: Partial<ApproverRule>;
  readonly policy?: Partial<Policy>;
  readonly needed?: number;
  readonly isNeededUnknown?: boolean;
  readonly isCardRefused?: boolean;
  /** After how many minutes of the hold it happens. */
  readonly during?: (world: World) => Promise<void> | void;
}

const oldKey = { algorithm: 'RSA', sizeBits: 2048, hash: 'SHA-256', exponent: '65537' };
const { replaces: replaced = { names: [] } } = renewalFacts();

const obstacles: readonly Obstacle[] = [
  { name: 'no renewal', facts: { replaces: undefined as never } },
  { name: 'one that cannot be read', facts: { replacesUnreadable: 'it is text' } },
  { name: 'one that has expired', facts: { replaces: { ...replaced, expiresAtMs: 1 } } },
  { name: 'another name', facts: { names: ['other.example.com'] } },
  { name: 'another kind of name', facts: { names: ['mail app.example.com'] } },
  { name: 'another key', facts: { key: oldKey } },
  { name: 'another CA', facts: { authority: 'ca01\\Other' } },
  { name: 'another template', facts: { template: 'Other' } },
  { name: 'another requester', facts: { requesters: ['KEYEXAMPLE\\jdoe'] } },
  { name: 'a wildcard', facts: { names: ['*.example.com'] } },
  { name: 'hidden values', facts: { notShown: 2 } },
  { name: 'no zones', policy: { zones: [] } },
  { name: 'other zones', policy: { zones: ['example.org'] } },
  { name: 'a pattern of requesters', rule: { match: { requester: ['*'] } } },
  { name: 'no requester', rule: { match: {} } },
  { name: 'a quorum', rule: { quorum: 2 } },
  { name: 'people who decide alone', rule: { automatic: undefined as never } },
  { name: 'signals of people', policy: { signalingAsPerson: ['command'] } },
  { name: 'two identities', needed: 2 },
  { name: 'nobody knows how many identities', isNeededUnknown: true },
  { name: 'no card', isCardRefused: true },
  { name: 'Undo', during: async (world) => void (await world.click('bo', 'take-back')) },
  { name: 'a denial', during: async (world) => void (await world.click('ada', 'deny')) },
  { name: 'a restart', during: (world) => world.restart() },
  { name: 'a gap in polls', during: (world) => world.clock.advance(5 * minuteMs) },
  {
    name: 'Slack was away',
    during: (world) => {
      for (let times = 0; times < 4; times += 1)
        world.slack.failNext({ call: 'checkConnection', code: 'unavailable' });
    },
  },
  {
    name: 'another request',
    during: (world) => world.command.changeFacts('run-1', { subject: 'CN=other.example.com' }),
  },
  {
    name: 'other settings',
    during: (world) => world.restart({ policy: { ...world.context.policy, zones: [] } }),
  },
];

/** Picks by a number that is the same whenever the test is run. */
function numbers(seed: number): (below: number) => number {
  let count = 0;
  return (below) => {
    count += 1;
    return Number.parseInt(sha256Of(`${seed} ${count}`).slice(0, 8), 16) % below;
  };
}

async function play(chosen: readonly Obstacle[], atMinute: number): Promise<World> {
  const rule = Object.assign({}, ...chosen.map((one) => one.rule ?? {}));
  const policy = Object.assign({}, ...chosen.map((one) => one.policy ?? {}));
  const world = await openWithRule(rule, { policy });
  const needed = Math.max(1, ...chosen.map((one) => one.needed ?? 1));
  world.command.faults.isNeededUnknown = chosen.some((one) => one.isNeededUnknown);
  world.command.start('run-1', [{ uniqueName: 'approval-1', needed }]);
  world.command.changeFacts(
    'run-1',
    renewalIn(world, Object.assign({}, ...chosen.map((one) => one.facts ?? {}))),
  );
  if (chosen.some((one) => one.isCardRefused))
    for (const channel of ['C0PKI', 'C0FALLBACK']) world.slack.archive(channel);
  await attend(world, atMinute * minuteMs);
  for (const one of chosen) await one.during?.(world);
  await attend(world, (11 - atMinute) * minuteMs);
  return world;
}

it('approves what nothing stands in the way of, in all these worlds', async () => {
  const world = await play([], 5);
  expect(world.command.arrivals).toMatchObject([
    { verdict: 'approve', comment: 'Approved by rule everything via Countersign' },
  ]);
});

it.each(obstacles)('never approves by itself where there is $name', async (obstacle) => {
  const world = await play([obstacle], 5);
  expect(world.command.arrivals.filter(({ verdict }) => verdict === 'approve')).toEqual([]);
  expect(await decisionsOfRules(world)).toBe(0);
});

it('never approves by itself what any brake refuses, however they come together', async () => {
  const wrong: string[] = [];
  for (let seed = 1; seed <= 60; seed += 1) {
    const pick = numbers(seed);
    const chosen = obstacles.filter(() => pick(12) === 0);
    const [one] = chosen.length > 0 ? chosen : [obstacles[pick(obstacles.length)]];
    const all = chosen.length > 0 ? chosen : one ? [one] : [];
    // Who clicks on a card that is not there clicks nothing.
    const isShown = !all.some((some) => some.isCardRefused);
    const played = all.map(({ during, ...rest }) => ({ ...rest, ...(isShown && during ? { during } : {}) }));
    const world = await play(played, 1 + pick(8));
    const isApproved = world.command.arrivals.some(({ verdict }) => verdict === 'approve');
    if (isApproved || (await decisionsOfRules(world)) > 0)
      wrong.push(`${seed}: ${all.map(({ name }) => name).join(', ')}`);
  }
  expect(wrong).toEqual([]);
});
