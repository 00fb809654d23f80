import type { SeenMessage } from '../../../src/simulators/slack/hands/shown.js';
import { createSqlStore } from '../../../src/stores/sql/sql-store.js';
import type { Aftermath, ApprovalAfter, DecisionAfter, RunAfter } from '../../support/promises.js';
import { buttonsOf, textOf } from '../../support/stage/cards.js';
import { places, serviceAccount } from '../../support/stage/cast.js';
import type { Ground } from './open-ground.js';

/** A run of a round, found again by the host its certificate is for. */
export interface Subject {
  readonly id: string;
  readonly host: string;
  /** Set where Work Tasks tells of it. */
  readonly told?: ToldRun;
}

/** A run of Work Tasks, and the activity that waits. */
export interface ToldRun {
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
export async function lookAfter(
  ground: Ground,
  subjects: readonly Subject[],
  taken: readonly Taken[],
): Promise<Found> {
  const { slack, open } = ground;
  const database = await open();
  const store = createSqlStore(database);
  try {
    const shown = [places.pki, places.fallback]
      .flatMap((place) => slack.messages(place))
      .filter(({ isFromApp, isEphemeral }) => isFromApp && !isEphemeral);
    const ofSubject = ({ host }: Subject) => shown.filter((one) => textOf(one).includes(host));
    const approvals: ApprovalAfter[] = [];
    const strays: SeenMessage[] = [];
    for (const subject of subjects) {
      const approval = await store.latestApprovalOf({
        system: subject.told ? 'plant' : 'corp',
        id: subject.id,
      });
      if (approval) {
        const { state } = approval;
        const ending = state.kind === 'ended' ? { ending: state.ending.kind } : {};
        approvals.push({ run: subject.id, state: state.kind, ...ending });
      }
      for (const message of ofSubject(subject)) {
        const { channel, ts } = message;
        const isKnown = (await store.findCardByMessage({ channel, ts })) !== undefined;
        if (!isKnown && isLive(message)) strays.push(message);
      }
    }
    const clicks = await database.db.selectFrom('clicks').select(['body', 'answer']).execute();
    const underWay = [
      ...(await store.listUnfinishedClicks()).map(({ id }) => `click ${id}`),
      ...(await store.listUnsettledSignals()).map(({ id, phase }) => `signal ${id} ${phase}`),
      ...((await store.countPending()) > 0 ? ['deliveries'] : []),
      ...subjects
        .filter(({ id }) => !approvals.some(({ run }) => run === id))
        .map(({ host }) => `${host} has no approval yet`),
    ];
    return {
      underWay,
      strays,
      aftermath: {
        approvals,
        runs: subjects.map((subject) => runAfter(ground, subject)),
        cards: subjects.flatMap((subject) =>
          ofSubject(subject).map((one) => ({
            name: `${subject.host} ${one.ts}`,
            run: subject.id,
            isLive: isLive(one),
          })),
        ),
        decisions: taken.map((one) => endsOf(one, clicks)),
      },
    };
  } finally {
    await database.close();
  }
}

/** Tells whether somebody can decide there. */
export function isLive(message: SeenMessage): boolean {
  return buttonsOf(message).some((label) => label.startsWith('Approve'));
}

function runAfter({ command, plant }: Ground, { id, told }: Subject): RunAfter {
  if (told && plant) {
    const { workTasks } = plant;
    const taken = workTasks.requests
      .filter(
        ({ path, sent }) =>
          /AlertEngine$/i.test(path) && Object.values(sent).map(String).includes(told.detailsId),
      )
      .map(() => told.detailsId);
    return { id, isWaiting: workTasks.sleepingAt(told.execution) !== undefined, taken };
  }
  return {
    id,
    isWaiting: command.instance(id).status === 'Suspended',
    taken: command.effectiveSignals
      .filter((one) => one.instance === id && one.identity === serviceAccount.name)
      .map(({ step, identity }) => `${step} ${identity}`),
  };
}

function endsOf(
  { person, ts, verb }: Taken,
  clicks: readonly { readonly body: string; readonly answer: string | null }[],
): DecisionAfter {
  const own = clicks.filter(({ body }) => {
    const click = JSON.parse(body);
    return click.person.userId === person && click.message.ts === ts && click.verb === verb;
  });
  const ends = own.map(({ answer }) => (answer === null ? undefined : String(JSON.parse(answer).kind)));
  return { name: `${verb} by ${person} on ${ts}`, ends };
}
