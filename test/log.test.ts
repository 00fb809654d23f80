import { expect, it } from '@jest/globals';
import { createLog } from '../src/log.js';
import { ChatError } from '../src/ports/errors.js';

function openLog() {
  let nowMs = 0;
  const lines: string[] = [];
  const log = createLog({ to: { write: (line: string) => void lines.push(line) }, now: () => nowMs });
  const read = () => lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { log, read, pass };
}

it('an outage is a line a minute, with how often it was seen, not a line for every attempt', () => {
  const { log, read, pass } = openLog();
  for (let second = 0; second < 120; second += 1) {
    const err = new ChatError('No answer', { code: 'unavailable', retryable: true });
    log.warn({ system: 'corp', attempts: second, err }, 'Could not observe');
    pass(1_000);
  }
  expect(read().map(({ attempts, repeated }) => [attempts, repeated])).toEqual([
    [0, undefined],
    [60, 59],
  ]);
});

it('a warning about another system, for another cause, or in another sentence is written', () => {
  const { log, read } = openLog();
  log.warn({ system: 'corp', err: new Error('No answer') }, 'Could not observe');
  log.warn({ system: 'lab', err: new Error('No answer') }, 'Could not observe');
  log.warn({ system: 'lab', err: new Error('Refused') }, 'Could not observe');
  log.warn({ system: 'lab', err: new Error('Refused') }, 'Could not sign in');
  log.error({ system: 'lab' }, 'It broke');
  log.error({ system: 'lab' }, 'It broke');
  expect(read()).toHaveLength(6);
});
