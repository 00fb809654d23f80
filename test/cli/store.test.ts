import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Approval } from '../../src/domain/approval.js';
import type { Store } from '../../src/ports/store.js';
import { openStore } from '../../src/stores/index.js';
import { runCountersign } from '../sandbox/demo/run-countersign.js';
import { createTemporaryFolder, type TemporaryFolder } from '../stores/temporary-folder.js';
import { anApproval, anInstance, aPerson, aVote, noonMs } from '../support/an-approval.js';

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await createTemporaryFolder();
});
afterAll(() => folder.remove());

const example = readFileSync('docs/deploy/settings.yml', 'utf8');
const slack = { SLACK_BOT_TOKEN: 'xoxb-of-these-tests', SLACK_APP_TOKEN: 'xapp-of-these-tests' };
const env = {
  ...slack,
  KEYFACTOR_AUTH_CLIENT_SECRET: 'of these tests',
  COUNTERSIGN_LEDGER_KEY: randomBytes(32).toString('base64'),
};

/** A store with what is put in, and settings that name it and keep approvals for 30 days. */
async function aHouse(fill: (store: Store) => Promise<unknown>, retention = 'approvals: 30d') {
  const place = folder.newFile();
  const file = `${place}.yml`;
  writeFileSync(file, example.replace(/^store: .*$/m, `store: ${place}\nretention: { ${retention} }`));
  const opened = await openStore(place);
  await fill(opened);
  await opened.close();
  return {
    async run(...args: readonly string[]) {
      const ran = runCountersign(['store', ...args, '--config', file], env);
      return { code: await ran.ended, printed: ran.printed() };
    },
    async read<T>(work: (store: Store) => Promise<T>): Promise<T> {
      const again = await openStore(place);
      try {
        return await work(again);
      } finally {
        await again.close();
      }
    },
  };
}

function over(id: string): Approval {
  return anApproval({
    id,
    code: id.toUpperCase(),
    instance: anInstance({ ref: { ...anInstance().ref, id } }),
    waitingSinceMs: noonMs,
    state: {
      kind: 'ended',
      atMs: noonMs,
      ending: { kind: 'denied', now: { status: { kind: 'rejected', raw: 'Rejected' } } },
    },
  });
}

describe('countersign store prune', () => {
  it('says what would be removed and leaves it, then removes it, and gives the space back', async () => {
    const house = await aHouse(async (store) => {
      for (const id of ['k001', 'k002', 'k003']) await store.addApproval(over(id));
      await store.addApproval(anApproval({ id: 'open', code: 'OPEN' }));
    });
    expect(await house.run('prune', '--dry-run')).toEqual({
      code: 0,
      printed: expect.stringContaining('approvals: 3 would be removed'),
    });
    expect(await house.read((store) => store.findApproval('k003'))).toBeDefined();
    const done = await house.run('prune', '--vacuum');
    expect(done).toEqual({ code: 0, printed: expect.stringContaining('approvals: 3 removed') });
    const [, before, now] = /Vacuumed \S+: ([\d.]+) MB before, ([\d.]+) MB now\./.exec(done.printed) ?? [];
    expect(Number(now)).toBeLessThanOrEqual(Number(before));
    expect(await house.read((store) => store.findApproval('k003'))).toBeUndefined();
    expect(await house.read((store) => store.findApproval('open'))).toBeDefined();
  });

  it('says that nothing goes where nothing is set', async () => {
    const house = await aHouse((store) => store.addApproval(over('k001')), '');
    expect(await house.run('prune')).toEqual({
      code: 0,
      printed: 'Retention is not set, so everything is kept and nothing was removed.\n',
    });
    expect(await house.read((store) => store.findApproval('k001'))).toBeDefined();
  });

  it('leaves it to the bot that is at it', async () => {
    const house = await aHouse(async (store) => {
      await store.addApproval(over('k001'));
      const lease = { name: 'retention', replicaId: 'bot-1', nowMs: Date.now(), leaseMs: 60_000 };
      await store.acquireLease(lease);
    });
    expect(await house.run('prune')).toEqual({
      code: 1,
      printed: expect.stringContaining('Nothing was done; try again later.'),
    });
    expect(await house.read((store) => store.findApproval('k001'))).toBeDefined();
  });

  it('vacuums nothing under a bot that works', async () => {
    const house = await aHouse(async () => {});
    await house.read(async (store) => {
      await store.acquireBotLease('bot-1', Date.now(), 600_000);
      expect(await house.run('prune', '--vacuum')).toEqual({
        code: 1,
        printed: expect.stringMatching(/A bot works on .* \(bot-1\)\. Nothing was vacuumed; stop it first\./),
      });
    });
  });
});

