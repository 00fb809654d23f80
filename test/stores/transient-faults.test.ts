import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { isTransientPostgresError } from '../../src/stores/postgres.js';
import { isTransientSqliteError } from '../../src/stores/sqlite.js';

function fromServer(code: string): Error {
  return Object.assign(new pg.DatabaseError('an answer of the server', 1, 'error'), { code });
}

function withCode(code: string, message = 'a fault'): Error {
  return Object.assign(new Error(message), { code });
}

describe('a click that PostgreSQL could not finish', () => {
  it.each<[string, Error]>([
    ['a connection that was cut', new Error('Connection terminated unexpectedly')],
    ['a connection that was ended', new Error('Connection terminated')],
    ['an answer that never came', new Error('Query read timeout')],
    [
      'a client whose connection had broken',
      new Error('Client has encountered a connection error and is not queryable'),
    ],
    ['a connection that was reset', withCode('ECONNRESET', 'read ECONNRESET')],
    ['a server that refuses connections', withCode('ECONNREFUSED')],
    ['a broken pipe', withCode('EPIPE')],
    ['a name that is not resolved now', withCode('EAI_AGAIN')],
    ['a lost connection', fromServer('08006')],
    ['a statement that was canceled', fromServer('57014')],
    ['a lock that was not to be had', fromServer('55P03')],
    ['races that were lost for five seconds', fromServer('40001')],
    ['a deadlock', fromServer('40P01')],
    ['a disk that is full', fromServer('53100')],
    ['a server that stops', fromServer('57P01')],
    ['a server that only reads since it was failed over', fromServer('25006')],
    ['a transaction that was idle for too long', fromServer('25P03')],
    ['a fault of its disk', fromServer('58030')],
  ])('is kept after %s', (_what, error) => {
    expect(isTransientPostgresError(error)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['a defect of ours', new TypeError('x is not a function')],
    ['a value the server does not take', fromServer('22P02')],
    ['a column that is not there', fromServer('42703')],
    ['a key that is taken', fromServer('23505')],
    ['a file that is not there', withCode('ENOENT')],
    ['nothing', undefined],
  ])('is finished as broken after %s', (_what, error) => {
    expect(isTransientPostgresError(error)).toBe(false);
  });
});

describe('a click that SQLite could not finish', () => {
  it.each<[string, unknown]>([
    ['SQLITE_BUSY', withCode('SQLITE_BUSY')],
    ['SQLITE_BUSY_SNAPSHOT', withCode('SQLITE_BUSY_SNAPSHOT')],
    ['SQLITE_LOCKED', withCode('SQLITE_LOCKED')],
    ['SQLITE_READONLY', withCode('SQLITE_READONLY')],
    ['SQLITE_IOERR_WRITE', withCode('SQLITE_IOERR_WRITE')],
    ['SQLITE_FULL', withCode('SQLITE_FULL')],
    ['SQLITE_CANTOPEN', withCode('SQLITE_CANTOPEN')],
    ['the number of a full disk', { errcode: 13 }],
    ['the number of a fault while writing', { errcode: 778 }],
  ])('is kept after %s', (_what, error) => {
    expect(isTransientSqliteError(error)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['a defect of ours', new TypeError('x is not a function')],
    ['SQLITE_CONSTRAINT', withCode('SQLITE_CONSTRAINT')],
    ['SQLITE_CORRUPT', withCode('SQLITE_CORRUPT')],
    ['the number of a constraint', { errcode: 19 }],
    ['nothing', undefined],
  ])('is finished as broken after %s', (_what, error) => {
    expect(isTransientSqliteError(error)).toBe(false);
  });
});
