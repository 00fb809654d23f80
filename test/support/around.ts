/** Runs something, with whatever a test wants to happen before or after: a crash, a pause, nothing. */
export type Around = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** Adds nothing. */
export const undisturbed: Around = (_name, work) => work();
