import { setTimeout as pause } from 'node:timers/promises';
import type { Store } from '../../../src/ports/store.js';
import type { SeenMessage } from '../../../src/sandbox/slack/interactions.js';
import { createSqlStore } from '../../../src/stores/sql/sql-store.js';
import { buttonsOf, textOf } from '../../support/stage/cards.js';
import { certificateRequest, renewalRequest } from '../../support/stage/enrollments.js';
import { clickInHome, homeSaying, submitSeveral } from '../../support/stage/homes.js';
import { type Actor, personas, places } from '../../support/stage/personas.js';
import type { StageRules } from '../../support/stage/stage-settings.js';
import { checkOutcome, type Subject } from './check-outcome.js';
import type { Ground } from './open-ground.js';
import { settle } from './settle.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const holdMs = 10 * minuteMs;
const takenOverMs = 31_000;
/** So long before it dies a program may have posted what it has not written down. */
const lostPostMs = 2_000;

/** Sam's renewals are approved by a rule; two people decide everything else, and are reminded of it. */
export const dayRules: StageRules = {
  approvers: ['ana', 'li'],
  approveWith: 'automatic',
  requester: personas.sam.identity,
  quorum: 1,
  withHook: false,
  approverRules: [
    {
      name: 'Others',
      when: {},
      people: [personas.ana.realName, personas.li.realName],
      delegates: [personas.bo.realName],
      quorum: 2,
      approveWith: 'one-click',
      remind: ['2h'],
      escalate: { after: '2h', to: [places.alerts] },
      expire: '3h',
    },
  ],
};

/** Something a program did that somebody else can see: what it said in Slack, or what it sent a system. */
export interface Effect {
  /** Counted from one. */
  readonly number: number;
  readonly kind: string;
}

/** At which effects of a day programs are killed. */
export interface KillPlan {
  /** Tells whether one is killed at an effect, by those at which one was before. */
  isPoint(effect: Effect, before: readonly Effect[]): boolean;
  /** Whether it dies right after the answer, instead of before it. */
  readonly isHeard: boolean;
}

/** What became of a day. */
interface PlayedDay {
  readonly broken: readonly string[];
  readonly effects: readonly Effect[];
  /** Those at which a program was killed. */
  readonly kills: readonly Effect[];
}

