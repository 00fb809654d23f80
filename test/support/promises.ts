/** What a run is like in its system, and what of ours it has taken. */
export interface RunAfter {
  readonly id: string;
  /** Whether it still waits for people at the step our approval is about. */
  readonly isWaiting: boolean;
  /** Signals of the bot that counted: one entry for each, naming step and identity. */
  readonly taken: readonly string[];
  /** What each of them said, where that is looked at. */
  readonly verdicts?: readonly ('approve' | 'deny')[];
}

/** How many different people made which choice that counted, and how many have to agree on a yes. */
export interface Choices {
  readonly approve: number;
  readonly deny: number;
  readonly quorum: number;
}

/** What the bot remembers of an approval. */
export interface ApprovalAfter {
  readonly run: string;
  readonly state: string;
  /** How it ended; absent while it has not. */
  readonly ending?: string;
  /** What people chose there, where that is looked at. */
  readonly choices?: Choices;
}

/** A message that shows an approval. */
export interface CardAfter {
  readonly name: string;
  readonly run: string;
  /** Whether a decision can be pressed there. */
  readonly isLive: boolean;
}

/** A decision of which somebody was told that it is taken. */
export interface DecisionAfter {
  readonly name: string;
  /** What became of it; each must have exactly one end. */
  readonly ends: readonly (string | undefined)[];
}

/** How everything stands once nothing more can happen. */
export interface Aftermath {
  readonly runs: readonly RunAfter[];
  readonly approvals: readonly ApprovalAfter[];
  readonly cards: readonly CardAfter[];
  readonly decisions: readonly DecisionAfter[];
}

/** States in which a card says why nobody can decide there now. */
const reasons: ReadonlySet<string> = new Set(['deciding', 'held', 'checking', 'recorded', 'not-moved']);
/** Endings that say that a system took our decision, and what that was. */
const ourEndings: ReadonlyMap<string | undefined, string> = new Map([
  ['approved', 'approve'],
  ['denied', 'deny'],
]);

/** Lists every promise of the bot that was broken, whatever died meanwhile. */
export function brokenPromises({ runs, approvals, cards, decisions }: Aftermath): readonly string[] {
  const broken: string[] = [];
  for (const { name, ends } of decisions) {
    if (ends.length !== 1 || ends[0] === undefined) broken.push(`${name} has ${ends.length} ends: ${ends}`);
  }
  for (const { id, taken } of runs) {
    if (new Set(taken).size < taken.length) broken.push(`${id} took a signal twice: ${taken}`);
    const approvalCount = approvals.filter(({ run }) => run === id).length;
    if (approvalCount > 1) broken.push(`${id} was put to people ${approvalCount} times`);
  }
  for (const approval of approvals) {
    const run = runs.find(({ id }) => id === approval.run);
    if (run) broken.push(...brokenBy(approval, run, cards));
  }
  return broken;
}

function brokenBy(approval: ApprovalAfter, run: RunAfter, cards: readonly CardAfter[]): readonly string[] {
  const { state, ending } = approval;
  const broken: string[] = [];
  const live = cards.filter((card) => card.run === run.id && card.isLive).map(({ name }) => name);
  if (ourEndings.has(ending) && run.taken.length !== 1) {
    broken.push(`${run.id} is said to be ${ending}, and took ${run.taken.length} signals`);
  }
  if (ending === 'decided-elsewhere' && run.taken.length > 0) {
    broken.push(`${run.id} is said to be decided elsewhere, and took ours`);
  }
  broken.push(...unfounded(approval, run));
  // What was sent once, and nobody answered, is never sent again; its people are told so.
  if (run.isWaiting && ending === 'outcome-unknown' && run.taken.length === 1) return broken;
  if (run.isWaiting && ending !== undefined) broken.push(`${run.id} waits, and is said to be ${ending}`);
  if (run.isWaiting && live.length === 0 && !reasons.has(state)) {
    broken.push(`${run.id} waits, and no card is live though it is ${state}`);
  }
  if (!run.isWaiting && state === 'waiting') broken.push(`${run.id} is over, and its approval still waits`);
  if (!run.isWaiting && live.length > 0) broken.push(`${run.id} is over, and live on ${live}`);
  return broken;
}

/** Finds signals that people did not choose, and endings that say something else than the signal did. */
function unfounded({ ending, choices }: ApprovalAfter, { id, verdicts = [] }: RunAfter): readonly string[] {
  const broken: string[] = [];
  for (const verdict of verdicts) {
    if ((ourEndings.get(ending) ?? verdict) !== verdict)
      broken.push(`${id} is said to be ${ending}, and was told to ${verdict}`);
    if (!choices) continue;
    const needed = verdict === 'approve' ? choices.quorum : 1;
    if (choices[verdict] < needed)
      broken.push(`${id} was told to ${verdict}, which ${choices[verdict]} of ${needed} chose`);
  }
  return broken;
}
