import type { ChangeEvent } from '../page/protocol.js';

/** Tells listeners that something in the workspace changed. */
export interface Changes {
  emit(event: ChangeEvent): void;
  /** Calls the listener on every change until the returned function is called. */
  listen(listener: (event: ChangeEvent) => void): () => void;
  /**
   * Resolves with the first value of `read` that is neither `undefined` nor `false`, looking again after each
   * change; rejects with `whatFor` in its message once `timeoutMs` of real time have passed.
   */
  waitFor<T>(read: () => T | undefined | false, options?: WaitOptions): Promise<T>;
}

/** How long to wait, and what to call it when it does not come. */
export interface WaitOptions {
  readonly timeoutMs?: number;
  readonly whatFor?: string;
}

/** Creates a change feed without listeners. */
export function createChanges(): Changes {
  const listeners = new Set<(event: ChangeEvent) => void>();
  const listen = (listener: (event: ChangeEvent) => void) => {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  };
  return {
    emit(event) {
      for (const listener of [...listeners]) listener(event);
    },
    listen,
    waitFor: (read, options = {}) => waitForChange(listen, read, options),
  };
}

function waitForChange<T>(
  listen: Changes['listen'],
  read: () => T | undefined | false,
  { timeoutMs = 5000, whatFor = 'the expected change' }: WaitOptions,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const stop = listen(() => poll());
    const finish = () => {
      clearTimeout(timer);
      stop();
    };
    let isChecking = false;
    const poll = () => {
      // A read that itself changes something, such as opening a conversation, must not look again.
      if (isChecking) return;
      isChecking = true;
      try {
        const found = read();
        if (found === undefined || found === false) return;
        finish();
        resolve(found);
      } catch (error) {
        finish();
        reject(error instanceof Error ? error : new Error(String(error)));
      } finally {
        isChecking = false;
      }
    };
    timer = setTimeout(() => {
      finish();
      reject(new Error(`Waited ${timeoutMs} ms in vain for ${whatFor}`));
    }, timeoutMs);
    poll();
  });
}
