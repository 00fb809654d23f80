import type { KeyfactorRuntime } from '../../../src/backends/keyfactor/index.js';
import { createKeyfactorBackend } from '../../../src/backends/keyfactor/index.js';
import type { KeyfactorSecrets } from '../../../src/backends/keyfactor/settings.js';
import { keyfactorServer } from '../../../src/backends/keyfactor/settings.js';
import type { Instance } from '../../../src/domain/instance.js';
import type { LiveBackend, Remembered } from '../../../src/ports/backend.js';
import type { BackendError, ContractError } from '../../../src/ports/errors.js';
import type { Behaviour } from '../../../src/sandbox/keyfactor/behavior.js';
import type { KeyfactorCommand } from '../../../src/sandbox/keyfactor/command.js';
import { createKeyfactorCommand } from '../../../src/sandbox/keyfactor/command.js';
import type { StepSketch } from '../../../src/sandbox/keyfactor/engine.js';
import { expectDocumentedRequests } from '../../contracts/keyfactor/documented-requests.js';
import type { LogLine } from '../../support/kept-log.js';
import { createWitness } from '../witness.js';
import { type PolledObservation, type PollingBackend, pollingToTheEnd } from './polling-backend.js';

/** What the bot must never let out; scanned for in every log line and error of every test. */
export const secrets = { password: 'Tr0ub4dor-and-3', clientSecret: 'oAuth-s3cret-value' };

export const bot = 'CORP\\svc-countersign';

/** A simulated server with a backend that talks to it over HTTP. */
export interface Bench {
  readonly command: KeyfactorCommand;
  readonly backend: PollingBackend;
  /** The same, as it is. */
  readonly plain: LiveBackend;
  readonly origin: string;
  readonly tokenUrl: string;
  readonly lines: readonly LogLine[];
  readonly notes: Map<string, string>;
  readonly now: () => number;
  advanceClock(byMs: number): void;
  /** Sets the bot's clock ahead of the server's, or behind with a negative number. */
  skewBot(aheadMs: number): void;
  /** Makes another backend of the same server. */
  another(change?: Change): PollingBackend;
  startRun(steps?: readonly StepSketch[], data?: Readonly<Record<string, unknown>>, title?: string): string;
  found(id: string): Promise<Instance>;
  /** Runs something that is expected to fail and gives its error. */
  failure(work: Promise<unknown>): Promise<BackendError | ContractError>;
  requests(part: string): number;
  stop(): Promise<void>;
}

export interface Change {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly secrets?: KeyfactorSecrets;
  readonly retryOptions?: KeyfactorRuntime['retryOptions'];
}

export async function startBench(
  options: {
    readonly behaviour?: Partial<Behaviour>;
    readonly permissions?: readonly string[];
  } & Change = {},
): Promise<Bench> {
  let nowMs = Date.UTC(2026, 0, 5, 9, 0, 0);
  let aheadMs = 0;
  const now = () => nowMs;
  const command = createKeyfactorCommand({ now, behaviour: options.behaviour ?? {} });
  expectDocumentedRequests(command, { edition: options.settings?.queryPrefix === 'pq' ? 'older' : 'newer' });
  const { url, tokenUrl } = await command.start();
  const permissions = options.permissions ?? ['/workflows/instances/read/', '/workflows/definitions/read/'];
  const roles = ['Approvers'];
  command.addIdentity({ name: bot, password: secrets.password, roles, permissions });
  command.addIdentity({
    name: 'f81d4fae-bot',
    clientId: 'countersign',
    clientSecret: secrets.clientSecret,
    roles,
    permissions,
  });
  command.addIdentity({ name: 'CORP\\ann', roles, permissions });
  const { log, failure, expectNothingOf } = createWitness();
  const notes = new Map<string, string>();
  const make = (change: Change = {}) =>
    createKeyfactorBackend(
      {
        server: keyfactorServer.parse({
          name: 'corp',
          hostname: new URL(url).host,
          scheme: 'http',
          timeout: '400ms',
          signalTimeout: '400ms',
          auth: { kind: 'basic', username: 'svc-countersign', domain: 'CORP' },
          ...options.settings,
          ...change.settings,
        }),
        secrets: change.secrets ?? options.secrets ?? secrets,
      },
      {
        log,
        now: () => nowMs + aheadMs,
        notes: {
          getNote: async (key) => notes.get(key),
          putNote: async (key, value) => {
            notes.set(key, value);
          },
        },
        retryOptions: { pauseMs: 5, breakAfter: 50, ...options.retryOptions, ...change.retryOptions },
      },
    );
  const another = (change?: Change) => pollingToTheEnd(make(change));
  const plain = make();
  const backend = pollingToTheEnd(plain);
  let definitions = 0;
  return {
    command,
    backend,
    plain,
    origin: new URL(url).origin,
    tokenUrl,
    lines: log.lines,
    notes,
    now,
    advanceClock(byMs) {
      nowMs += byMs;
    },
    skewBot(byMs) {
      aheadMs = byMs;
    },
    another,
    startRun(steps = [approvalStep()], data = {}, title) {
      definitions += 1;
      const displayName = `Web server ${definitions}`;
      const definition = command.addDefinition({ displayName, workflowType: 'Enrollment', steps });
      return command.startInstance({
        definition,
        title: title ?? `CORP\\jsmith is enrolling for a certificate with CN=app${definitions}.example.com.`,
        initiator: 'CORP\\jsmith',
        data,
      });
    },
    async found(id) {
      const reading = await backend.getInstance({ system: 'corp', id });
      if (reading.kind !== 'found') throw new Error(`${id} is not visible`);
      return reading.instance;
    },
    failure,
    requests: (part) => command.requests.filter(({ path }) => path.includes(part)).length,
    async stop() {
      await command.stop();
      const basic = Buffer.from(`${bot}:${secrets.password}`).toString('base64');
      expectNothingOf([...Object.values(secrets), basic]);
    },
  };
}

/** A step that asks people, as every workflow here has one. */
export function approvalStep(change: Partial<StepSketch> = {}): StepSketch {
  return {
    extensionName: 'RequireApproval',
    uniqueName: 'RequireApproval1',
    displayName: 'Security approval',
    roles: ['Approvers'],
    ...change,
  };
}

/** What the bot would remember of the instances it has just seen. */
export function remember({ snapshots }: PolledObservation): readonly Remembered[] {
  return snapshots.flatMap((snapshot) =>
    snapshot.kind === 'seen'
      ? [
          {
            ref: snapshot.instance.ref,
            fingerprint: snapshot.instance.fingerprint,
            isAssigned: snapshot.isAssigned,
          },
        ]
      : [],
  );
}
