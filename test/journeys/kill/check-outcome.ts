import type { Store } from '../../../src/ports/store.js';
import type { SeenMessage } from '../../../src/sandbox/slack/interactions.js';
import type { OpenDatabase } from '../../../src/stores/sql/database.js';
import { createSqlStore } from '../../../src/stores/sql/sql-store.js';
import type { Aftermath, ApprovalAfter, Choices, DecisionAfter } from '../../support/promises.js';
import { buttonsOf, textOf } from '../../support/stage/cards.js';
import { places } from '../../support/stage/personas.js';
import type { Ground } from './open-ground.js';
import { runAfter } from './run-after.js';

/** A run of a round, found again by the host its certificate is for. */
export interface Subject {
  readonly id: string;
  readonly host: string;
  /** Set where Work Tasks tells of it. */
  readonly told?: InboundRun;
  /** How many people have to agree, where that is another number than elsewhere: nobody, where a rule may approve. */
  readonly quorum?: number;
}

/** A run of Work Tasks, and the activity that waits. */
export interface InboundRun {
  readonly execution: { readonly repository: string; readonly id: number };
  readonly detailsId: string;
}

/** A decision the program told Slack it had taken. */
export interface Taken {
  readonly person: string;
  readonly ts: string;
  readonly verb: string;
}

/** What was found after a round. */
export interface Found {
  readonly aftermath: Aftermath;
  /** What is still on its way; nothing, once all has settled. */
  readonly underWay: readonly string[];
  /** Live cards the bot has lost sight of, as when it was never told that Slack had posted them. */
  readonly strays: readonly SeenMessage[];
}

/** Looks at the simulators and into the store. */
export async function checkOutcome(
  ground: Ground,
  subjects: readonly Subject[],
  taken: readonly Taken[],
): Promise<Found> {
  const database = await ground.open();
  const store = createSqlStore(database);
  try {
    const clicks = await readClicks(database);
    const approvals: ApprovalAfter[] = [];
    for (const subject of subjects) {
      for (const { id, state } of await approvalsOf(store, subject)) {
        const ending = state.kind === 'ended' ? { ending: state.ending.kind } : {};
        const choices = choicesOf(id, clicks, subject.quorum ?? ground.quorum);
        approvals.push({ run: subject.id, state: state.kind, ...ending, choices });
      }
    }
    const cards = cardsOf(ground, subjects);
    return {
      underWay: await whatIsUnderWay(store, subjects),
      strays: await straysAmong(store, cards),
      aftermath: {
        approvals,
        runs: subjects.map((subject) => runAfter(ground, subject)),
        cards: cards.map(({ subject, message }) => ({
          name: `${subject.host} ${message.ts}`,
          run: subject.id,
          isLive: isLive(message),
        })),
        decisions: taken.map((one) => endsOf(one, clicks)),
      },
    };
  } finally {
    await database.close();
  }
}

function approvalsOf(store: Store, { told: inbound, id }: Subject) {
  return store.listApprovalsOf({ system: inbound ? 'plant' : 'corp', id });
}

/** A message that shows a run. */
interface ShownCard {
  readonly subject: Subject;
  readonly message: SeenMessage;
}

function cardsOf({ slack }: Ground, subjects: readonly Subject[]): readonly ShownCard[] {
  const shown = [places.pki, places.fallback]
    .flatMap((place) => slack.messages(place))
    .filter(({ isFromApp, isEphemeral }) => isFromApp && !isEphemeral)
    .map((message) => ({ message, text: textOf(message) }));
  return subjects.flatMap((subject) =>
    shown.filter(({ text }) => text.includes(subject.host)).map(({ message }) => ({ subject, message })),
  );
}

async function straysAmong(store: Store, cards: readonly ShownCard[]): Promise<readonly SeenMessage[]> {
  const strays: SeenMessage[] = [];
  for (const { message } of cards) {
    const { channel, ts } = message;
    const isKnown = (await store.findCardByMessage({ channel, ts })) !== undefined;
    if (!isKnown && isLive(message)) strays.push(message);
  }
  return strays;
}

async function whatIsUnderWay(store: Store, subjects: readonly Subject[]): Promise<readonly string[]> {
  const unheard: string[] = [];
  for (const subject of subjects) {
    const { length } = await approvalsOf(store, subject);
    if (length === 0) unheard.push(`${subject.host} has no approval yet`);
  }
  return [
    ...(await store.listUnfinishedClicks()).map(({ id }) => `click ${id}`),
    ...(await store.listUnsettledSignals()).map(({ id, phase }) => `signal ${id} ${phase}`),
    ...((await store.countPending()) > 0 ? ['deliveries'] : []),
    ...unheard,
  ];
}

/** Tells whether somebody can decide there. */
export function isLive(message: SeenMessage): boolean {
  return buttonsOf(message).some((label) => label.startsWith('Approve'));
}

/** A click as the store keeps it. */
interface KeptClick {
  readonly approvalId: string;
  readonly person: string;
  readonly ts: string;
  readonly verb: string;
  /** What became of it; absent while it has no end. */
  readonly end?: string;
}

async function readClicks({ db }: OpenDatabase): Promise<readonly KeptClick[]> {
  const rows = await db.selectFrom('clicks').select(['body', 'answer']).execute();
  return rows.map(({ body, answer: reply }) => {
    const { approvalId, person, message, verb } = JSON.parse(body);
    const end = reply === null ? {} : { end: String(JSON.parse(reply).kind) };
    return { approvalId, person: person.userId, ts: message.ts, verb, ...end };
  });
}

/** Answers to a click that counted. */
const counting: ReadonlySet<string | undefined> = new Set(['vote-counted', 'decided']);

function choicesOf(approvalId: string, clicks: readonly KeptClick[], quorum: number): Choices {
  const counted = clicks.filter((one) => one.approvalId === approvalId && counting.has(one.end));
  const whoChose = (verb: string) =>
    new Set(counted.filter((one) => one.verb === verb).map(({ person }) => person)).size;
  return { approve: whoChose('approve'), deny: whoChose('deny'), quorum };
}

function endsOf({ person, ts, verb }: Taken, clicks: readonly KeptClick[]): DecisionAfter {
  const own = clicks.filter((one) => one.person === person && one.ts === ts && one.verb === verb);
  return { name: `${verb} by ${person} on ${ts}`, ends: own.map(({ end }) => end) };
}