/** Counts the effects from now on, in their order. */
function watchEffects({ slack, command }: Ground): () => readonly Effect[] {
  let [calls, requests] = [slack.calls.length, command.requests.length];
  const effects: Effect[] = [];
  const add = (kind: string) => effects.push({ number: effects.length + 1, kind });
  return () => {
    for (const { method } of slack.calls.slice(calls))
      if (/^(chat|views)\.|^response_url$/.test(method)) add(method);
    for (const { method, path } of command.requests.slice(requests))
      if (method === 'POST') add(path.replace(/^.*\//, 'Command: '));
    [calls, requests] = [slack.calls.length, command.requests.length];
    return effects;
  };
}

/** Kills a program at each point of what is still to come, and starts it again; of several they take turns. */
function armKills(ground: Ground, { isPoint, isHeard }: KillPlan) {
  const effects = watchEffects(ground);
  const kills: (Effect & { readonly atMs: number; startedAgainAtMs?: number })[] = [];
  let weighed = 0;
  let isOver = false;
  let dying: Promise<void> | undefined;
  const isReached = () => {
    while (!isOver && !dying) {
      const effect = effects()[weighed];
      if (!effect) return false;
      weighed += 1;
      if (!isPoint(effect, kills)) continue;
      kills.push({ ...effect, atMs: ground.now() });
      const which = (effect.number + Number(isHeard)) % ground.programs;
      // Here the simulator has not answered yet.
      dying = isHeard ? pause(15).then(() => ground.kill(which)) : ground.kill(which);
    }
    return true;
  };
  const wait = async (isNow: () => Promise<unknown>) => {
    while (!isOver && !dying) await isNow().catch(() => undefined);
  };
  const killAll = async () => {
    while (!isOver) {
      await Promise.race([
        wait(() => ground.slack.waitFor(isReached, { timeoutMs: 1_000 })),
        wait(() => ground.command.waitFor(isReached, 1_000)),
      ]);
      const kill = kills.at(-1);
      if (!dying || !kill) break;
      await dying;
      // What a dead program had begun is taken over after a while, which need not be waited for.
      ground.advanceClock(takenOverMs);
      kill.startedAgainAtMs = ground.now();
      await ground.startAll();
      // What the other did meanwhile was no point to die at.
      weighed = effects().length;
      dying = undefined;
    }
  };
  const killed = killAll();
  return {
    kills,
    effects,
    /** Kills no more, and waits until the last one killed was started again. */
    async end(): Promise<void> {
      isOver = true;
      await killed;
    },
  };
}

/** Waits until something is so, and has somebody try it again while it is not. */
async function until<T>(
  what: string,
  read: () => Promise<T | undefined | false> | T | undefined | false,
  act?: () => Promise<unknown>,
): Promise<T> {
  const untilMs = Date.now() + 120_000;
  let actedAtMs = 0;
  for (;;) {
    const found = await read();
    if (found) return found;
    if (Date.now() > untilMs) throw new Error(`Waited in vain for ${what}`);
    if (act && Date.now() - actedAtMs > 4_000) {
      await act();
      actedAtMs = Date.now();
    }
    await pause(20);
  }
}

function cardOf({ slack }: Ground, host: string, label: string): SeenMessage | undefined {
  return slack
    .messages(places.pki)
    .findLast(
      (one) =>
        one.isFromApp && !one.isEphemeral && textOf(one).includes(host) && buttonsOf(one).includes(label),
    );
}

async function click(
  ground: Ground,
  actor: Actor,
  card: SeenMessage | undefined,
  verb: string,
): Promise<void> {
  if (!card) return;
  const { channel, ts, blocks } = card;
  const as = personas[actor].id;
  await ground.slack.click({ as, channel, ts, actionId: `approval.${verb}`, from: blocks });
}

/** When somebody was sent, or a channel shows, what says something. */
function whenSaid({ slack }: Ground, place: string, text: RegExp): readonly number[] {
  const said = slack.messages(place).filter((one) => !one.isEphemeral && text.test(textOf(one)));
  return said.map(({ ts }) => Number(ts) * 1_000);
}

/**
 * Plays a day: somebody goes away, another approver and their delegate decide two requests, the one in one window, a
 * rule approves one renewal and is stopped at another, one request is decided by nobody, they come back. Programs are
 * killed at points of it, and started again.
 *
 * People try again what had no effect. Gives what is not as it was promised.
 */
export async function playDay(
  ground: Ground,
  round: { readonly number: number; readonly plan: KillPlan; readonly hasHold: boolean },
): Promise<PlayedDay> {
  await ground.startAll();
  const database = await ground.open();
  const kill = armKills(ground, round.plan);
  try {
    return await playOn(ground, { ...round, store: createSqlStore(database), kill });
  } finally {
    await kill.end();
    await database.close();
  }
}

async function playOn(
  ground: Ground,
  {
    store,
    kill,
    number,
    hasHold,
  }: Parameters<typeof playDay>[1] & { readonly store: Store; readonly kill: ReturnType<typeof armKills> },
): Promise<PlayedDay> {
  const { slack, command } = ground;
  const [waits = '', left = '', beside = '', renewed = '', stopped = ''] = [
    'waits',
    'left',
    'beside',
    'renewed',
    'stopped',
  ].map((name) => `${name}${number}.keyexample.com`);
  const subjects: Subject[] = [];
  const start = async (host: string, quorum: number) => {
    const about = { host, requester: 'KEYEXAMPLE\\nobody' };
    const isRenewal = quorum === 0;
    const request = isRenewal
      ? await renewalRequest(ground.now(), { host })
      : await certificateRequest(about);
    const id = command.startInstance(request);
    subjects.push({ host, id, quorum });
    return id;
  };
  const ids = {
    left: await start(left, 2),
    beside: await start(beside, 2),
    renewed: hasHold ? await start(renewed, 0) : '',
    stopped: await start(stopped, 0),
  };
  const approvalOf = async (id: string) => (await store.listApprovalsOf({ system: 'corp', id })).at(-1);
  const signalsAbout = (id: string) => command.effectiveSignals.filter((one) => one.instance === id);
  for (const { host } of subjects) await until(`a card about ${host}`, () => cardOf(ground, host, 'Approve'));

  // Somebody goes away, and their delegate decides with another approver.
  const away = async () =>
    (await store.listAbsences()).find(({ person }) => person.userId === personas.ana.id);
  const type = (text: string) => () =>
    slack.command({ as: personas.ana.id, channel: places.pki, command: '/workflow', text });
  await until('Ana to be away', away, type(`away until 3d to <@${personas.bo.id}> for Others`));
  const isVotedOn = async (host: string, by: Actor) => {
    const approval = await approvalOf(host);
    if (approval?.state.kind !== 'waiting') return true;
    return (await store.listVotes(approval.id)).some(({ person }) => person.userId === personas[by].id);
  };
  const decided = [
    [left, ids.left],
    [beside, ids.beside],
  ] as const;
  const areVotedOn = async () => (await isVotedOn(ids.left, 'li')) && (await isVotedOn(ids.beside, 'li'));
  let submissions = 0;
  await until('Li to approve two together', areVotedOn, async () => {
    if (await areBothInWindow(ground)) submissions += 1;
  });
  for (const [host, id] of decided)
    await until(
      `the vote of a delegate about ${host}`,
      () => isVotedOn(id, 'bo'),
      () => click(ground, 'bo', cardOf(ground, host, 'Approve'), 'approve'),
    );
  for (const [host, id] of decided)
    await until(`the decision about ${host} to be sent`, () => signalsAbout(id).length > 0);
  const waitsId = await start(waits, 2);
  await until(`a card about ${waits}`, () => cardOf(ground, waits, 'Approve'));

  // Somebody stops a rule.
  await until(
    'the rule to be stopped',
    async () => (await approvalOf(ids.stopped))?.plan?.over === 'stopped',
    () => click(ground, 'li', cardOf(ground, stopped, 'Stop rule'), 'take-back'),
  );

  // Another renewal is approved by the rule, once its hold is over.
  const stepMs = ground.programs > 1 ? 14_000 : minuteMs;
  if (hasHold)
    await until('the rule to approve', async () => {
      const { state, plan } = (await approvalOf(ids.renewed)) ?? {};
      if (state?.kind !== 'waiting') return signalsAbout(ids.renewed).length > 0;
      if ((plan?.untilMs ?? Number.POSITIVE_INFINITY) > ground.now())
        await advanceToPoll(ground, store, stepMs);
      return false;
    });

  // Nobody decides the last one.
  const isQuiet = async () => (await checkOutcome(ground, subjects, [])).underWay.length === 0;
  await until('all to be quiet', isQuiet);
  ground.advanceClock(2 * hourMs);
  const reminder = new RegExp(`⏰[\\s\\S]*${waits}`);
  const ofBo = slack.im(personas.bo.id).id;
  const ofLi = slack.im(personas.li.id).id;
  const ofAna = slack.im(personas.ana.id).id;
  await until('a reminder of the delegate', () => whenSaid(ground, ofBo, reminder).length > 0);
  await until('a reminder of the other approver', () => whenSaid(ground, ofLi, reminder).length > 0);
  const about = new RegExp(waits);
  await until('others to hear of it', () => whenSaid(ground, places.alerts, about).length > 0);
  await until('all to be quiet', isQuiet);
  ground.advanceClock(hourMs);
  await until('operators to hear of it', () => whenSaid(ground, places.ops, about).length > 0);

  // They come back.
  const absence = await away();
  await until('Ana to be back', async () => !(await away()), type('back'));
  await kill.end();
  await until('all to be quiet', isQuiet);
  for (const id of [waitsId, ids.stopped]) await command.decideInPortal(id, 'KEYEXAMPLE\\portal-pat', true);

  const broken = [...(await settle(ground, { subjects, taken: [] }))];
  const once: [string, readonly number[]][] = [
    ['a reminder of the delegate', whenSaid(ground, ofBo, reminder)],
    ['a reminder of the other approver', whenSaid(ground, ofLi, reminder)],
    ['an escalation', whenSaid(ground, places.alerts, about)],
    ['a word to operators', whenSaid(ground, places.ops, about)],
  ];
  for (const [what, [firstMs = 0, ...more]] of once) {
    // A post whose answer was lost may stand there twice: nobody can know whether it arrived.
    const isLostPost =
      more.length === 1 && kill.kills.some(({ atMs }) => Math.abs(atMs - firstMs) < lostPostMs);
    if (more.length > 0 && !isLostPost) broken.push(`${what} was sent ${more.length + 1} times`);
  }
  if (whenSaid(ground, ofAna, reminder).length > 0) broken.push('somebody who is away was reminded');
  if (!absence) broken.push('the absence was lost');
  const comments = (id: string) => signalsAbout(id).map(({ comment = '' }) => comment);
  for (const [host, id] of decided) {
    const [bySeat = '', ...more] = comments(id);
    if (more.length > 0 || !/^Approved by Li Wei .*Bo Stranger .*for Ana Ruiz/.test(bySeat))
      broken.push(`the decision of a delegate about ${host} was sent as ${comments(id)}`);
  }
  const summaries = whenSaid(ground, ofLi, new RegExp(`selected 2 requests[\\s\\S]*${left}`));
  // Nobody can know whether a post whose answer was lost arrived.
  const mostSummaries = submissions + kill.kills.length;
  if (summaries.length === 0 || summaries.length > mostSummaries)
    broken.push(`${submissions} windows for two were summed up ${summaries.length} times`);
  if (comments(ids.stopped).some((text) => text.includes('by rule'))) broken.push('a stopped rule approved');
  if (hasHold) broken.push(...(await wrongHold()));
  return { broken, effects: kill.effects(), kills: kill.kills };

  async function wrongHold(): Promise<readonly string[]> {
    const all = comments(ids.renewed);
    if (all.length !== 1 || all[0] !== 'Approved by rule PKI Approvers via Countersign')
      return [`the rule sent ${all.join(' and ') || 'nothing'}`];
    const { state } = (await approvalOf(ids.renewed)) ?? {};
    const decidedAtMs = (state?.kind === 'ended' ? state.decision?.atMs : undefined) ?? 0;
    const shown = slack.messages(places.pki).filter((one) => one.isFromApp && textOf(one).includes(renewed));
    const shownAtMs = Math.min(...shown.map(({ ts }) => Number(ts) * 1_000));
    // Another program may have gone on with it.
    const starts = kill.kills.flatMap(({ startedAgainAtMs }) => startedAgainAtMs ?? []);
    const alone = ground.programs === 1 ? starts.filter((atMs) => atMs < decidedAtMs) : [];
    const heldMs = decidedAtMs - Math.max(shownAtMs, ...alone);
    return heldMs >= holdMs ? [] : [`the rule approved after ${heldMs} ms`];
  }
}

/** Has Li approve what a window for several shows, if it shows two; tells whether Slack was told that it is taken. */
async function areBothInWindow(ground: Ground): Promise<boolean> {
  try {
    // Slack sends an event again after a minute where nobody took it, which is not waited for.
    void ground.slack.openHome(personas.li.id).catch(() => undefined);
    await homeSaying(ground, 'li', /home\.several/, 2_000);
    await clickInHome(ground, 'li', 'several');
    const { acked, result } = await submitSeveral(ground, 'li');
    return acked && result === 'closed';
  } catch {
    // The program died before it had opened one.
    return false;
  }
}

/** Sets the clocks ahead, and waits until the programs have noticed. */
async function advanceToPoll(ground: Ground, store: Store, ms: number): Promise<void> {
  ground.advanceClock(ms);
  const toMs = ground.now();
  await until('a poll', async () => {
    const note = await store.getNote('attendance/corp');
    return note !== undefined && JSON.parse(note).atMs >= toMs;
  });
}
