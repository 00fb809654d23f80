import type { Change } from '../../../../../domain/change.js';

/** The words of every change. Titles of questions are followed by what they are about. */
export const changeText: Readonly<
  Record<
    Change['kind'],
    {
      /** On a button, and as a question. */
      readonly act: string;
      /** Follows “may not” and “cannot”. */
      readonly verb: string;
      readonly done: string;
      /** Nothing takes it back. */
      readonly isFinal: boolean;
    }
  >
> = {
  restart: { act: 'Restart', verb: 'restart', done: '🔁 Restarted', isFinal: true },
  stop: { act: 'Stop', verb: 'stop', done: '⛔ Stopped', isFinal: true },
  execute: { act: 'Start', verb: 'start', done: '▶️ Started', isFinal: false },
  pause: { act: 'Pause', verb: 'pause', done: '⏸️ Paused', isFinal: false },
  resume: { act: 'Resume', verb: 'resume', done: '▶️ Resumed', isFinal: false },
  abort: { act: 'Abort', verb: 'abort', done: '⏹️ Aborted', isFinal: true },
  alert: { act: 'Answer', verb: 'answer for', done: '📣 Answered', isFinal: true },
};
