import { describe, expect, it } from '@jest/globals';
import type { ApproverRule } from '../../src/domain/policy.js';
import { directMessageModes } from '../../src/domain/preferences.js';
import { weekdays } from '../../src/domain/quiet-hours.js';
import type { RequestFacts } from '../../src/domain/request.js';
import type { Click, ClickReply } from '../../src/domain/voting.js';
import { sha256Of } from '../../src/shared/fingerprint-of.js';
import { useCasesOn } from '../../src/slack/use-cases.js';
import { listForBulk } from '../../src/use-cases/approvals/bulk.js';
import { decideApproval } from '../../src/use-cases/approvals/decide.js';
import { decideByRules } from '../../src/use-cases/approvals/decide-by-rule.js';
import { lookUpPerson } from '../../src/use-cases/context.js';
import { composeHome } from '../../src/use-cases/home.js';
import { basisOf } from '../../src/use-cases/show-card.js';
import { renewalFacts } from '../support/an-approval.js';
import { openWorld, type World } from './world/open-world.js';
import { type Actor, people, policyOf } from './world/people.js';
import { takeUp } from './world/take-up.js';
import { createWorlds } from './world/worlds.js';

const worlds = createWorlds();

/** Picks one of several by a number that is the same whenever the test is run. */
function chooser(seed: number): <T>(all: readonly T[]) => T {
  let count = 0;
  return (all) => {
    count += 1;
    const place = Number.parseInt(sha256Of(`${seed} ${count}`).slice(0, 8), 16);
    const one = all[place % all.length];
    if (one === undefined) throw new Error('Nothing to choose from');
    return one;
  };
}

/** Those who may decide stand twice, so that something is decided now and then. */
const actors = [...(Object.keys(people) as readonly Actor[]), 'ada', 'bo', 'cy', 'zoe'] as const;

/** What a request asks for, and the severity of the gravest finding about it. */
const requests: readonly (readonly [Partial<RequestFacts>, grave: number])[] = [
  [{}, 0],
  [{}, 0],
  [{ names: ['app.example.com', '*.example.com'] }, 2],
  [{ key: { algorithm: 'RSA', sizeBits: 1024, hash: 'SHA-256' } }, 3],
  [{ names: Array.from({ length: 21 }, (_, at) => `host-${at}.example.com`) }, Number.POSITIVE_INFINITY],
];

const limits = ['none', 'low', 'medium', 'high', 'off'] as const;

/** Makes a rule and a request by chance, with what may become of a decision by the rules as the documents have them. */
async function dealt(world: World, seed: number) {
  const choose = chooser(seed);
  const actor = choose(actors);
  const rule: Partial<ApproverRule> = {
    approveWith: choose(['one-click', 'comment', 'reason', 'typed', 'portal-only'] as const),
    bulkUpTo: choose(limits),
    ...(choose([false, false, true]) ? { holdMs: 5_000 } : {}),
    quorum: choose([1, 2]),
    delegates: choose([true, false]) ? [people.zoe.id] : [],
  };
  const isLeft = choose([true, true, false]);
  const [facts, grave] = choose(requests);
  const comment = choose(['', 'Planned']);
  const plain = policyOf(1, { bulkLimit: 20 });
  world.restart({ policy: { ...plain, approvers: plain.approvers.map((one) => ({ ...one, ...rule })) } });
  const run = `run-${seed}`;
  const absence = {
    id: `AWAY-${seed}`,
    person: people.ada.id,
    name: people.ada.name,
    delegate: people.zoe.id,
    delegateName: people.zoe.name,
    sinceMs: world.context.now(),
    untilMs: world.context.now() + 24 * 60 * 60_000,
  };
  if (isLeft) await world.store.addAbsence(absence);
  // How they want their messages changes nothing of all that.
  const prefer = chooser(-seed);
  for (const { id } of Object.values(people)) {
    const isQuiet = prefer([true, false]);
    await world.store.putPreferences(
      {
        person: id,
        directMessages: prefer(directMessageModes),
        dailyAtMinute: prefer([0, 600, 1_410]),
        ...(isQuiet ? { quiet: { fromMinute: 0, toMinute: 1_439 } } : {}),
        workingDays: prefer([weekdays, ['sun']]),
      },
      undefined,
    );
  }
  world.command.start(run);
  world.command.changeFacts(run, facts);
  await world.passTime(2_000);
  const shown = world.slack.cards().find(({ card }) => card.approval.instance.ref.id === run);
  if (!shown) throw new Error(`There is no card of ${run}`);
  const { message, card } = shown;
  const { approveWith, bulkUpTo = 'none', holdMs } = rule;
  const isDelegate = actor === 'zoe' && isLeft && rule.delegates?.length === 1;
  const mayDecide = (['ada', 'bo', 'cy'].includes(actor) || isDelegate) && approveWith !== 'portal-only';
  const isEnough = approveWith !== 'typed' && (approveWith !== 'reason' || comment !== '');
  const isForBulk =
    approveWith !== 'typed' &&
    approveWith !== 'portal-only' &&
    holdMs === undefined &&
    bulkUpTo !== 'off' &&
    grave <= limits.indexOf(bulkUpTo);
  const more = { message, ...(comment === '' ? {} : { comment }) };
  const end = async () => {
    await world.store.endAbsence(absence.id, { why: 'back', atMs: world.context.now() });
    if (world.command.arrivals.every(({ id }) => id !== run)) world.command.decideElsewhere(run, false);
    await world.passTime(2_000);
    await world.passTime(70_000);
  };
  return { run, approval: card.approval, actor, more, mayDecide, isEnough, isForBulk, end };
}

