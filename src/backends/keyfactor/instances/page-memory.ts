import { hash } from 'node:crypto';
import type { HttpResponse } from '../http/answer.js';
import type { InstanceRow } from '../wire/instance-wire.js';
import { type Rows, totalHeader } from '../wire/read-rows.js';

type Page = Rows<InstanceRow>;

/** Knows the pages of the last walk through a list, so that one which has not changed is not read anew. */
export interface PageCache {
  /** Gives what the same page was read as in the last walk if it says the same as then; else reads it. */
  recall(page: number, response: HttpResponse, read: () => Page): Page;
}

/** Creates that memory for one list. */
export function createPageCache(): PageCache {
  let last = new Map<number, Known>();
  let current = new Map<number, Known>();
  return {
    recall(page, response, read) {
      if (page === 1) {
        last = current;
        current = new Map();
      }
      const said = `${response.headers[totalHeader]} ${hash('sha256', response.body, 'base64url')}`;
      const known = last.get(page);
      const entry = known?.said === said ? known : { said, page: read() };
      current.set(page, entry);
      return entry.page;
    },
  };
}

interface Known {
  /** Sums up its text, which would take more room than its rows. */
  readonly said: string;
  readonly page: Page;
}
