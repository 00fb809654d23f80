/** Runs something, with whatever a test wants to happen before or after: a crash, a pause, nothing. */
export type TestRuntime = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** Adds nothing. */
export const undisturbed: TestRuntime = (_name, work) => work();
