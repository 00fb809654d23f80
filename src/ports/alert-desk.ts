import type { RecoveryAction } from '../domain/alerts/alert.js';
import type { AlertReply, MuteSpan } from '../domain/alerts/alert-reply.js';
import type { Asker } from './command-desk.js';

/** What a chat may ask of the bot on behalf of a person at an alert; rights are those of the person who presses. */
export interface AlertService {
  /** Gives an alert with all its samples, as it stands now. */
  details(incidentId: string, asker: Asker): Promise<AlertReply>;
  /** Notes who is on it, for everybody to see. */
  take(incidentId: string, asker: Asker): Promise<AlertReply>;
  /** Says nothing of its kind for a while. */
  mute(incidentId: string, span: MuteSpan, asker: Asker): Promise<AlertReply>;
  unmute(incidentId: string, asker: Asker): Promise<AlertReply>;
  /** Says what a way out would do to which runs; nothing is done. */
  propose(incidentId: string, way: RecoveryAction, asker: Asker): Promise<AlertReply>;
  /** Writes down that a proposal was confirmed; once this has resolved the wish cannot be lost. */
  confirm(batchId: string, asker: Asker): Promise<'confirmed' | 'repeated' | 'unknown'>;
  /** Carries a confirmed proposal out, one run after the other; what becomes of each is told in the thread. */
  carryOut(batchId: string): Promise<void>;
  /** Drops a proposal, unless it was confirmed before; `unknown` if there is none of theirs. */
  cancel(batchId: string, asker: Asker): Promise<'cancelled' | 'confirmed' | 'unknown'>;
}
