import { z } from 'zod';
import { hasEnded, type Instance } from '../../../domain/instance.js';

/** So many executions of others are followed at a time; each is a request per look. */
const mostFollowed = 100;

const written = z.array(z.string());

/** Reads from a mark which executions of others are followed; none from a mark that is not ours. */
export function followedIn(mark: string | undefined): readonly string[] {
  try {
    const read = written.safeParse(JSON.parse(mark ?? '[]'));
    return read.success ? read.data : [];
  } catch {
    return [];
  }
}

/**
 * Writes a mark: which executions to go on following, and how many had to be dropped, the oldest first.
 *
 * The latest execution of a workflow is followed to its end, also once another one is the latest. One that failed
 * may be resumed, so that is no end.
 */
export function followOn(
  before: readonly string[],
  seen: {
    readonly found: readonly Instance[];
    readonly gone: ReadonlySet<string>;
    readonly latest: readonly string[];
  },
): { readonly mark: string; readonly dropped: number } {
  const over = new Set(seen.found.filter(({ status }) => hasEnded(status)).map(({ ref }) => ref.id));
  const all = [...new Set([...before, ...seen.latest])];
  const open = all.filter((id) => !over.has(id) && !seen.gone.has(id));
  const kept = open.slice(-mostFollowed);
  return { mark: JSON.stringify(kept), dropped: open.length - kept.length };
}
