import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { OutcomeUnknown, type Store } from '../../../src/ports/store.js';
import { openPostgresStore } from '../../../src/stores/postgres.js';
import { aClick, aPersonId } from '../../support/an-approval.js';
import { describePostgres } from '../../support/postgres/describe-postgres.js';
import { type ForgetfulWay, openForgetfulWay } from '../../support/postgres/forgetful-way.js';

describePostgres('an answer of the database that is lost', (server) => {
  let way: ForgetfulWay;
  let store: Store;
  beforeEach(async () => {
    way = await openForgetfulWay(await server().newDatabase());
    store = await openPostgresStore({ url: way.url, password: server().password });
  });
  afterEach(async () => {
    way.reopen();
    await store.close();
    await way.close();
  });

  it('leaves a click that was written down written, and to be worked on', async () => {
    way.loseResponseTo('insert into "clicks"');
    expect(await store.addClick(aClick())).toBe('written');
    expect(await store.addClick(aClick())).toBe('repeated');
    expect(await store.listUnfinishedClicks()).toHaveLength(1);
  });

  it.each([
    ['a click', (some: Store) => some.addClick(aClick())],
    ['several clicks', (some: Store) => some.addClicks([aClick()])],
  ])(
    'says that it is not known whether %s was stored, where the server is away after that',
    async (_what, add) => {
      way.endAfter('insert into "clicks"');
      const error: unknown = await add(store).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(OutcomeUnknown);
      expect(store.isTransient(error)).toBe(true);
    },
  );

  it('knows that a click was not stored where the server was away before', async () => {
    way.endAfter('select');
    await expect(store.getNote('a')).rejects.toThrow();
    const error: unknown = await store.addClick(aClick()).catch((thrown: unknown) => thrown);
    expect(error).not.toBeInstanceOf(OutcomeUnknown);
    expect(String(error)).toContain('cannot be reached');
  });

  it('leaves the next token of a linked account stored', async () => {
    const link = {
      id: 'link-1',
      system: 'corp',
      person: aPersonId(),
      username: 'KEYEXAMPLE\\ada',
      subject: 's',
      token: { keyId: 'k', text: 'one' },
      linkedAtMs: 1,
    };
    await store.addLink(link);
    way.loseResponseTo('update "links"');
    expect(await store.saveToken('link-1', { keyId: 'k', text: 'two' })).toBe(true);
    expect(await store.findLink('corp', aPersonId())).toMatchObject({ token: { text: 'two' } });
  });

  it('is an error where a transaction was committed, which is not run again', async () => {
    let runs = 0;
    way.loseResponseTo('commit');
    const work = store.inTransaction(async (transaction) => {
      runs += 1;
      await transaction.putNote('count', String(Number((await transaction.getNote('count')) ?? 0) + 1));
    });
    await expect(work).rejects.toThrow();
    expect(runs).toBe(1);
    expect(await store.getNote('count')).toBe('1');
  });

  it('is an error where a note was written, which is not written again', async () => {
    way.loseResponseTo('insert into "notes"');
    await expect(store.putNote('a', 'b')).rejects.toThrow();
    expect(await store.getNote('a')).toBe('b');
  });
});
