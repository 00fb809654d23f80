import { describe, expect, it } from '@jest/globals';
import { isComment, placesWhere, sourceFiles } from './source-files.js';

/** The bot, but for what pretends to be the systems around it and for the forms in which a store writes things down. */
const bot = sourceFiles('src').filter(({ path }) => !/^src\/(sandbox\/|stores\/sql\/bodies\.ts)/.test(path));

/** Lists the files with a line that does something, but for a type that says what may be there. */
function filesThat(pattern: RegExp): readonly string[] {
  const places = placesWhere(
    bot,
    (line) => !isComment(line) && !line.includes('readonly ') && pattern.test(line),
  );
  return [...new Set(places.map((place) => place.split(':')[0] ?? ''))];
}

/** A signal has phases too, by the table of its approval. */
const aboutSignals = /^src\/(use-cases\/approvals\/|domain\/approval(-lifecycle)?\.ts)/;

describe('the life of a change', () => {
  it('goes on in one file: no other says what phase a change is in', () => {
    const files = filesThat(/\bphase: *['`]/).filter((path) => !aboutSignals.test(path));
    expect(files).toEqual(['src/domain/change.ts']);
    expect(filesThat(/\bphase: *'(proposed|confirmed|following|over)'/)).toEqual(['src/domain/change.ts']);
    expect(filesThat(/\bsameAs: /)).toEqual(['src/domain/change.ts']);
  });

  it('is saved by whoever goes through its table', () => {
    expect(filesThat(/\.saveChange\(/)).toEqual(['src/use-cases/commands/change.ts']);
    expect(filesThat(/\bchangeAfter\(/)).toEqual([
      'src/domain/change.ts',
      'src/use-cases/commands/change.ts',
    ]);
  });
});

describe('the life of an incident', () => {
  it('goes on in one file: no other says what state an incident or a failure is in', () => {
    const files = ['src/domain/incident.ts'];
    expect(filesThat(/\bkind: 'resolved', *atMs/)).toEqual(files);
    expect(filesThat(/\bstate: '(failed|retrying|recovered|given-up|restarted|gone)'/)).toEqual(files);
  });

  it('is saved by whoever goes through its table', () => {
    const users = ['src/use-cases/alerts/track-failures.ts'];
    expect(filesThat(/\.(saveIncident|putMute|removeMute)\(/)).toEqual(users);
    expect(filesThat(/\bincidentAfter\(/)).toEqual(['src/domain/incident.ts', ...users]);
  });
});
