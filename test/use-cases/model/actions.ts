import fc from 'fast-check';
import type { ClickVerb } from '../../../src/domain/voting.js';
import type { SignalFault } from '../../support/fake-backend/faults.js';
import type { ChatFault } from '../../support/fake-chat.js';
import type { Actor } from '../world/people.js';

/** Something people do at a card. */
export interface ButtonClick {
  readonly kind: 'press';
  readonly actor: Actor;
  readonly verb: ClickVerb;
  /** Which card, and how many revisions ago the person looked at it. */
  readonly card: number;
  readonly staleBy: number;
  /** Whether the chat hands the click in twice. */
  readonly isTwice: boolean;
}

/** Something the bot does by itself. */
export type Job = { readonly kind: 'observe' } | { readonly kind: 'deliver' };

/** Anything that may happen. */
export type Action =
  | ButtonClick
  | Job
  /** The bot does several things at the same time. */
  | {
      readonly kind: 'together';
      readonly parts: readonly (ButtonClick | Job)[];
      readonly pauses: readonly number[];
    }
  | { readonly kind: 'turn-clock'; readonly ms: number }
  | { readonly kind: 'answer-elsewhere'; readonly approved: boolean }
  | { readonly kind: 'change-facts'; readonly name: string }
  | { readonly kind: 'reach'; readonly isReachable: boolean }
  | { readonly kind: 'signal-fault'; readonly fault: SignalFault }
  | { readonly kind: 'chat-fault'; readonly fault: ChatFault }
  /** Somebody deletes a message of the bot. */
  | { readonly kind: 'delete-message'; readonly card: number }
  /** Somebody archives the channel a card is in. */
  | { readonly kind: 'archive-channel' }
  | { readonly kind: 'restart' }
  /** What is over is removed at once. */
  | { readonly kind: 'retention' }
  /** The bot stops for good; on a shared store another one is at work already and knows nothing of it. */
  | { readonly kind: 'replica-stop' }
  /** The bot dies so many points from now. */
  | { readonly kind: 'die'; readonly after: number };

const click: fc.Arbitrary<ButtonClick> = fc.record({
  kind: fc.constant('press' as const),
  actor: fc.constantFrom('ada', 'bo', 'ada', 'bo', 'cy', 'kim'),
  verb: fc.constantFrom('approve', 'approve', 'approve', 'approve', 'deny', 'withdraw', 'take-back'),
  card: fc.nat(1),
  staleBy: fc.constantFrom(0, 0, 0, 1),
  isTwice: fc.constantFrom(false, false, true),
});
const job: fc.Arbitrary<Job> = fc.constantFrom({ kind: 'observe' }, { kind: 'deliver' });
const signalFault: fc.Arbitrary<SignalFault> = fc.constantFrom(
  { kind: 'timeout-before' },
  { kind: 'timeout-after' },
  { kind: 'timeout-late' },
  { kind: 'unsent' },
  { kind: 'refuse', reason: 'no-role' },
  { kind: 'refuse', reason: 'not-waiting' },
  { kind: 'refuse', reason: 'sign-in' },
  { kind: 'refuse', reason: 'bad-request', when: 'after-effect' },
);
const chatFault: fc.Arbitrary<ChatFault> = fc
  .record({
    call: fc.constantFrom('post' as const, 'update' as const, 'lookUpPerson' as const),
    code: fc.constantFrom('unavailable' as const, 'outcome-unknown' as const, 'throttled' as const),
    afterEffect: fc.boolean(),
  })
  .map((fault) => ({ ...fault, afterEffect: fault.afterEffect && fault.code === 'outcome-unknown' }));

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 8, arbitrary: click },
  { weight: 6, arbitrary: job },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('together' as const),
      parts: fc.array(fc.oneof(click, click, job), { minLength: 2, maxLength: 3 }),
      pauses: fc.array(fc.nat(3), { minLength: 3, maxLength: 7 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('turn-clock' as const),
      ms: fc.constantFrom(1_000, 60_000, 660_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('answer-elsewhere' as const), approved: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('change-facts' as const),
      name: fc.constantFrom('a.example.com', 'b.example.com'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('reach' as const), isReachable: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('signal-fault' as const), fault: signalFault }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('chat-fault' as const), fault: chatFault }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'replica-stop' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete-message' as const), card: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'archive-channel' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('die' as const), after: fc.integer({ min: 1, max: 30 }) }),
  },
);

/** A course of events, on a bot that needs so many approvals. */
export interface Course {
  readonly quorum: number;
  readonly actions: readonly Action[];
}

/** Any course of events. */
export const courses: fc.Arbitrary<Course> = fc.record({
  quorum: fc.constantFrom(1, 2),
  actions: fc.array(action, { minLength: 5, maxLength: 25 }),
});

/** Any course of events in which what is over is removed again and again. */
export const coursesWithRetention: fc.Arbitrary<Course> = fc.record({
  quorum: fc.constantFrom(1, 2),
  actions: fc.array(
    fc.oneof(
      { weight: 3, arbitrary: action },
      { weight: 1, arbitrary: fc.constant({ kind: 'retention' as const }) },
    ),
    { minLength: 8, maxLength: 30 },
  ),
});
