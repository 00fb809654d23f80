import { createHmacSigner } from '../../../src/crypto.js';
import type { Approval } from '../../../src/domain/approval.js';
import type { Card } from '../../../src/domain/card.js';
import type { Policy } from '../../../src/domain/policy.js';
import type { Click, ClickReply } from '../../../src/domain/voting.js';
import type { LiveBackend, OutgoingSignal } from '../../../src/ports/backend.js';
import type { Content } from '../../../src/ports/chat.js';
import { noMetrics } from '../../../src/ports/runtime.js';
import type { Store } from '../../../src/ports/store.js';
import { defined } from '../../../src/shared/language.js';
import { useCasesOn } from '../../../src/slack/use-cases.js';
import { type ObserveOutcome, observeWorkflows } from '../../../src/use-cases/approvals/observe.js';
import { sendDueDecisions } from '../../../src/use-cases/approvals/send-signal.js';
import type { Context } from '../../../src/use-cases/context.js';
import { deliverNotifications } from '../../../src/use-cases/notifications/deliver.js';
import { createFakeBackend, type FakeBackend } from '../../support/fake-backend.js';
import { createFakeChat, type FakeChat, type Shown } from '../../support/fake-chat.js';
import { openFreshStore } from '../../support/fresh-store.js';
import { type KeptLog, keepLog } from '../../support/kept-log.js';
import type { TestRuntime } from '../../support/runtime.js';
import { createManualClock, type ManualClock } from '../../support/stage/manual-clock.js';
import { type Actor, people, policyOf } from './people.js';

/** The use cases with everything around them: a store in memory, a fake Command and a fake chat. */
export interface World {
  readonly clock: ManualClock;
  readonly command: FakeBackend;
  readonly slack: FakeChat;
  readonly store: Store;
  readonly log: KeptLog;
  /** The running bot's context; another one after `restart`. */
  readonly context: Context;
  /** Puts another run of the bot in the place of this one, on the same store. */
  restart(change?: Partial<Pick<Context, 'store' | 'policy' | 'backends'>>): void;
  observe(): Promise<ObserveOutcome>;
  deliver(): Promise<void>;
  /** Turns the clock, then observes and delivers. */
  passTime(ms: number): Promise<void>;
  /** The only card, as it reads now. */
  card(): Shown & { readonly card: Card };
  /** The approval behind the only card, as it is stored. */
  approval(): Promise<Approval>;
  /** Makes a click on a card as somebody who sees it now would. */
  clickOf(actor: Actor, verb: Click['verb'], change?: Partial<Click>): Click;
  /** Presses a button on the card and waits for the bot's answer, which is also written down. */
  click(actor: Actor, verb: Click['verb'], change?: Partial<Click>): Promise<ClickReply | undefined>;
  close(): Promise<void>;
}

/** What a story may want to be different. */
export interface WorldOptions {
  readonly quorum?: number;
  readonly policy?: Partial<Policy>;
  readonly runtime?: TestRuntime;
  /** An empty store to stand on instead of one in memory; closed with the world. */
  readonly store?: Store;
  /** After how many silent observations operators are told; by default they never are. */
  readonly unreachableAfter?: number;
  /** Whether Command tells what has changed, so that failures become alerts. */
  readonly reportsChanges?: boolean;
  readonly onShow?: (content: Content) => void;
  /** Sees every signal the moment it leaves, before it can arrive. */
  readonly onSend?: (signal: OutgoingSignal) => Promise<void>;
}

/** Opens a world in which nothing has happened. */
export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const { quorum = 1, runtime, onShow, onSend = async () => {}, reportsChanges = false } = options;
  const clock = createManualClock();
  const log = keepLog();
  const hook = runtime === undefined ? {} : { runtime };
  const command = createFakeBackend({ now: clock.now, reportsChanges, ...hook });
  const slack = createFakeChat({ ...hook, ...defined({ onShow }) });
  for (const person of Object.values(people)) slack.addPerson(person);
  const store = options.store ?? (await openFreshStore());
  const signer = createHmacSigner(Buffer.from('the key of these stories, 32 by.'));
  let count = 0;
  const next = (): number => {
    count += 1;
    return count;
  };
  const backend: LiveBackend = {
    ...command.backend,
    async sendSignal(instance, signal) {
      await onSend(signal);
      return command.backend.sendSignal(instance, signal);
    },
  };
  const start = (change: Partial<Pick<Context, 'store' | 'policy' | 'backends'>>): Context => ({
    store,
    chat: slack.chat,
    backends: new Map([['command', backend]]),
    policy: policyOf(quorum, options.policy),
    log,
    signer: signer,
    metrics: noMetrics,
    now: clock.now,
    newId: () => `id-${next()}`,
    newCode: (length) => `K${String(next()).padStart(length - 1, '0')}`,
    replicaId: `run-${next()}`,
    unreachableAfter: options.unreachableAfter ?? 1_000,
    scheduleDelivery: () => {},
    ...change,
  });
  let context = start({});

  const world: World = {
    clock,
    command,
    slack,
    store,
    log,
    get context() {
      return context;
    },
    restart: (change = {}) => {
      context = start(change);
    },
    observe: () => observeWorkflows(context, backend),
    async deliver() {
      await sendDueDecisions(context);
      await deliverNotifications(context);
    },
    async passTime(ms) {
      clock.advance(ms);
      await world.observe();
      await world.deliver();
    },
    card() {
      const [only, ...others] = slack.cards();
      if (!only || others.length > 0) throw new Error(`There are ${slack.cards().length} cards, not one`);
      return only;
    },
    async approval() {
      const found = await store.findApproval(world.card().card.approval.id);
      if (!found) throw new Error('The card shows an approval that is not stored');
      return found;
    },
    clickOf(actor, verb, change = {}) {
      const { card, message } = change.message === undefined ? world.card() : cardAt(slack, change.message);
      return {
        // Of two at the same time the later has the greater id, as long as they are alike long.
        id: `click-${String(next()).padStart(6, '0')}`,
        approvalId: card.approval.id,
        revision: card.approval.revision,
        person: people[actor].id,
        via: 'modal',
        verb,
        ...(change.via === 'press' ? {} : { basis: card.basis }),
        message,
        responseUrl: 'https://hooks.slack.example/secret',
        atMs: clock.now(),
        // A denial wants a reason, whoever tells the story.
        ...(verb === 'deny' ? { comment: 'Not this one' } : {}),
        ...change,
      };
    },
    async click(actor, verb, change = {}) {
      const click = world.clickOf(actor, verb, change);
      const service = useCasesOn(context).approvals;
      await service.writeDown(click);
      await service.work(click.id);
      return (await store.findClick(click.id))?.reply;
    },
    close: () => store.close(),
  };
  return world;
}

function cardAt(
  slack: FakeChat,
  message: Click['message'],
): Pick<ReturnType<World['card']>, 'card' | 'message'> {
  const found = slack.cards().find((one) => one.message.ts === message.ts);
  const any = found ?? slack.cards()[0];
  if (!any) throw new Error('There is no card');
  return { card: any.card, message };
}
