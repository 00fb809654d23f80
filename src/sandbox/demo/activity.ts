import type { KeyfactorCommand } from '../keyfactor/command.js';
import { type DemoRequest, everydayRequest, fail, portalPat, renewedHosts } from './scene.js';

/** Calls `work` again and again until the returned function is called; never twice at the same time. */
export type Every = (periodMs: number, work: () => Promise<void>) => () => void;

/** Makes a timer on real time; what the work throws goes to `onBreak`, and the next turn comes all the same. */
export function createEvery(onBreak: (error: unknown) => void): Every {
  return (periodMs, work) => {
    let isBusy = false;
    const tick = async (): Promise<void> => {
      if (isBusy) return;
      isBusy = true;
      await work()
        .catch(onBreak)
        .finally(() => {
          isBusy = false;
        });
    };
    const timer = setInterval(() => void tick(), periodMs);
    return () => clearInterval(timer);
  };
}

const incidentPeriodMs = 10_000;

/** After the first minute it is quiet for ten, so that nobody is drowned in what they came to try. */
const rounds = 66;

/**
 * Lets workflows fail: one alone, then twelve at once, then one that Pat restarts in Command's portal.
 *
 * The first two are left to the people in Slack. Returns what ends it.
 */
export function keepIncidentsComing({
  command,
  every,
}: {
  readonly command: Pick<KeyfactorCommand, 'startInstance' | 'restartInstance' | 'instance'>;
  readonly every: Every;
}): () => void {
  let tick = 0;
  let repaired: string | undefined;
  return every(incidentPeriodMs, async () => {
    tick += 1;
    switch (tick % rounds) {
      case 1:
        fail(command, 'share');
        break;
      case 2:
        fail(command, 'authority', renewedHosts);
        break;
      case 3:
        [repaired] = fail(command, 'mail');
        break;
      case 6:
        // Somebody in Slack may have been quicker.
        if (repaired !== undefined && command.instance(repaired).status === 'Failed')
          command.restartInstance(repaired, portalPat.name);
        break;
      default:
        break;
    }
  });
}

/** What the life of the demo touches. */
interface LifeParts {
  readonly command: Pick<KeyfactorCommand, 'instances' | 'decideInPortal'>;
  readonly ask: (request: DemoRequest) => Promise<string>;
  /** The run Pat decides first. */
  readonly first: string;
  readonly every: Every;
}

const lifePeriodMs = 20_000;

/** More than this nobody reads; from then on Pat only decides. */
const mostWaiting = 25;

/** So many of the new requests stay for the people in Slack. */
const leftForOthers = 2;

/**
 * Keeps the workspace alive: somebody asks for a certificate, or Pat decides something in Command's portal.
 *
 * Pat decides one run given and then those that arrived here, the oldest first; what the opening tells people
 * to try is left to them. Returns what ends it.
 */
export function keepLifeGoing(parts: LifeParts): () => void {
  const { command, ask, every } = parts;
  const pats = [parts.first];
  let requested = 0;
  let decided = 0;
  const waiting = () => command.instances().flatMap(({ id, status }) => (status === 'Suspended' ? [id] : []));
  const decide = async (id: string): Promise<void> => {
    decided += 1;
    pats.splice(0, pats.indexOf(id) + 1);
    // Now and then a denial, so that both endings are seen.
    const isApproved = decided % 4 !== 2;
    const comment = isApproved ? 'Checked' : 'Please ask again with a ticket number';
    await command.decideInPortal(id, portalPat.name, isApproved, comment);
  };
  const askNext = async (): Promise<void> => {
    requested += 1;
    pats.push(await ask(everydayRequest(requested - 1)));
  };
  return every(lifePeriodMs, async () => {
    const open = waiting();
    const [oldest, ...others] = pats.filter((id) => open.includes(id));
    const isFull = open.length >= mostWaiting;
    const isPatNext = isFull || decided === 0 || others.length >= leftForOthers;
    if (isPatNext && oldest !== undefined) await decide(oldest);
    else if (!isFull) await askNext();
  });
}
