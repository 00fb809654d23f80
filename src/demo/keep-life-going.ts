import type { KeyfactorCommand } from '../simulators/keyfactor/keyfactor-command.js';
import { portalPat } from './scene/cast.js';
import { everydayRequest } from './scene/everyday-requests.js';
import type { DemoRequest } from './scene/request.js';

/** Calls `work` again and again until the returned function is called; never twice at the same time. */
export type Every = (periodMs: number, work: () => Promise<void>) => () => void;

/** What the life of the demo touches. */
export interface LifeParts {
  readonly command: Pick<KeyfactorCommand, 'instances' | 'decideInPortal'>;
  readonly ask: (request: DemoRequest) => Promise<string>;
  /** The run Pat decides first. */
  readonly first: string;
  readonly every: Every;
}

const periodMs = 20_000;
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
  return every(periodMs, async () => {
    const open = waiting();
    const [oldest, ...others] = pats.filter((id) => open.includes(id));
    const isFull = open.length >= mostWaiting;
    const isPatNext = isFull || decided === 0 || others.length >= leftForOthers;
    if (isPatNext && oldest !== undefined) await decide(oldest);
    else if (!isFull) await askNext();
  });
}