describe('countersign store hold', () => {
  it('keeps a run, by its code or its id, until store release', async () => {
    const house = await aHouse(async (store) => {
      for (const id of ['k001', 'k002']) await store.addApproval(over(id));
    });
    expect(await house.run('hold', 'K001')).toEqual({
      code: 0,
      printed: 'K001 is on hold: nothing about run k001 of command is removed.\n',
    });
    expect(await house.run('prune')).toMatchObject({
      code: 0,
      printed: expect.stringContaining('approvals: 1 removed'),
    });
    expect(await house.read((store) => store.findApproval('k001'))).toBeDefined();
    expect(await house.run('release', 'k001')).toMatchObject({ code: 0 });
    await house.run('prune');
    expect(await house.read((store) => store.findApproval('k001'))).toBeUndefined();
  });

  it.each([
    [['hold'], 2, 'Name a run'],
    [['hold', 'NONE'], 1, 'Nothing is recorded about NONE.'],
    [['hold', 'K001', 'K002'], 2, 'K002'],
    [['prune', 'K001'], 2, 'one word too many'],
  ])('refuses %j and says why', async (args, code, why) => {
    const house = await aHouse((store) => store.addApproval(over('k001')));
    expect(await house.run(...args)).toEqual({ code, printed: expect.stringContaining(why) });
  });
});

describe('countersign store', () => {
  it('copies nothing onto itself, and backs up into no folder that is not there', async () => {
    const place = folder.newFile();
    const copied = runCountersign(['store', 'copy', '--from', place, '--to', place], env);
    expect([await copied.ended, copied.printed()]).toEqual([2, expect.stringContaining('the same place')]);
    const house = await aHouse(async () => {});
    expect(await house.run('backup', '--to', '/nowhere/copy.db')).toEqual({
      code: 1,
      printed: expect.stringContaining('There is no folder /nowhere'),
    });
  });
});

describe('countersign store forget', () => {
  const person = { teamId: 'T0EXAMPLE', userId: 'U0ANA' };
  const profile = (store: Store) => store.recallPerson(person);

  it('forgets somebody by name or member id, says what cannot be forgotten, and puts it on record', async () => {
    for (const about of ['@Ana Ruiz', 'U0ANA', 'T0EXAMPLE/U0ANA']) {
      const house = await aHouse((store) =>
        store.rememberPerson(aPerson({ id: person, name: 'Ana Ruiz' }), noonMs),
      );
      expect(await house.run('forget', about)).toEqual({
        code: 0,
        printed: expect.stringMatching(
          /^Forgotten: profiles 1,.*notification preferences 0, notes 0\..*Not forgotten, since it has to stay:/s,
        ),
      });
      expect(await house.read(profile)).toBeUndefined();
      const [record] = await house.read((store) => store.listLedger({ system: '', after: 0, limit: 9 }));
      expect(record?.body).toContain('"forgotten"');
      expect(record?.body).not.toContain('Ana Ruiz');
    }
  });

  it('forgets nobody whose vote is open', async () => {
    const house = await aHouse(async (store) => {
      await store.addApproval(anApproval({ id: 'open', code: 'OPEN' }));
      await store.addVote('open', aVote({ person }));
    });
    expect(await house.run('forget', 'U0ANA')).toEqual({
      code: 1,
      printed: expect.stringContaining('Not forgotten: a vote of theirs is open.'),
    });
  });

  it('says that nothing is stored about somebody nobody knows', async () => {
    const house = await aHouse(async () => {});
    expect(await house.run('forget', 'U0ZZZ')).toEqual({
      code: 1,
      printed: expect.stringContaining('Nothing that can be forgotten is stored about U0ZZZ'),
    });
  });

  it.each([[[]], [['nobody we know']]])('wants a name, for %j', async (about) => {
    const house = await aHouse(async () => {});
    expect(await house.run('forget', ...about)).toEqual({
      code: 2,
      printed: expect.stringContaining('Name a person'),
    });
  });
});
