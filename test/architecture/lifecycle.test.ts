import { describe, expect, it } from '@jest/globals';
import { sourceFiles } from './source-files.js';

/** Only there may a state of an approval be built, or the phase of a signal be set. */
const lifecycle = 'src/domain/approval-lifecycle.ts';

/** How a state of an approval, and a signal's phase, are written down; a type that says `readonly` is none. */
const builds: Readonly<Record<string, RegExp>> = {
  'a state':
    /\bstate: \{\s*kind: '(waiting|deciding|held|checking|recorded|not-moved|ended)'|: ApprovalState = [^;]*kind: '/g,
  'a state with its decision':
    /\{\s*kind: '(deciding|held|checking|recorded|not-moved)',\s*decision\b|\{\s*kind: 'ended',\s*(ending|decision)\b/g,
  'a phase':
    /(?<!readonly )\bphase: '(claimed|accepted|settled)'|(?<!readonly )\bphase: 'sending',\s*deadlineMs, sends/g,
};

/** Lists what of that stands in a text. */
function found(text: string): readonly string[] {
  return Object.entries(builds).flatMap(([what, pattern]) => [...text.matchAll(pattern)].map(() => what));
}

describe('the life of an approval', () => {
  it('is written in one place: nothing else builds a state or sets a phase', () => {
    const elsewhere = sourceFiles('src')
      .filter(({ path }) => path !== lifecycle && !path.startsWith('src/sandbox/'))
      .flatMap(({ path, lines }) => found(lines.join('\n')).map((what) => `${path}: ${what}`));
    expect(elsewhere).toEqual([]);
  });

  it.each([
    ["const saved = { ...approval, state: { kind: 'waiting', note } };", 'a state'],
    ["await save({\n  ...approval,\n  state: {\n    kind: 'held' } });", 'a state'],
    ["const state: ApprovalState = { kind: 'ended' };", 'a state'],
    ["saveState(work, { kind: 'deciding', decision });", 'a state with its decision'],
    ["await transaction.saveSignal({ ...signal, phase: 'settled' });", 'a phase'],
    ["const sending = { ...signal, phase: 'sending', deadlineMs, sends };", 'a phase'],
  ])('would be found elsewhere: %s', (text, what) => {
    expect(found(text)).toContain(what);
  });

  it('is really written there', () => {
    const file = sourceFiles('src').find(({ path }) => path === lifecycle);
    expect(new Set(found(file?.lines.join('\n') ?? ''))).toEqual(new Set(Object.keys(builds)));
  });
});