const seeds = Array.from({ length: 80 }, (_, at) => at + 1);

const counts = (reply: ClickReply | undefined) => reply?.kind === 'decided' || reply?.kind === 'vote-counted';

/** Takes a click as one of a window for several, as the submission of such a window is taken. */
async function together(world: World, click: Click) {
  const { bulk } = useCasesOn(world.context);
  await bulk.writeDown([click]);
  await bulk.work([click.id]);
  return (await world.store.findClick(click.id))?.reply;
}

describe('whoever clicks, by whatever rule, on whatever request', () => {
  it('decides in a window for several only what they may decide and what may be decided together', async () => {
    const world = await worlds.open();
    let decided = 0;
    for (const seed of seeds) {
      const { approval, actor, more, mayDecide, isEnough, isForBulk, end } = await dealt(world, seed);
      const basis = basisOf(approval, world.context.policy);
      const bulk = { id: `view.V${seed}`, size: 1 };
      const click = world.clickOf(actor, 'approve', { id: `view.V${seed}.0`, basis, bulk, ...more });
      const reply = await together(world, click);
      expect([seed, counts(reply)]).toEqual([seed, mayDecide && isEnough && isForBulk]);
      decided += counts(reply) ? 1 : 0;
      await end();
    }
    // Else the rules above would forbid everything, and this would prove nothing.
    expect(decided).toBeGreaterThan(3);
  });

  it('decides nothing together once something else stands out than in the window', async () => {
    const world = await worlds.open();
    for (const seed of seeds.slice(0, 20)) {
      const { actor, more, end } = await dealt(world, seed);
      const bulk = { id: `view.V${seed}`, size: 1 };
      const basis = 'other.other';
      const click = world.clickOf(actor, 'approve', { id: `view.V${seed}.0`, basis, bulk, ...more });
      expect(counts(await together(world, click))).toBe(false);
      expect(world.command.arrivals).toHaveLength(0);
      await end();
    }
  });

  it('is shown in the Home tab, and offered together, only what they may decide', async () => {
    const world = await worlds.open();
    for (const seed of seeds) {
      const { run, actor, mayDecide, isForBulk, end } = await dealt(world, seed);
      const { context } = world;
      const person = await lookUpPerson(context, people[actor].id);
      const { waiting } = await composeHome({ context, person }, 1);
      const shown = waiting.rows.map(({ card }) => card.approval.instance.ref.id);
      expect([seed, ...shown]).toEqual([seed, ...(mayDecide ? [run] : [])]);
      const { candidates } = await listForBulk(context, person.id);
      expect([seed, candidates.length]).toEqual([seed, mayDecide && isForBulk ? 1 : 0]);
      await end();
    }
  });

  it('decides from the Home tab only what they may decide, with what the rule wants', async () => {
    const world = await worlds.open();
    for (const seed of seeds) {
      const { actor, more, mayDecide, isEnough, end } = await dealt(world, seed);
      const reply = await world.click(actor, 'approve', { from: 'home', ...more });
      expect([seed, counts(reply)]).toEqual([seed, mayDecide && isEnough]);
      await end();
    }
  });
});

const minuteMs = 60_000;
const rkim = 'KEYEXAMPLE\\rkim';

/** Polls, lets rules go on and delivers, as the bot does every minute. */
async function attend(world: World, minutes: number): Promise<void> {
  for (let passed = 0; passed < minutes; passed += 1) {
    world.clock.advance(minuteMs);
    const outcome = await world.observe();
    if (outcome.kind === 'observed') await decideByRules(world.context, 'command');
    await world.deliver();
  }
}

