import type { Click } from '../../../src/domain/voting.js';
import type { OutgoingSignal } from '../../../src/ports/backend.js';
import type { Content } from '../../../src/ports/chat.js';
import type { World } from '../world/open-world.js';
import { people } from '../world/people.js';

/** What a test itself keeps of who wished what, to hold the bot's signals against. */
export interface Ledger {
  /** Remembers which facts a card showed under which revision. */
  noteShown(content: Content): void;
  /** Gives the revisions of an approval that were ever shown, oldest first. */
  revisionsOf(approvalId: string): readonly number[];
  /** Remembers a click of which the chat was told that it is safe. */
  noteWritten(click: Click): void;
  readonly written: ReadonlySet<string>;
  /** Takes out a click that retention has removed since it was answered. */
  forgetClick(id: string): void;
  /** Says what speaks against a signal that leaves now; nothing, if people want it. */
  objectionTo(world: World, runId: string, signal: OutgoingSignal): Promise<string | undefined>;
}

const approvers = [people.ada, people.bo, people.cy];

/** Opens an empty ledger for a bot that needs so many approvals. */
export function createLedger(quorum: number): Ledger {
  const shown = new Map<string, Map<number, string>>();
  const clicks: Click[] = [];
  const written = new Set<string>();
  return {
    noteShown(content) {
      if (content.kind !== 'card') return;
      const { id, revision, instance } = content.card.approval;
      const revisions = shown.get(id) ?? new Map<number, string>();
      shown.set(id, revisions);
      if (!revisions.has(revision)) revisions.set(revision, instance.facts.names.join());
    },
    revisionsOf: (id) => [...(shown.get(id)?.keys() ?? [])].sort((a, b) => a - b),
    noteWritten(click) {
      written.add(click.id);
      clicks.push(click);
    },
    written,
    forgetClick: (id) => void written.delete(id),
    async objectionTo(world, runId, { verdict, comment }) {
      const approval = await world.store.latestApprovalOf({ system: 'command', id: runId });
      const facts = world.command.run(runId).facts.names.join();
      const wishes: string[] = [];
      for (const { id, name } of approvers) {
        const own = clicks.filter(
          (click) => click.person.userId === id.userId && click.approvalId === approval?.id,
        );
        if (await isWished(world, own, (click) => isWish(click, verdict, facts, shown))) wishes.push(name);
      }
      const named = approvers.filter(({ name }) => comment.includes(name)).map(({ name }) => name);
      const what = `${verdict} by ${named.join(' and ')}`;
      if (named.length < (verdict === 'approve' ? quorum : 1)) return `${what}: these are too few`;
      const unwilling = named.filter((name) => !wishes.includes(name));
      return unwilling.length > 0 ? `${what}: not wished by ${unwilling.join(' and ')}` : undefined;
    },
  };
}

function isWish(
  click: Click,
  verdict: OutgoingSignal['verdict'],
  facts: string,
  shown: ReadonlyMap<string, ReadonlyMap<number, string>>,
): boolean {
  return click.verb === verdict && shown.get(click.approvalId)?.get(click.revision) === facts;
}

/** Somebody's last word counts: a wish that was taken back since is none. */
async function isWished(
  world: World,
  clicks: readonly Click[],
  isWish: (click: Click) => boolean,
): Promise<boolean> {
  let isWished = false;
  for (const click of clicks) {
    const reply = (await world.store.findClick(click.id))?.reply;
    if (reply?.kind === 'vote-withdrawn' || reply?.kind === 'taken-back') isWished = false;
    const isTurnedDown = reply?.kind === 'refused' || reply?.kind === 'too-old' || reply?.kind === 'over';
    if (isWish(click) && !isTurnedDown) isWished = true;
  }
  return isWished;
}
