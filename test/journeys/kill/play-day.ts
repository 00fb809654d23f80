import { setTimeout as pause } from 'node:timers/promises';
import type { Store } from '../../../src/ports/store.js';
import type { SeenMessage } from '../../../src/sandbox/slack/interactions.js';
import { createSqlStore } from '../../../src/stores/sql/sql-store.js';
import { buttonsOf, textOf } from '../../support/stage/cards.js';
import { certificateRequest, renewalRequest } from '../../support/stage/enrollments.js';
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

/** Where which program is killed: at the n-th effect of all, before its answer or right after it. */
interface KillPoint {
  readonly which: number;
  readonly effect: number;
  readonly isHeard: boolean;
}

/** What became of a day. */
interface PlayedDay {
  readonly broken: readonly string[];
  /** Whether there were so many effects that the program was killed. */
  readonly isKilled: boolean;
}

/** Whatever a program does that somebody else can see: what it says in Slack, and what it sends a system. */
function effectsOf({ slack, command }: Ground): readonly string[] {
  return [
    ...slack.calls
      .map(({ method }) => method)
      .filter((method) => /^(chat|views)\.|^response_url$/.test(method)),
    ...command.requests.filter(({ method }) => method === 'POST').map(({ path }) => path),
  ];
}

/** Kills one program at a point of what is still to come, and starts it again. */
function armKill(ground: Ground, { which, effect, isHeard }: KillPoint) {
  const from = effectsOf(ground).length;
  let isOver = false;
  let killed: Promise<void> | undefined;
  let killedAtMs = Number.POSITIVE_INFINITY;
  const isReached = () => {
    const effects = effectsOf(ground).slice(from);
    if (isOver || killed || effects.length < effect) return isOver || killed !== undefined;
    killedAtMs = ground.now();
    // Here the simulator has not answered yet.
    killed = isHeard ? pause(15).then(() => ground.kill(which)) : ground.kill(which);
    return true;
  };
  const wait = async (isNow: () => Promise<unknown>) => {
    while (!isOver && !killed) await isNow().catch(() => undefined);
  };
  const restarted = Promise.race([
    wait(() => ground.slack.waitFor(isReached, { timeoutMs: 1_000 })),
    wait(() => ground.command.waitFor(isReached, 1_000)),
  ]).then(async () => {
    await killed;
    // What a dead program had begun is taken over after a while, which need not be waited for.
    if (killed) ground.advanceClock(takenOverMs);
    const atMs = ground.now();
    await ground.startAll();
    return killed ? atMs : undefined;
  });
  return {
    /** When it was. */
    killedAtMs: () => killedAtMs,
    /** Calls it off, if it has not happened; tells when the program that was killed was started again. */
    end(): Promise<number | undefined> {
      isOver = true;
      return restarted;
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
 * Plays a day: somebody goes away, their delegate decides, a rule approves one renewal and is stopped at another, one
 * request is decided by nobody, they come back. A program is killed at a point of it, and started again.
 *
 * People try again what had no effect. Gives what is not as it was promised.
 */
export async function playDay(
  ground: Ground,
  round: { readonly number: number; readonly point: KillPoint; readonly hasHold: boolean },
): Promise<PlayedDay> {
  await ground.startAll();
  const database = await ground.open();
  try {
    return await playOn(ground, createSqlStore(database), round);
  } finally {
    await database.close();
  }
}

async function playOn(
  ground: Ground,
  store: Store,
  { number, point, hasHold }: Parameters<typeof playDay>[1],
): Promise<PlayedDay> {
  const { slack, command } = ground;
  const [waits, left, renewed, stopped] = ['waits', 'left', 'renewed', 'stopped'].map(
    (name) => `${name}${number}.keyexample.com`,
  ) as [string, string, string, string];
  const kill = armKill(ground, point);
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
    waits: await start(waits, 2),
    left: await start(left, 2),
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
  for (const actor of ['bo', 'li'] as const)
    await until(
      `the vote of ${actor}`,
      () => isVotedOn(ids.left, actor),
      () => click(ground, actor, cardOf(ground, left, 'Approve'), 'approve'),
    );
  await until('the decision of a delegate to be sent', () => signalsAbout(ids.left).length > 0);

  // Somebody stops a rule.
  await until(
    'the rule to be stopped',
    async () => (await approvalOf(ids.stopped))?.plan?.over === 'stopped',
    () => click(ground, 'li', cardOf(ground, stopped, 'Undo'), 'take-back'),
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
  const startedAgainAtMs = await kill.end();
  await until('all to be quiet', isQuiet);
  for (const id of [ids.waits, ids.stopped]) await command.decideInPortal(id, 'KEYEXAMPLE\\portal-pat', true);

  const broken = [...(await settle(ground, { subjects, taken: [] }))];
  const once: [string, readonly number[]][] = [
    ['a reminder of the delegate', whenSaid(ground, ofBo, reminder)],
    ['a reminder of the other approver', whenSaid(ground, ofLi, reminder)],
    ['an escalation', whenSaid(ground, places.alerts, about)],
    ['a word to operators', whenSaid(ground, places.ops, about)],
  ];
  for (const [what, [firstMs = 0, ...more]] of once) {
    // A post whose answer was lost may stand there twice: nobody can know whether it arrived.
    const isLostPost = more.length === 1 && Math.abs(kill.killedAtMs() - firstMs) < lostPostMs;
    if (more.length > 0 && !isLostPost) broken.push(`${what} was sent ${more.length + 1} times`);
  }
  if (whenSaid(ground, ofAna, reminder).length > 0) broken.push('somebody who is away was reminded');
  if (!absence) broken.push('the absence was lost');
  const comments = (id: string) => signalsAbout(id).map(({ comment = '' }) => comment);
  const [bySeat = '', ...more] = comments(ids.left);
  if (more.length > 0 || !/^Approved by Bo Stranger .*for Ana Ruiz .*, Li Wei/.test(bySeat))
    broken.push(`the decision of a delegate was sent as ${comments(ids.left)}`);
  if (comments(ids.stopped).some((text) => text.includes('by rule'))) broken.push('a stopped rule approved');
  if (hasHold) broken.push(...(await wrongHold()));
  return { broken, isKilled: startedAgainAtMs !== undefined };

  async function wrongHold(): Promise<readonly string[]> {
    const all = comments(ids.renewed);
    if (all.length !== 1 || all[0] !== 'Approved by rule PKI Approvers via Countersign')
      return [`the rule sent ${all.join(' and ') || 'nothing'}`];
    const { state } = (await approvalOf(ids.renewed)) ?? {};
    const decidedAtMs = (state?.kind === 'ended' ? state.decision?.atMs : undefined) ?? 0;
    const shown = slack.messages(places.pki).filter((one) => one.isFromApp && textOf(one).includes(renewed));
    const shownAtMs = Math.min(...shown.map(({ ts }) => Number(ts) * 1_000));
    // Another program may have gone on with it.
    const isAlone = ground.programs === 1 && startedAgainAtMs !== undefined && startedAgainAtMs < decidedAtMs;
    const heldMs = decidedAtMs - Math.max(shownAtMs, isAlone ? startedAgainAtMs : 0);
    return heldMs >= holdMs ? [] : [`the rule approved after ${heldMs} ms`];
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
