import { describe, expect, it } from '@jest/globals';
import { goodEnv, load, problemAbout, someSettings } from './a-settings-file.js';

const store = 'postgres://countersign@db.example.com/countersign';

describe('a store', () => {
  it.each([
    'countersign.db',
    '/var/lib/countersign/countersign.db',
    store,
    'postgresql://db:5433/countersign?sslmode=verify-full',
  ])('may be %s', (place) => {
    expect(load(someSettings({ store: place })).store).toBe(place);
  });

  it.each(['https://db.example.com/countersign', 'postgres://db.example.com', 'postgres:///countersign'])(
    'may not be %p',
    (place) => {
      expect(problemAbout('store', someSettings({ store: place })).expected).toContain('a path of a file');
    },
  );

  it('is named as the problem where it is a list of something that has no text', () => {
    expect(problemAbout('store', someSettings({ store: [{ toString: '' }] })).found).toBe('a list of 1');
  });

  it('has its password in the environment, or in a file named there', () => {
    const env = { ...goodEnv, COUNTERSIGN_STORE_PASSWORD: 'hunter2' };
    expect(load(someSettings({ store }), { env })).toMatchObject({ store, storePassword: 'hunter2' });
    const fileEnv = { ...goodEnv, COUNTERSIGN_STORE_PASSWORD_FILE: '/run/secrets/store' };
    const files = { '/run/secrets/store': 'hunter3\n' };
    expect(load(someSettings({ store }), { env: fileEnv, files })).toMatchObject({
      storePassword: 'hunter3',
    });
  });

  it('names the file of its password when that cannot be read', () => {
    const env = { ...goodEnv, COUNTERSIGN_STORE_PASSWORD_FILE: '/run/secrets/none' };
    expect(problemAbout('COUNTERSIGN_STORE_PASSWORD_FILE', someSettings({ store }), { env }).found).toContain(
      '/run/secrets/none',
    );
  });

  it('needs no password where it is a file, or where the database asks for none', () => {
    const env = { ...goodEnv, COUNTERSIGN_STORE_PASSWORD: 'hunter2' };
    expect(load(someSettings(), { env })).not.toHaveProperty('storePassword');
    expect(load(someSettings({ store }))).not.toHaveProperty('storePassword');
  });
});
