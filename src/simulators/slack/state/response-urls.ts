import type { Ids } from './ids.js';

const LIFE_MS = 30 * 60_000;
const USES = 5;

/** Where answers sent to a response URL go. */
export interface ResponseTarget {
  readonly kind: 'message' | 'command';
  readonly channel: string;
  readonly member: string;
  /** The message whose element was pressed. */
  readonly messageTs?: string;
}

/** What using a response URL once came to. */
type ResponseUse =
  | { readonly kind: 'usable'; readonly target: ResponseTarget }
  | { readonly kind: 'unknown' | 'used-up' | 'expired' };

/** Hands out response URLs, each good for five answers within thirty minutes. */
export interface ResponseUrls {
  /** The path of a new response URL. */
  mint(target: ResponseTarget): string;
  use(path: string): ResponseUse;
}

/** Creates a book of response URLs on the given clock. */
export function createResponseUrls(options: {
  readonly ids: Ids;
  readonly now: () => number;
  readonly teamId: string;
}): ResponseUrls {
  const known = new Map<string, { readonly target: ResponseTarget; readonly bornMs: number; uses: number }>();
  return {
    mint(target) {
      const street = target.kind === 'command' ? 'commands' : 'actions';
      const path = `/${street}/${options.teamId}/${known.size + 1}/${options.ids.secret()}`;
      known.set(path, { target, bornMs: options.now(), uses: 0 });
      return path;
    },
    use(path) {
      const entry = known.get(path);
      if (entry === undefined) return { kind: 'unknown' };
      if (options.now() - entry.bornMs > LIFE_MS) return { kind: 'expired' };
      if (entry.uses >= USES) return { kind: 'used-up' };
      entry.uses += 1;
      return { kind: 'usable', target: entry.target };
    },
  };
}
