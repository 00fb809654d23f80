import type { ChangeRecord } from '../domain/change-record.js';
import type { InstanceRef } from '../domain/instance.js';

/** Short codes people use for runs; once given out, never given to another run. */
export interface CodeRepository {
  /** Gives the run behind a code, also behind that of an approval. */
  findByCode(code: string): Promise<InstanceRef | undefined>;
  /** Gives the latest code of a run. */
  codeOf(ref: InstanceRef): Promise<string | undefined>;
  /** Gives a code to a run; false if the code was ever given out. */
  addCode(code: string, ref: InstanceRef): Promise<boolean>;
}

/** Changes people asked for with commands. */
export interface ChangeRepository {
  addChange(record: ChangeRecord): Promise<void>;
  findChange(id: string): Promise<ChangeRecord | undefined>;
  /** Saves a record if it is still in the given phase; false if somebody else was faster. */
  saveChange(record: ChangeRecord, phase: ChangeRecord['phase']): Promise<boolean>;
  /** Lists changes that were confirmed and are not over, oldest first. */
  listOpenChanges(): Promise<readonly ChangeRecord[]>;
  /** Lists confirmed changes that answer an activity of a system, whichever run they name, the latest first. */
  listAnswersTo(system: string, activityId: string): Promise<readonly ChangeRecord[]>;
  /** Finds a change of the same kind to the same thing that somebody confirmed since a time. */
  findTwin(record: ChangeRecord, sinceMs: number): Promise<ChangeRecord | undefined>;
}
