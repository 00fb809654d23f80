import { expect } from '@jest/globals';
import type { LiveBackend, PersonSignIn } from '../../../../src/ports/backend.js';
import type { IdentityProvider } from '../../../../src/sandbox/identity-provider/identity-provider.js';
import { createIdentityProvider } from '../../../../src/sandbox/identity-provider/identity-provider.js';
import type { Behaviour } from '../../../../src/sandbox/identity-provider/world.js';
import type { PollingBackend } from '../polling-backend.js';
import { type Bench, startBench } from '../start-bench.js';

export const jane = 'KEYEXAMPLE\\jsmith';
export const li = 'KEYEXAMPLE\\lwei';
export const redirectUri = 'https://bot.example.com/link/return';
export const clientSecret = 'people-s3cret+/%';

/** A simulated server that trusts a simulated provider, with a backend that signs people in there. */
export interface PeopleBench extends Bench {
  readonly provider: IdentityProvider;
  readonly issuer: string;
  readonly people: PollingBackend;
  readonly signIn: PersonSignIn;
  /** Makes another backend of the same server. */
  anotherFor(change: PeopleChange): PollingBackend;
  /** Begins signing in and plays the browser up to its return. */
  callback(person?: string): Promise<{ callbackUrl: string; verifier: string; state: string }>;
  /** Signs a person in and gives the tokens. */
  tokensOf(person: string): Promise<{ accessToken: string; refreshToken: string; expiresAtMs: number }>;
}

interface PeopleChange {
  readonly personSignIn?: Readonly<Record<string, unknown>>;
  readonly personClientSecret?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Starts both; the bot's own account may read everything and holds no approver role. */
export async function startPeopleBench(behaviour: Partial<Behaviour> = {}): Promise<PeopleBench> {
  const bench = await startBench();
  const { command } = bench;
  const provider = createIdentityProvider({ now: bench.now, behaviour });
  provider.addClient({ clientId: 'people', clientSecret, redirectUris: [redirectUri] });
  for (const username of [jane, li]) provider.addPerson({ username, name: username });
  const { issuer, jwksUrl } = await provider.start();
  command.trustProvider({ issuer, jwksUrl, audience: provider.audience });
  const password = 'Tr0ub4dor-and-3';
  const account = { name: 'CORP\\svc-reader', password, roles: [] };
  command.addIdentity({ ...account, permissions: ['/workflows/instances/read/'] });
  const own = ['/workflows/instances/read/pending/'];
  command.addIdentity({ name: jane, roles: ['Approvers'], permissions: own });
  command.addIdentity({ name: li, roles: ['Others'], permissions: own });
  const anotherFor = ({ personSignIn = {}, personClientSecret = clientSecret, settings }: PeopleChange) =>
    bench.another({
      settings: {
        signalAs: 'person',
        auth: { kind: 'basic', username: 'svc-reader', domain: 'CORP' },
        personSignIn: { issuer, clientId: 'people', ...personSignIn },
        ...settings,
      },
      secrets: { password, personClientSecret },
    });
  const people = anotherFor({});
  const signIn = signInOf(people);
  const callback: PeopleBench['callback'] = async (person = jane) => {
    const state = 'a-state';
    const { url, verifier } = await signIn.beginSignIn({ redirectUri, state });
    return { callbackUrl: await provider.signIn(person, url), verifier, state };
  };
  return {
    ...bench,
    provider,
    issuer,
    people,
    signIn,
    anotherFor,
    callback,
    async tokensOf(person) {
      const response = await signIn.finishSignIn(await callback(person));
      if (response.kind !== 'signed-in') throw new Error(`Signing in ended ${response.kind}`);
      const { refreshToken = '' } = response.tokens;
      return { ...response.tokens, refreshToken };
    },
    async stop() {
      await provider.stop();
      // What was logged and thrown is scanned for tokens by their form, and here for each of them.
      const said = JSON.stringify(bench.lines);
      for (const { token } of provider.issuedTokens) expect(said).not.toContain(token);
      expect(said).not.toContain(clientSecret);
      await bench.stop();
    },
  };
}

/** Gives the sign-in a backend offers. */
export function signInOf({ personSignIn }: LiveBackend): PersonSignIn {
  if (personSignIn === undefined) throw new Error('This backend signs nobody in.');
  return personSignIn;
}