/** What somebody does about a request, and what the documents say of it. */
interface Act {
  readonly path: 'card' | 'home' | 'bulk' | 'undo' | 'wait';
  readonly actor: Actor;
  readonly comment: string;
  readonly minutes: number;
}

/** Makes a rule that may approve by itself, a request and what people do about it by chance. */
async function dealtDay(world: World, seed: number) {
  const choose = chooser(seed);
  const approveWith = choose(['one-click', 'comment', 'reason', 'typed', 'portal-only'] as const);
  const [bulkUpTo, quorum] = [choose(limits), choose([1, 1, 2])];
  const [isAutomatic, isLeft, isListed] = [
    choose([true, true, false]),
    choose([true, false]),
    choose([true, true, false]),
  ];
  const grave = choose([0, 0, 2, 'no-renewal'] as const);
  const rule: Partial<ApproverRule> = {
    match: { requester: [rkim] },
    approveWith,
    bulkUpTo,
    quorum,
    delegates: isListed ? [people.zoe.id] : [],
    ...(isAutomatic ? { automatic: { holdMs: 10 * minuteMs, limit: 20 } } : {}),
  };
  const plain = policyOf(1, { bulkLimit: 20, zones: ['example.com'] });
  world.restart({ policy: { ...plain, approvers: plain.approvers.map((one) => ({ ...one, ...rule })) } });
  if (isLeft)
    await world.store.addAbsence({
      id: 'AWAY',
      person: people.ada.id,
      name: people.ada.name,
      delegate: people.zoe.id,
      delegateName: people.zoe.name,
      sinceMs: world.clock.now(),
      untilMs: world.clock.now() + 24 * 60 * minuteMs,
    });
  world.command.start('run-1');
  const { replaces = { names: [] }, ...renewal } = renewalFacts({
    requesters: [rkim],
    ...(grave === 2 ? { names: ['app.example.com', '*.example.com'] } : {}),
  });
  const old = { ...replaces, expiresAtMs: world.clock.now() + 20 * 24 * 60 * minuteMs };
  const { replacesDigest: _none, ...first } = renewal;
  world.command.changeFacts('run-1', grave === 'no-renewal' ? first : { ...renewal, replaces: old });
  await attend(world, 1);
  const acts = [1, 2, 3].map(
    (): Act => ({
      path: choose(['card', 'home', 'bulk', 'undo', 'wait', 'wait'] as const),
      actor: choose(actors),
      comment: choose(['', 'Planned']),
      minutes: choose([1, 4, 12]),
    }),
  );
  const isApprover = (actor: Actor) => ['ada', 'bo', 'cy'].includes(actor);
  const isDelegate = (actor: Actor) => actor === 'zoe' && isLeft && isListed;
  const mayVote = ({ path, actor, comment }: Act) =>
    (isApprover(actor) || isDelegate(actor)) &&
    approveWith !== 'portal-only' &&
    approveWith !== 'typed' &&
    (approveWith !== 'reason' || comment !== '') &&
    // That a certificate is replaced is a finding of its own.
    (path !== 'bulk' ||
      (bulkUpTo !== 'off' && (grave === 'no-renewal' ? 0 : grave || 1) <= limits.indexOf(bulkUpTo)));
  const mayRule = isAutomatic && quorum === 1 && grave === 0;
  return { acts, mayVote, mayRule, quorum, seatOf: (actor: Actor) => (isDelegate(actor) ? 'ada' : actor) };
}

