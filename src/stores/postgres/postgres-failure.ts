import { DatabaseError } from 'pg';

/** No connection could be had, so nothing was asked of the server. */
export class NotReachable extends Error {
  override readonly name = 'NotReachable';
}

/** The server itself ends connections with these, as when it is stopped. */
const goodbyes = new Set(['57P01', '57P02', '57P03', '57P05', '25P03']);
/** The server is there and will take connections again: it is starting, or has too many now. */
const notNow = new Set(['57P03', '53300']);
/** A transaction that lost against another one, or met a row it could not know of, and left no trace. */
const lostRaces = new Set(['40001', '40P01', '23505']);

/**
 * Tells whether a connection is of no use after an error, because it is gone or what it is doing is not known.
 *
 * Everything that is not the server's own considered answer counts.
 */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof NotReachable) return false;
  if (!(error instanceof DatabaseError)) return true;
  return goodbyes.has(error.code ?? '') || (error.code?.startsWith('08') ?? false);
}

/** Tells whether connecting may succeed in a moment; a wrong password or name stays wrong. */
export function mayConnectSoon(error: unknown): boolean {
  return !(error instanceof DatabaseError) || notNow.has(error.code ?? '');
}

/**
 * Tells whether a transaction is to be run again from its beginning.
 *
 * A key that is taken counts, since it may have been taken meanwhile: read again, the work finds it.
 */
export function hasLostRace(error: unknown): boolean {
  return error instanceof DatabaseError && lostRaces.has(error.code ?? '');
}

/** Tells whether that was a key that is taken, which may as well have been so from the beginning. */
export function isKeyTaken(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '23505';
}
