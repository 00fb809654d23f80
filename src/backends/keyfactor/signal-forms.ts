import type { NoteRepository } from '../../ports/store.js';
import type { KeyfactorServer } from './settings.js';

/** How the answer in a signal is written: `"True"`, or `true`. */
export type SignalForm = 'string' | 'boolean';

/** Knows which form a server takes. */
export interface SignalForms {
  /** Whether the other form may be tried. */
  readonly isOpen: boolean;
  current(): Promise<SignalForm>;
  remember(form: SignalForm): Promise<void>;
}

/** Creates that knowledge; what was found out is kept across restarts. */
export function createSignalForms(
  { name, signalBody }: Pick<KeyfactorServer, 'name' | 'signalBody'>,
  notes: Pick<NoteRepository, 'getNote' | 'putNote'>,
): SignalForms {
  const key = `keyfactor/${name}/signal-form`;
  if (signalBody !== 'auto') {
    return { isOpen: false, current: async () => signalBody, remember: async () => {} };
  }
  return {
    isOpen: true,
    current: async () => ((await notes.getNote(key)) === 'boolean' ? 'boolean' : 'string'),
    remember: (form) => notes.putNote(key, form),
  };
}

/** Gives the form that is not this one. */
export function otherForm(form: SignalForm): SignalForm {
  return form === 'string' ? 'boolean' : 'string';
}
