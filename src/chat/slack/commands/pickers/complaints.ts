/** What is wrong with a submission, by the block it is shown under. */
export type Complaints = Readonly<Record<string, string>>;
