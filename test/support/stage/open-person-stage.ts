import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect } from '@jest/globals';
import {
  createIdentityProvider,
  type IdentityProvider,
} from '../../../src/sandbox/identity-provider/identity-provider.js';
import { defined } from '../../../src/shared/language.js';
import { openStage, type Stage, type Transport } from './open-stage.js';
import { type Actor, personas, serviceAccount } from './personas.js';
import { type PeopleRules, peopleClient, publicUrlOf, type StageRules } from './stage-settings.js';

/** A stage on which approvers sign in themselves, and Command is told in their name. */
export interface PersonStage extends Stage {
  readonly provider: IdentityProvider;
  readonly publicUrl: string;
  readonly rules: StageRules;
}

/** Everybody Command knows with their own account; Bo holds no role there. */
const accounts: readonly Actor[] = ['ana', 'li', 'sam', 'bo'];

/** Sets the stage; the account of the bot may read everything and holds no approver role. */
export async function openPersonStage(
  transport: Transport,
  rules: Omit<StageRules, 'people'> = {},
  { in: system = 'corp', scopes }: Partial<Pick<PeopleRules, 'in' | 'scopes'>> = {},
): Promise<PersonStage> {
  let now = () => Date.now();
  const provider = createIdentityProvider({ now: () => now() });
  const httpPort = await freePort();
  const people = { issuer: '', httpPort };
  const publicUrl = publicUrlOf(people);
  provider.addClient({ ...peopleClient, redirectUris: [`${publicUrl}/link/callback`] });
  const { issuer, jwksUrl } = await provider.start();
  const all = { ...rules, people: { issuer, httpPort, in: system, ...defined({ scopes }) } };
  const stage = await openStage(transport, all);
  now = stage.clock.now;
  const { command } = stage;
  command.trustProvider({ issuer, jwksUrl, audience: provider.audience });
  stage.workTasks.trustProvider({ issuer, jwksUrl, audience: provider.audience });
  if (system === 'corp') command.addIdentity({ ...serviceAccount, roles: [] });
  for (const actor of accounts) {
    const name = identityOf(actor);
    provider.addPerson({ username: name, name: personas[actor].realName });
    command.addIdentity({
      name,
      roles: actor === 'bo' ? [] : ['PKI Approvers'],
      permissions: ['/workflows/instances/read/pending/'],
    });
  }
  const { close } = stage;
  return Object.assign(stage, {
    provider,
    publicUrl,
    rules: all,
    async close() {
      await close();
      await provider.stop();
    },
  });
}

/** Names the account somebody of the cast has in Command. */
export function identityOf(actor: Actor): string {
  const one = personas[actor];
  if (!('identity' in one)) throw new Error(`${actor} has no account in Command`);
  return one.identity;
}

/** Looks for every secret there was in all that was written, said and stored. */
export function expectNoSecrets(stage: PersonStage): void {
  const stored = ['', '-wal'].map((suffix) => readIfThere(`${stage.storeFile}${suffix}`)).join('');
  const said = JSON.stringify(stage.slack.calls);
  const secrets = [
    ...stage.provider.issuedTokens.map(({ token }) => token),
    ...stage.provider.broughtSecrets,
  ];
  expect(secrets.length).toBeGreaterThan(2);
  for (const secret of [...secrets, peopleClient.clientSecret]) {
    for (const place of [stage.log.lines.join('\n'), said, stored])
      expect(place.includes(secret)).toBe(false);
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
