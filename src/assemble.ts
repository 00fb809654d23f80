import { anchoringOf } from './anchoring.js';
import { createBackends } from './backends/index.js';
import { createChat } from './chat/index.js';
import type { Settings } from './config.js';
import { groupsNamedIn } from './domain/named-by.js';
import { createMetrics } from './http/index.js';
import { createJobs } from './jobs.js';
import { linkingOf, linkUrlsOf } from './linking.js';
import type { Log } from './ports/log.js';
import type { Store } from './ports/store.js';
import { createHmacSigner } from './seal.js';
import { coalesced } from './shared/coalesced.js';
import type { openStore } from './stores/index.js';
import type { Context } from './use-cases/context.js';
import type { StoreLock } from './use-cases/hold-store.js';
import { createResponseTimes } from './use-cases/readiness/answer-times.js';
import { createReadinessCheck } from './use-cases/readiness/check-readiness.js';
import { keyValueStoreIn } from './use-cases/replicas/keeping-in.js';
import { countedBackends } from './use-cases/watch/counted-backend.js';
import { countedChat } from './use-cases/watch/counted-chat.js';
import { collectGauges } from './use-cases/watch/take-stock.js';

/** While many click at once, one look at what is due serves all of them. */
const hintEveryMs = 100;

/** What the bot takes from the world besides its settings. */
export interface Runtime {
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly newId: () => string;
  readonly newCode: (length: number) => string;
  /** Names this run of the bot. */
  readonly replicaId: string;
  /** Tells whether the run of that name is certainly over, so that its rights can be taken at once. */
  readonly isOver: (replicaId: string) => boolean;
  /** `cron` runs the jobs by themselves; `by-hand` leaves that to whoever holds the bot. */
  readonly jobs: 'cron' | 'by-hand';
  /** Opens what the settings name as the store, as `openStore` does unless told. */
  readonly openStore?: typeof openStore;
}

/** The store of a bot and all it is told. */
export interface BotParts {
  readonly store: Store;
  readonly storeLock: StoreLock;
  readonly settings: Settings;
  readonly runtime: Runtime;
}

/** Puts the parts together; nothing runs yet and nobody is let in. */
export function assemble({ store, storeLock, settings, runtime }: BotParts) {
  const { log, now } = runtime;
  const { metrics, page } = createMetrics({ log, now });
  const counting = { store, metrics, now };
  const backends = countedBackends(createBackends(settings, { log, now, notes: store }), counting);
  const labelOf = (system: string) => backends.get(system)?.label ?? system;
  const userGroups = groupsNamedIn(settings.policy);
  const keyValueStore = keyValueStoreIn(store, now);
  const signer = createHmacSigner(settings.ledger.key);
  const { policy } = settings;
  const linking = linkingOf(settings, { ...runtime, store, backends, signer: signer, policy });
  const slack = createChat({
    ...runtime,
    ...slackOptionsOf(settings),
    ...linkUrlsOf(linking),
    labelOf,
    metrics,
    userGroups,
    keyValueStore,
  });
  const hint = coalesced(() => void jobs.deliver(), hintEveryMs);
  const context: Context = {
    ...runtime,
    metrics,
    store,
    backends,
    chat: countedChat(slack.chat, counting),
    policy,
    signer: signer,
    ...linking,
    unreachableAfter: settings.observe.unreachableAfter,
    scheduleDelivery: runtime.jobs === 'cron' ? hint.ask : () => void jobs.deliver(),
  };
  const responseTimes = createResponseTimes();
  const jobs = createJobs(context, { storeLock, responseTimes, anchoring: anchoringOf(settings.ledger) });
  const { isConnected: isChatConnected } = slack;
  const systems = [...backends.keys()];
  const checks = createReadinessCheck({ store, isChatConnected, systems, responseTimes, now });
  const metricsPage = () => page(() => collectGauges(context));
  return { context, slack, jobs, checks, metricsPage, endHints: hint.end };
}

function slackOptionsOf({ slack }: Settings) {
  const { mode, appToken = '', signingSecret = '', botToken, apiUrl, command } = slack;
  return {
    mode:
      mode === 'socket'
        ? ({ kind: 'socket', appToken } as const)
        : ({ kind: 'http', signingSecret } as const),
    botToken,
    command,
    ...(apiUrl === undefined ? {} : { apiUrl }),
  };
}
