/**
 * Keeps what an open window or list goes on with, until it is too old to be answered; whichever bot takes the
 * answer finds it.
 */
export interface KeyValueStore {
  keep(key: string, text: string): Promise<void>;
  /** Absent once it is too old, or if it was never kept. */
  kept(key: string): Promise<string | undefined>;
}
