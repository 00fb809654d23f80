import type { HttpAnswer } from '../http/answer.js';
import type { InstanceRow } from '../wire/instance-wire.js';
import { type Rows, totalHeader } from '../wire/read-rows.js';

type Page = Rows<InstanceRow>;

/** Knows the pages of the last walk through a list, so that one which has not changed is not read anew. */
export interface PageMemory {
  /** Gives what the same page was read as in the last walk if it says the same as then; else reads it. */
  recall(page: number, answer: HttpAnswer, read: () => Page): Page;
}

/** Creates that memory for one list. */
export function createPageMemory(): PageMemory {
  let last = new Map<number, Known>();
  let current = new Map<number, Known>();
  return {
    recall(page, answer, read) {
      if (page === 1) {
        last = current;
        current = new Map();
      }
      const text = answer.body;
      const total = answer.headers[totalHeader];
      const known = last.get(page);
      const isSame = known?.text === text && known.total === total;
      const entry = isSame ? known : { text, total, page: read() };
      current.set(page, entry);
      return entry.page;
    },
  };
}

interface Known {
  readonly text: string;
  readonly total: string | undefined;
  readonly page: Page;
}
