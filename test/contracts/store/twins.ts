import { describe, expect, it } from '@jest/globals';
import type { Change } from '../../../src/domain/change.js';
import type { Store } from '../../../src/ports/store.js';
import { anInstance, aPersonId, noonMs } from '../../support/an-approval.js';
import { aChange, anExecution, aProposal } from './a-change.js';

const instance = anInstance().ref;
const variables = [
  { name: 'host', type: 'string', value: 'app.example.com' },
  { name: 'force', type: 'boolean', value: 'true' },
] as const;

/** What holds in every store for finding a change that was asked for twice. */
export function describeTwins(store: () => Store): void {
  const findTwin = (change: Change, sinceMs = noonMs) =>
    store().findTwin(aProposal({ id: 'asked-again', change }), sinceMs);

  it('finds what the same person confirmed, whatever became of it', async () => {
    const over = aChange({ phase: 'over', outcome: { kind: 'done' } });
    await store().addChange(over);
    expect(await findTwin(over.change)).toEqual(over);
  });

  it('finds no change older than the time it is asked about', async () => {
    await store().addChange(aChange());
    expect(await findTwin(aChange().change, noonMs)).toBeDefined();
    expect(await findTwin(aChange().change, noonMs + 1)).toBeUndefined();
  });

  it('takes no change for its own twin', async () => {
    await store().addChange(aChange());
    expect(await store().findTwin(aChange(), noonMs)).toBeUndefined();
  });

  it('finds no proposal that nobody confirmed', async () => {
    await store().addChange(aProposal());
    expect(await findTwin(aProposal().change, 0)).toBeUndefined();
  });

  it('finds a proposal once it was confirmed', async () => {
    await store().addChange(aProposal());
    await store().saveChange(aChange(), 'proposed');
    expect(await findTwin(aProposal().change)).toEqual(aChange());
  });

  it('finds no change of another person, nor of the same user id in another workspace', async () => {
    await store().addChange(aChange({ id: 'ben', person: aPersonId('U0BEN') }));
    await store().addChange(aChange({ id: 'other', person: aPersonId('U0ADA', 'T0OTHER') }));
    expect(await findTwin(aChange().change)).toBeUndefined();
  });

  it('finds the newest of several', async () => {
    await store().addChange(aChange({ id: 'z', confirmedAtMs: noonMs + 1 }));
    await store().addChange(aChange({ id: 'a', confirmedAtMs: noonMs + 2 }));
    await store().addChange(aChange({ id: 'm', confirmedAtMs: noonMs }));
    expect((await findTwin(aChange().change))?.id).toBe('a');
  });

  it('does not mind in which order a change is described', async () => {
    await store().addChange(aChange({ change: anExecution({ variables }) }));
    const reversed = [...variables].reverse().map(({ name, type, value }) => ({ value, type, name }));
    expect(await findTwin(anExecution({ variables: reversed }))).toBeDefined();
  });

  describe('takes for another change', () => {
    const kinds: Readonly<Record<string, readonly [Change, Change]>> = {
      'another kind': [
        { kind: 'stop', instance },
        { kind: 'abort', instance },
      ],
      'another run': [
        { kind: 'stop', instance },
        { kind: 'stop', instance: { ...instance, id: '2' } },
      ],
      'another system': [
        { kind: 'stop', instance },
        { kind: 'stop', instance: { ...instance, system: 'tasks' } },
      ],
      'another version': [
        { kind: 'restart', instance },
        { kind: 'restart', instance, version: 2 },
      ],
      'another output': [
        { kind: 'alert', instance, activityId: 'a', output: 'yes' },
        { kind: 'alert', instance, activityId: 'a', output: 'no' },
      ],
      'another value': [anExecution(), anExecution({ variables: [{ ...variables[0], value: 'b' }] })],
      'values that changed places': [
        anExecution({ variables: [...variables] }),
        anExecution({
          variables: [
            { ...variables[0], name: 'force' },
            { ...variables[1], name: 'host' },
          ],
        }),
      ],
    };
    for (const [name, [one, two]] of Object.entries(kinds)) {
      it(name, async () => {
        await store().addChange(aChange({ change: one }));
        expect(await findTwin(two)).toBeUndefined();
        expect(await findTwin(one)).toBeDefined();
      });
    }
  });
}