it('decides on no path what the rules and their conditions refuse: card, Home, several together, a delegate, a rule', async () => {
  const decided: Record<string, number> = {};
  const note = (path: string) => {
    decided[path] = (decided[path] ?? 0) + 1;
  };
  for (let seed = 1; seed <= 40; seed += 1) {
    const world = await openWorld();
    const { acts, mayVote, mayRule, quorum, seatOf } = await dealtDay(world, seed);
    const [{ message, card }] = [world.card()];
    const beganAtMs = world.clock.now();
    const seats = new Set<string>();
    let isTouched = false;
    for (const act of acts) {
      const { path, actor, comment, minutes } = act;
      const more = { message, ...(comment === '' ? {} : { comment }) };
      const basis = basisOf(card.approval, world.context.policy);
      const bulk = { id: `view.V${seed}`, size: 1 };
      const before = world.command.arrivals.length;
      if (path === 'wait') await attend(world, minutes);
      else if (path === 'undo')
        isTouched ||= (await world.click(actor, 'take-back', { message }))?.kind === 'rule-stopped';
      else {
        const click =
          path === 'bulk'
            ? world.clickOf(actor, 'approve', {
                id: `view.V${seed}.${world.clock.now()}`,
                basis,
                bulk,
                ...more,
              })
            : undefined;
        const from = path === 'home' ? ({ from: 'home' } as const) : {};
        const reply = click
          ? await together(world, click)
          : await world.click(actor, 'approve', { ...from, ...more });
        if (counts(reply)) {
          expect([seed, act, mayVote(act)]).toEqual([seed, act, true]);
          seats.add(seatOf(actor));
          isTouched = true;
          if (world.command.arrivals.length > before) note(actor === 'zoe' ? 'delegate' : path);
        }
      }
      await attend(world, 1);
      const isNew = before === 0 && world.command.arrivals.length > 0;
      if (isNew && world.command.arrivals[0]?.comment.includes('by rule')) {
        const hasHeld = world.clock.now() - beganAtMs >= 10 * minuteMs;
        expect([seed, mayRule, isTouched, hasHeld]).toEqual([seed, true, false, true]);
        note('rule');
      } else if (isNew) expect([seed, seats.size >= quorum]).toEqual([seed, true]);
    }
    expect([seed, world.command.arrivals.length <= 1]).toEqual([seed, true]);
    await world.close();
  }
  // Else what is refused would be everything, and this would prove nothing.
  expect(Object.keys(decided).sort()).toEqual(['bulk', 'card', 'delegate', 'home', 'rule']);
});

describe('whoever approved several together', () => {
  it('hears what came of them although the bot died after the last decision, and before it could say so', async () => {
    const world = await worlds.open({ policy: { bulkLimit: 20 } });
    for (const run of ['run-1', 'run-2']) world.command.start(run, [{ uniqueName: 'approval-1', needed: 1 }]);
    await world.passTime(1_000);
    const clicks = world.slack.cards().map(({ message }, at) =>
      world.clickOf('ada', 'approve', {
        id: `view.V1.${at}`,
        bulk: { id: 'view.V1', size: 2 },
        message,
      }),
    );
    await useCasesOn(world.context).bulk.writeDown(clicks);
    for (const { id } of clicks) await decideApproval(world.context, id);
    world.restart();
    await takeUp(world);
    await world.passTime(60_000);
    const summaries = () => world.slack.notices().filter(({ notice }) => notice.kind === 'bulk');
    expect(summaries()).toMatchObject([{ notice: { results: [{ how: 'approved' }, { how: 'approved' }] } }]);
    await world.passTime(60_000);
    expect(summaries()).toHaveLength(1);
  });

  it('and more when Slack showed the window again: nothing of the second time is taken, and that is said', async () => {
    const world = await worlds.open({ policy: { bulkLimit: 20 } });
    const runs = ['run-1', 'run-2', 'run-3'];
    for (const run of runs) world.command.start(run, [{ uniqueName: 'approval-1', needed: 1 }]);
    await world.passTime(1_000);
    const cards = world.slack.cards();
    const submit = (chosen: typeof cards) =>
      chosen.map(({ message, card }, at) =>
        world.clickOf('ada', 'approve', {
          id: `view.V1.${at}`,
          approvalId: card.approval.id,
          bulk: { id: 'view.V1', size: chosen.length },
          message,
        }),
      );
    const { bulk } = useCasesOn(world.context);
    const first = submit(cards.slice(1));
    expect(await bulk.writeDown(first)).toBe('written');
    expect(await bulk.writeDown(first)).toBe('repeated');
    expect(await bulk.writeDown(submit(cards))).toBe('different');
    await bulk.work(first.map(({ id }) => id));
    await world.passTime(60_000);
    expect(world.command.arrivals.map(({ id }) => id).toSorted()).toEqual(['run-2', 'run-3']);
    expect(await world.store.listUnfinishedClicks()).toEqual([]);
  });
});

it('decides nothing in a list or in Home at one click, also where a window was left out since a link was missing', async () => {
  const world = await worlds.openWithCard();
  for (const from of ['home', 'list'] as const)
    expect(
      await world.click('ada', 'approve', { from, via: 'press', basis: world.card().card.basis }),
    ).toEqual({
      kind: 'press-again',
    });
  expect(world.command.arrivals).toHaveLength(0);
  expect(await world.click('ada', 'approve', { from: 'home', via: 'modal' })).toMatchObject({
    kind: 'decided',
  });
});
