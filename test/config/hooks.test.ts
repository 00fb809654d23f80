import { describe, expect, it } from '@jest/globals';
import { formatProblems } from '../../src/config.js';
import {
  ana,
  aRule,
  aWorkTasksServer,
  goodEnv,
  li,
  load,
  problemAbout,
  refusal,
  someSettings,
} from './a-settings-file.js';

const env: Readonly<Record<string, string>> = { ...goodEnv, WORKTASKS_CLIENT_SECRET: 'wt-secret' };
const secret = 'a-secret-of-hr-0123456789';
const other = 'another-secret-of-hr-0123';
const name = 'COUNTERSIGN_PLANT_HR_HOOK_SECRET';
const hr = { repository: 'HR', hook: 'on' };
const itRepository = { repository: 'IT', hook: 'on' };
const mapped = (person: typeof ana | typeof li) => ({
  ...person,
  identities: { ...person.identities, 'plant-hr': `ad::${person.name}` },
});

function withRepositories(...repositories: readonly unknown[]) {
  return someSettings({
    workTasks: [{ ...aWorkTasksServer, repositories }],
    people: [mapped(ana), mapped(li)],
  });
}

describe('the hook of a repository', () => {
  it('is off, and needs no secret, unless the settings turn it on', () => {
    const [configured] = load(withRepositories({ repository: 'HR' }), { env }).workTasks;
    expect(configured?.server.repositories[0]?.hook).toBe('off');
    expect(configured?.secrets).not.toHaveProperty('hooks');
  });

  it.each([
    ['one secret', { [name]: secret }, {}, [secret]],
    ['two while one replaces the other', { [name]: `${secret}, ${other}` }, {}, [secret, other]],
    ['one from a file', { [`${name}_FILE`]: '/hook' }, { '/hook': `${secret}\n` }, [secret]],
  ])('takes %s', (_what, more, files, hooks) => {
    const settings = load(withRepositories(hr), { env: { ...env, ...more }, files });
    expect(settings.workTasks[0]?.secrets.hooks).toEqual({ 'plant-hr': hooks });
    expect(settings.warnings).toEqual([]);
    expect(JSON.stringify(settings.workTasks[0]?.server)).not.toContain(secret);
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['missing', {}, 'nothing'],
    ['too short', { [name]: 'too-short-for-a-secret' }, 'a secret of 22 characters'],
    ['too short for one of two', { [name]: `${secret},short` }, 'a secret of 5 characters'],
    ['empty for one of two', { [name]: `${secret},` }, 'a secret of 0 characters'],
    ['with blanks', { [name]: 'a secret with several blanks' }, 'a secret with blanks in it'],
    ['too many', { [name]: `${secret},${other},${secret}` }, '3 secrets'],
  ])('cannot do with a secret that is %s', (_what, more, found) => {
    const source = { env: { ...env, ...more } };
    expect(problemAbout(name, withRepositories(hr), source).found).toBe(found);
    expect(formatProblems(refusal(withRepositories(hr), source))).not.toContain('secret-of-hr');
  });

  it('shares its secret with no other repository', () => {
    const both = { env: { ...env, [name]: secret, COUNTERSIGN_PLANT_IT_HOOK_SECRET: `${other},${secret}` } };
    const problem = problemAbout(
      'COUNTERSIGN_PLANT_IT_HOOK_SECRET',
      withRepositories(hr, itRepository),
      both,
    );
    expect(problem.found).toBe(`the secret of ${name}`);
  });

  it('makes a system of approvals, so approvers need to be known there', () => {
    const settings = { ...withRepositories(hr), people: [mapped(ana), li] };
    expect(load(settings, { env: { ...env, [name]: secret } }).warnings).toEqual([
      'approvers[0] (Everybody): Li has no identity in plant-hr and will be refused there, because own requests are forbidden',
    ]);
  });

  it('needs approvers to be known there even where own requests are allowed', () => {
    const approvers = [{ ...aRule, ownRequest: 'allowed' }];
    const settings = { ...withRepositories(hr), people: [mapped(ana), li], approvers };
    expect(load(settings, { env: { ...env, [name]: secret } }).warnings).toEqual([
      'approvers[0] (Everybody): Li has no identity in plant-hr and will be refused there, because decisions are sent there in the name of whoever makes them',
    ]);
  });

  it('says which secret nobody reads', () => {
    const { warnings } = load(withRepositories({ repository: 'HR' }), { env: { ...env, [name]: secret } });
    expect(warnings).toContainEqual(expect.stringMatching(`^${name}: not read`));
    const slip = { ...env, [name]: secret, COUNTERSIGN_PLANT_HT_HOOK_SECRET: other };
    expect(load(withRepositories(hr), { env: slip }).warnings).toEqual([
      `COUNTERSIGN_PLANT_HT_HOOK_SECRET: not read; did you mean ${name}?`,
    ]);
  });
});
