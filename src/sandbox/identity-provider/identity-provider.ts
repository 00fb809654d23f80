import { randomUUID } from 'node:crypto';
import { createListener } from '../shared/listener.js';
import { type Controls, createControls } from './controls.js';
import { createFaults, type FaultOrder } from './exchange.js';
import { createRespond } from './routes.js';
import { createServe } from './server.js';
import { type Behaviour, createWorld, usualBehaviour } from './world.js';

/** What can be chosen when the simulator is created. */
export interface IdentityProviderOptions {
  /** 0 or absent takes a free port. */
  readonly port?: number;
  readonly now?: () => number;
  readonly newId?: () => string;
  /** Who access tokens are for, `keyfactor-command` unless told. */
  readonly audience?: string;
  readonly behaviour?: Partial<Behaviour>;
}

/** An OpenID Connect provider in memory, with hands for tests and the demo. */
export interface IdentityProvider extends Controls {
  readonly audience: string;
  /** Opens the port; `jwksUrl` and `tokenUrl` are for those who do not discover them. */
  start(): Promise<{ issuer: string; jwksUrl: string; tokenUrl: string }>;
  /** Closes the port and cuts open connections; `start` opens the same one again. */
  stop(): Promise<void>;
  fail(order: FaultOrder): void;
  clearFaults(): void;
}

/** Where the issuer lives below its host; a client that forgets the path finds nothing. */
const issuerPath = '/realms/Keyfactor';

/**
 * Creates a simulated identity provider: discovery, sign-in page, tokens, revocation, user info and keys.
 *
 * It refuses what a real one refuses. Where providers differ, `Behaviour` has a switch.
 */
export function createIdentityProvider(options: IdentityProviderOptions = {}): IdentityProvider {
  const audience = options.audience ?? 'keyfactor-command';
  const world = createWorld(
    { ...usualBehaviour, ...options.behaviour },
    { now: options.now ?? Date.now, newId: options.newId ?? randomUUID, audience },
  );
  const faults = createFaults();
  const respond = createRespond(world);
  const listener = createListener(
    options.port ?? 0,
    createServe({ world, faults, issuerPath, respond: respond }),
  );
  return {
    ...createControls(world),
    audience,
    async start() {
      const issuer = `${await listener.open()}${issuerPath}`;
      world.setIssuer(issuer);
      return { issuer, jwksUrl: `${issuer}/jwks`, tokenUrl: `${issuer}/token` };
    },
    stop: () => listener.close(),
    fail: faults.order,
    clearFaults: faults.clear,
  };
}
