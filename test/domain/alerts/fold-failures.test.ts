import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type AlertPolicy,
  type Incident,
  incidentKey,
  type NewFailure,
  openIncident,
} from '../../../src/domain/incident.js';
import { anInstance, noonMs } from '../../support/an-approval.js';
import { after, aNewFailure, aRun } from './a-failure.js';

const policy: AlertPolicy = { isOn: true, channel: 'C0OPS', rules: [], quietAfterMs: 60_000 };

const given = { id: 'incident-1', code: 'KA17' };

/** Folds failures one after the other, as they are seen. */
function fold([first, ...others]: readonly NewFailure[]): Incident {
  if (!first) throw new Error('There is nothing to fold');
  return others.reduce(
    (incident, failure) => after(incident, { kind: 'failed', failures: [failure], policy, nowMs: noonMs }),
    openIncident(first, given),
  );
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('the first failure of its kind', () => {
  it('makes an incident that tells all there is to tell', () => {
    const failure = aNewFailure(1);
    expect(openIncident(failure, { ...given, lastGoodStep: 'Approve' })).toEqual({
      id: 'incident-1',
      code: 'KA17',
      key: incidentKey(failure.instance),
      system: 'command',
      definition: anInstance().definition,
      step: { uniqueName: 'issue-1', name: 'Issue' },
      lastGoodStep: 'Approve',
      kind: 'failed',
      count: 1,
      unresolved: 1,
      failed: 1,
      messages: [{ text: 'The RPC server is unavailable.', count: 1 }],
      samples: [
        {
          ref: { system: 'command', id: 'run-1' },
          code: 'K1',
          title: 'Enroll 1',
          startedBy: 'KEYEXAMPLE\\rkim',
          startedAtMs: noonMs - 60_000,
          failedAtMs: noonMs + 1_000,
          message: 'The RPC server is unavailable.',
          link: 'https://command.example.com/1',
        },
      ],
      firstAtMs: noonMs + 1_000,
      lastAtMs: noonMs + 1_000,
      heardAtMs: noonMs + 500_000,
      state: { kind: 'open' },
      version: 1,
    });
  });

  it('may be told without a message, a step, or anybody who started it', () => {
    const { step: _step, statusMessage: _message, startedAtMs: _at, ...bare } = aRun('aborted');
    const { facts } = bare;
    const failure = {
      instance: { ...bare, facts: { ...facts, requesters: [] } },
      code: 'K1',
      failedAtMs: noonMs,
      seenAtMs: noonMs,
    };
    const { kind, messages, samples } = openIncident(failure, given);
    expect([kind, messages]).toEqual(['aborted', [{ text: '', count: 1 }]]);
    expect(samples).toEqual([
      { ref: bare.ref, code: 'K1', title: bare.title, failedAtMs: noonMs, message: '' },
    ]);
  });

  it('is told without its secrets, and not at any length', () => {
    const { messages, samples, key } = fold([aNewFailure(1, `password=hunter2 ${'so long '.repeat(2_000)}`)]);
    expect(JSON.stringify([messages, samples, key])).not.toContain('hunter');
    expect(messages[0]?.text).toMatch(/^password=\[removed\] so long/);
    expect(messages[0]?.text.length).toBeLessThanOrEqual(1_000);
  });
});

describe('three hundred failures of a kind', () => {
  const incident = fold(numbers(300).map((number) => aNewFailure(number)));

  it('are one incident with the right counters', () => {
    expect(incident).toMatchObject({ count: 300, unresolved: 300 });
    expect(incident.messages).toEqual([{ text: 'The RPC server is unavailable.', count: 300 }]);
    expect([incident.firstAtMs, incident.lastAtMs]).toEqual([noonMs + 1_000, noonMs + 300_000]);
  });

  it('are told by the first five', () => {
    expect(incident.samples.map(({ code }) => code)).toEqual(['K1', 'K2', 'K3', 'K4', 'K5']);
  });
});

describe('messages of an incident', () => {
  it('are listed by how often they came', () => {
    const said = ['a', 'b', 'c', 'b', 'c', 'c'].map((text, index) => aNewFailure(index, text));
    expect(fold(said).messages).toEqual([
      { text: 'c', count: 3 },
      { text: 'b', count: 2 },
      { text: 'a', count: 1 },
    ]);
  });

  it('tell the commonest one, also when it starts after many others', () => {
    const said = [...numbers(20).map((number) => `only once, ${number}`), ...numbers(5).map(() => 'often')];
    const { messages } = fold(said.map((text, index) => aNewFailure(index, text)));
    expect(messages[0]).toEqual({ text: 'often', count: 5 });
    expect(messages).toHaveLength(10);
  });

  it('never add up to more than there were failures, in whatever order they came', () => {
    const said = fc.array(fc.constantFrom(...'abcdefghijklmno'), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(said, (texts) => {
        const { count, messages, samples } = fold(texts.map((text, index) => aNewFailure(index, text)));
        expect(count).toBe(texts.length);
        for (const one of messages) {
          expect(one.count).toBeLessThanOrEqual(texts.filter((text) => text === one.text).length);
        }
        expect(messages.length).toBe(Math.min(10, new Set(texts).size));
        expect(samples.length).toBe(Math.min(5, texts.length));
      }),
    );
  });
});

describe('the key of a failure', () => {
  const key = incidentKey(aRun('failed'));

  it.each<[string, Partial<ReturnType<typeof aRun>>]>([
    ['run', { ref: { system: 'command', id: 'run-2' } }],
    ['title', { title: 'Enroll other.example.com' }],
    ['name of the step people read', { step: { uniqueName: 'issue-1', name: 'Ausstellen' } }],
    ['version of the recipe', { definition: { ...anInstance().definition, version: 4 } }],
    ['spelling', { statusMessage: 'the RPC  server is unavailable.' }],
  ])('is the same for another %s', (_, change) => {
    expect(incidentKey(aRun('failed', change))).toBe(key);
  });

  it.each<[string, Partial<ReturnType<typeof aRun>>]>([
    ['system', { ref: { system: 'other', id: 'run-1' } }],
    ['workflow', { definition: { ...anInstance().definition, id: 'other' } }],
    ['step', { step: { uniqueName: 'issue-2', name: 'Issue' } }],
    ['cause', { statusMessage: 'Access is denied.' }],
    ['way of ending', { status: { kind: 'aborted', raw: 'AB' } }],
  ])('is another one for another %s', (_, change) => {
    expect(incidentKey(aRun('failed', change))).not.toBe(key);
  });
});
