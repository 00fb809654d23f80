import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Absence } from '../../domain/absence.js';
import type {
  Approval,
  ApprovalState,
  CountedVote,
  Decision,
  DecisionFacts,
  Ending,
  FactChange,
  InboundDetails,
  Output,
  Question,
  Refused,
  Requirement,
  RulePlan,
  Seat,
  Signal,
  StepPlace,
  Vote,
  WaitingNote,
  Whereabouts,
} from '../../domain/approval.js';
import type { Change, ChangeOutcome, ChangeRecord, OpenApproval, Variable } from '../../domain/change.js';
import type { PublishedHome, ShownApproval } from '../../domain/home.js';
import type {
  Failure,
  FollowUp,
  Incident,
  IncidentState,
  MessageCount,
  Mute,
  Resolution,
  Sample,
} from '../../domain/incident.js';
import type { Definition, Instance, InstanceRef, InstanceStatus, Step } from '../../domain/instance.js';
import type { Anchor } from '../../domain/ledger.js';
import type { Link, LinkRequest, Locked, PendingClick } from '../../domain/link.js';
import type { BulkResult, HeldNotice, Notice, OperatorEvent } from '../../domain/notification.js';
import type { Person, PersonId } from '../../domain/person.js';
import type { ApproverRule, ReminderRule, ReminderTime, RuleMatch, Target } from '../../domain/policy.js';
import type { NotificationPreferences } from '../../domain/preferences.js';
import type { QuietHours } from '../../domain/quiet-hours.js';
import type {
  KeyFacts,
  LabelledValue,
  ReplacedCertificate,
  RequestDetail,
  RequestFacts,
  RequestLink,
  RevocationFacts,
  SignatureFacts,
} from '../../domain/request.js';
import type { ShadowCount, ShadowRecord, ShadowSum } from '../../domain/shadow.js';
import type {
  BulkPart,
  Click,
  ClickReply,
  Dialog,
  MessageRef,
  Receipt,
  RoleGap,
  Suspension,
} from '../../domain/voting.js';

/** Writes values of one type into a column and reads them back. */
interface Body<T> {
  readonly form: Form<T>;
  write(value: T): string;
  /** Reads what stands in the row with that id; see `readBody` for what may go wrong. */
  read(id: string | number, body: string): T;
}

function bodyIn<T>(table: string, form: Form<T>): Body<T> {
  return {
    form,
    write: (value) => JSON.stringify(form.toStored(value)),
    read: (id, body) => form.fromStored(readBody({ table, id: String(id), body })),
  };
}

/**
 * Reads back what this bot once wrote as JSON.
 *
 * Throws an error that names the table and the row, since a body that cannot be read is found by nobody
 * otherwise.
 */
export function readBody<T>(row: { readonly table: string; readonly id: string; readonly body: string }): T {
  try {
    return JSON.parse(unpacked(row.body));
  } catch (cause) {
    throw new Error(`The body of ${row.id} in table ${row.table} is not JSON`, { cause });
  }
}

const person = formOf<PersonId>()('teamId userId');
const ref = formOf<InstanceRef>()('system id');
const message = formOf<MessageRef>()('channel ts');
const locked = formOf<Locked>()('keyId text');

const definition = formOf<Definition>()('id name version type');
const step = formOf<Step>()('uniqueName name');
const status = formOf<InstanceStatus>()('kind raw', {
  kind: 'running suspended complete rejected failed canceled-for-restart paused aborted unknown',
});
const key = formOf<KeyFacts>()(
  'algorithm sizeBits curve hash fingerprint exponent isBroken cannotSign isUnknown restriction',
);
const detail = formOf<RequestDetail>()(
  [
    'kind isAuthority pathLength usages permitted excluded template sid version name count value text',
    'hiddenBytes oid isKnown isCritical',
  ],
  {
    kind: [
      'basic-constraints key-usage extended-key-usage name-constraints template sid version',
      'doubled-extension name-value attribute extension critical-names',
    ],
  },
);
const replaces = formOf<ReplacedCertificate>()('subject names key authority expiresAtMs signature details', {
  key,
  details: detail,
});
const facts = formOf<RequestFacts>()(
  [
    'requesters subject names key template authority validity revocation replaces unreadableRequest',
    'others isTold signature details digest replacesUnreadable notShown hiddenDigest replacesDigest attributes',
    'reading due links signingRequest',
  ],
  {
    key,
    links: formOf<RequestLink>()('title url'),
    signature: formOf<SignatureFacts>()('algorithm hash fits', { fits: 'yes no not-checked' }),
    details: detail,
    revocation: formOf<RevocationFacts>()('reason comment effectiveAt serialNumber'),
    replaces,
    others: formOf<LabelledValue>()('label value'),
    isInbound: storedAs('isTold'),
  },
);
const instance = formOf<Instance>()(
  [
    'ref referenceId title definition status statusMessage step signals awaitsApproval startedAtMs',
    'modifiedAtMs facts isPartial fingerprint',
  ],
  {
    ref,
    definition,
    status,
    step,
    signals: formOf<NonNullable<Instance['signals']>[number]>()('name isReceived'),
    facts,
  },
);
const whereabouts = formOf<Whereabouts>()('status statusMessage step', { status, step });

const verdict = 'approve deny';
const refusal = 'no-role not-waiting bad-request sign-in nobody-mapped engine-down';
const seat = formOf<Seat>()('person name isSelfNamed identities', { person });
const vote = formOf<Vote>()(
  'person name isSelfNamed identities verdict output comment atMs revision seat findings',
  {
    person,
    verdict,
    seat,
  },
);
const counted = formOf<CountedVote>()(
  'person name isSelfNamed identities verdict output comment atMs revision isInferred seat findings',
  { person, verdict, seat },
);
const decision = formOf<Decision>()('verdict output votes rule atMs', { verdict, votes: vote });
const shown = formOf<DecisionFacts>()([
  'requester subject names key template authority validity revocationReason definitionVersion details',
  'digest serialNumber effectiveDate revocationComment replaced attributes hidden',
]);
const factChange = formOf<FactChange>()('fact from to', {
  fact: [
    'requester subject names key template authority validity revocationReason definitionVersion details',
    'digest serialNumber effectiveDate revocationComment replaced attributes hidden',
  ],
});
const shadowCount = formOf<ShadowCount>()('name count');
const note = formOf<WaitingNote>()(
  'kind changes decision reason account said isUnsent name names have of isMore rule',
  {
    kind: [
      'facts-changed released too-old refused link-ended vote-void disowned beyond-one-account',
      'quorum-raised rule-void findings-changed',
    ],
    changes: factChange,
    decision,
    reason: refusal,
  },
);
const endingKind =
  'approved denied decided-elsewhere overtaken not-visible outcome-unknown unwatched restarted';
const shadowReason =
  'no-rule nobody-named nobody-can too-few portal-only several-accounts not-seen unreadable';
const ending = formOf<Ending>()(
  'kind now elsewhere isRefused isAccepted stoppedBy isCanceled successor candidates switchedTo',
  {
    switchedTo: 'live shadow',
    kind: endingKind,
    now: whereabouts,
    successor: ref,
  },
);
const fault = 'silence sign-in forbidden page redirect error';
const approvalState = formOf<ApprovalState>()(
  'kind note decision untilMs waitsFor fault sentAtMs isAccepted isInferred ending atMs',
  {
    kind: 'waiting deciding held checking recorded not-moved ended',
    note,
    decision,
    waitsFor: 'system chat run sign-in hold',
    fault,
    ending,
  },
);
const inbound = formOf<InboundDetails>()('activityId activity outputs suggested', {
  outputs: formOf<Output>()('name verdict', { verdict }),
});
const question = formOf<Question>()('number person name text atMs answer', {
  person,
  answer: formOf<NonNullable<Question['answer']>>()('person text atMs', { person }),
});
const approval = formOf<Approval>()(
  [
    'id code instance step attempt revision version requirement state told isAssigned counted',
    'waitingSinceMs questions plan',
  ],
  {
    instance,
    requirement: formOf<Requirement>()('needed roles nextStep place', {
      place: formOf<StepPlace>()('at of'),
    }),
    state: approvalState,
    inbound: storedAs('told', inbound),
    counted,
    questions: question,
    plan: formOf<RulePlan>()('rule revision holdMs sinceMs untilMs over stoppedBy', {
      over: 'stopped decided limit brake',
    }),
  },
);

const target = formOf<Target>()('kind channel person', { kind: 'channel person', person });
const reminderTime = formOf<ReminderTime>()('afterMs beforeDeadlineMs');
const reminders = formOf<ReminderRule>()('remind escalate expireAfterMs quietHours', {
  remind: reminderTime,
  escalate: formOf<NonNullable<ReminderRule['escalate']>>()('times to', { times: reminderTime, to: target }),
  quietHours: formOf<QuietHours>()('fromMinute toMinute timeZone days', {
    days: 'mon tue wed thu fri sat sun',
  }),
});
const rule = formOf<ApproverRule>()(
  [
    'name match people groups quorum ownRequest approveWith holdMs notify reminders bulkUpTo',
    'notifyRequester nudgeEveryMs delegates automatic',
  ],
  {
    match: formOf<RuleMatch>()('system definition type step template authority requester finding', {
      finding: [
        'high medium any unreadable-request weak-key ca-certificate dangerous-usage login-identity',
        'other-template other-subject unreadable-name unreadable-extension odd-name mixed-script',
        'unknown-key public-suffix-wildcard long-validity',
        'weak-hash signature-mismatch doubled-extension unknown-critical-extension',
        'unreadable-replaced wildcard outside-zones names-without-cn replaces reuses-key adds-names',
        'removes-names changes-subject changes-key changes-authority',
      ],
    }),
    people: person,
    delegates: person,
    ownRequest: 'forbidden allowed',
    approveWith: 'one-click comment reason typed portal-only',
    notify: 'channel nobody',
    notifyRequester: 'start nobody',
    reminders,
    automatic: formOf<NonNullable<ApproverRule['automatic']>>()('holdMs limit'),
    bulkUpTo: 'none low medium high off',
  },
);
const membership = 'member guest stranger bot deactivated';
const reply = formOf<ClickReply>()(
  'kind why system approval requestId hasEnded changes missing have of output other verdict ref reason seat removedAtMs',
  {
    kind: [
      'refused person-not-checked replaced checked-later unknown-card no-system over being-decided',
      'account-counted link-needed facts-changed shown-otherwise beyond-one-account incomplete press-again already-voted',
      'same-identity vote-counted vote-withdrawn nothing-to-withdraw taken-back not-yours-to-take-back',
      'too-late-to-take-back too-old decided kept broke not-in-bulk shadow settling seat-taken rule-stopped removed',
    ],
    reason: 'rule not-whole finding outputs beyond-one-account other-findings',
    why: formOf<Extract<ClickReply, { kind: 'refused' }>['why']>()('kind rule standing requester approver', {
      kind: [
        'no-rule not-an-approver not-a-member suspended group-not-checked portal-only own-request',
        'maybe-own-request not-mapped requester-unknown own-request-of-approver',
      ],
      rule,
      membership: storedAs('standing', membership),
    }),
    approval,
    changes: factChange,
    missing: 'reason typed',
    verdict,
  },
);

const change = formOf<Change>()(
  'kind instance version afterError system definition variables activityId output status data',
  {
    kind: 'restart stop cancel pause resume abort execute alert',
    instance: ref,
    variables: formOf<Variable>()('name type value', {
      type: 'string number decimal float boolean date actor xml object array',
    }),
  },
);
const outcome = formOf<ChangeOutcome>()(
  'kind now started startedCode candidates why approval reason said refused fault linkState',
  {
    fault,
    kind: [
      'done not-allowed person-not-checked not-found moved-meanwhile approval-open refused unreachable',
      'unknown not-sent not-linked',
    ],
    linkState: 'missing ended unchecked',
    now: whereabouts,
    started: ref,
    why: formOf<Extract<ChangeOutcome, { kind: 'not-allowed' }>['why']>()('kind standing', {
      kind: 'not-a-member suspended group-not-checked no-rule not-requester being-decided',
      membership: storedAs('standing', membership),
    }),
    approval: formOf<OpenApproval>()('code channel isActivityKnown'),
    refused: formOf<NonNullable<Extract<ChangeOutcome, { kind: 'unknown' }>['refused']>>()('reason said'),
  },
);
const changeRecord = formOf<ChangeRecord>()(
  [
    'id person change title definition code shownStep isOverride phase holder proposedAtMs confirmedAtMs',
    'deadlineMs outcome sameAs started batch responseUrl channel',
  ],
  {
    person,
    change,
    phase: 'proposed confirmed sending following over',
    replicaId: storedAs('holder'),
    outcome,
    started: ref,
    batch: formOf<NonNullable<ChangeRecord['batch']>>()('id incidentId place'),
  },
);

const receipt = formOf<Receipt>()('code approvalId vote shown', { vote, shown });
const pendingClick = formOf<PendingClick>()('approvalId revision verb output comment', { verb: verdict });
const absence = formOf<Absence>()('id person name delegate delegateName rule sinceMs untilMs', {
  person,
  delegate: person,
});
const absenceEnd = [
  'date back replaced repudiated suspended not-a-member not-an-approver not-a-delegate not-mapped',
] as const;
const heldNotice = formOf<HeldNotice>()('kind approval question approvalId isRequester', {
  kind: 'opened outcome question answered escalation undecided',
  approval,
  question,
});
const notice = formOf<Notice>()(
  [
    'kind approval why answer receipt system requestId username press record records event isWithdrawn',
    'person approvalId isRequester question endsAtMs results nudge absence to bulk held approvals isList',
    'sinceMs untilMs timeZone',
  ],
  {
    kind: [
      'outcome released outcome-unknown late-answer vote-void receipt link-ended linked change batch',
      'operators reminder escalation undecided question answered bulk opened absence absence-ended',
      'bulk-summary summary expiring report',
    ],
    held: heldNotice,
    approval,
    absence,
    to: 'approver delegate',
    why: [
      'unreachable overtaken unwatched undecided facts-changed findings rights refused beyond-one-account',
      ...absenceEnd,
    ],
    reply: storedAs('answer', reply),
    receipt,
    person,
    question,
    bulk: formOf<Pick<BulkPart, 'id' | 'size'>>()('id size'),
    results: formOf<BulkResult>()('code subject how reply', {
      how: 'approved under-way counted not-taken refused',
      reply,
    }),
    pendingClick: storedAs('press', pendingClick),
    record: changeRecord,
    records: changeRecord,
    event: formOf<OperatorEvent>()(
      [
        'kind channel reason approval account said system sinceMs gap person name receipt cancelled by',
        'anchors permission count approvals run fault sum switchedTo absence why rule isAbsence isUnsent',
      ],
      {
        kind: [
          'channel-lost signal-refused not-moved system-unreachable system-back undecidable too-few',
          'disowned restored ledger-anchored store-restored alerts-off result-not-visible person-lost',
          'not-editable cards-missing nothing-visible no-step access-missing shadow-day mode-switched unsignable',
          'absence absence-ended unattended',
        ],
        absence,
        why: absenceEnd,
        approval,
        fault,
        gap: formOf<RoleGap>()('able wanted'),
        switchedTo: 'live shadow',
        sum: formOf<ShadowSum>()('sinceMs untilMs posted asked refused missed decided medianMs waiting', {
          asked: shadowCount,
          refused: shadowCount,
          missed: shadowCount,
        }),
        person,
        by: person,
        anchors: formOf<Anchor>()('system number mac'),
      },
    ),
  },
);

const incident = formOf<Incident>()(
  [
    'id code key system definition step lastGoodStep kind count unresolved failed messages samples firstAtMs',
    'lastAtMs heardAtMs state owner version',
  ],
  {
    definition,
    step,
    kind: 'failed aborted',
    messages: formOf<MessageCount>()('text count'),
    samples: formOf<Sample>()('ref code title startedBy startedAtMs failedAtMs message link', { ref }),
    state: formOf<IncidentState>()('kind atMs how', {
      kind: 'open resolved',
      how: formOf<Resolution>()('kind by', { kind: 'recovered dealt-with quiet' }),
    }),
    owner: formOf<NonNullable<Incident['owner']>>()('person name atMs', { person }),
  },
);
const failure = formOf<Failure>()('instance incidentId state failedAtMs successor isOld', {
  instance,
  state: 'failed retrying recovered given-up restarted gone',
  successor: ref,
});

/** Everything a store keeps as JSON, by what it is. */
export const bodies = {
  approval: bodyIn('approvals', approval),
  vote: bodyIn('votes', vote),
  click: bodyIn(
    'clicks',
    formOf<Click>()(
      'id approvalId revision person verb output comment typed via basis message from bulk shown responseUrl atMs trace',
      {
        bulk: formOf<BulkPart>()('id size'),
        person,
        from: 'home list',
        verb: 'approve deny withdraw take-back',
        via: 'press modal',
        message,
      },
    ),
  ),
  clickReply: bodyIn('clicks', reply),
  dialog: bodyIn(
    'dialogs',
    formOf<Dialog>()('id approvalId revision verb output person message from basis responseUrl atMs', {
      from: 'home list',
      verb: verdict,
      person,
      message,
    }),
  ),
  signal: bodyIn(
    'signals',
    formOf<Signal>()(
      [
        'id approvalId instance step revision decision phase holder leaseUntilMs claimedAtMs notBeforeMs',
        'deadlineMs sends stillWaitingReads disownedBy refused seenElsewhere trace',
      ],
      {
        instance: ref,
        decision,
        phase: 'claimed sending accepted settled',
        replicaId: storedAs('holder'),
        repudiatedBy: storedAs('disownedBy', person),
        refused: formOf<Refused>()('reason account said', { reason: refusal }),
        seenElsewhere: whereabouts,
      },
    ),
  ),
  change: bodyIn('changes', changeRecord),
  /** The key by which two changes that ask for the same are found. */
  requestedChange: bodyIn('changes', change),
  notice: bodyIn('deliveries', notice),
  followUp: bodyIn(
    'deliveries',
    formOf<FollowUp>()('kind batchId', { kind: 'more changes taken resolved call' }),
  ),
  digest: bodyIn('deliveries', formOf<{ readonly count: number }>()('count')),
  target: bodyIn('deliveries', target),
  incident: bodyIn('incidents', incident),
  failure: bodyIn('failures', failure),
  mute: bodyIn('mutes', formOf<Mute>()('key untilMs person name', { person })),
  person: bodyIn(
    'people',
    formOf<Person>()(
      [
        'id name standing confirmedEmail groups uncheckedGroups checkedGroups isSuspended linkedAs',
        'timeZone',
      ],
      { id: person, membership: storedAs('standing', membership) },
    ),
  ),
  receipt: bodyIn('receipts', receipt),
  absence: bodyIn('absences', absence),
  preferences: bodyIn(
    'preferences',
    formOf<NotificationPreferences>()('person directMessages dailyAtMinute quiet workingDays', {
      person,
      directMessages: 'each daily off',
      quiet: formOf<NonNullable<NotificationPreferences['quiet']>>()('fromMinute toMinute'),
      workingDays: 'mon tue wed thu fri sat sun',
    }),
  ),
  suspension: bodyIn('suspensions', formOf<Suspension>()('person name receipt atMs', { person })),
  shadowRecord: bodyIn(
    'shadow_records',
    formOf<ShadowRecord>()('id system run atMs how reason rule people endedAtMs ending', {
      how: 'asked refused missed',
      reason: shadowReason,
      ending: endingKind,
    }),
  ),
  home: bodyIn(
    'homes',
    formOf<Pick<PublishedHome, 'shown' | 'fingerprint'> & { readonly person: PersonId }>()(
      'person shown fingerprint',
      { person, shown: formOf<ShownApproval>()('approvalId revision') },
    ),
  ),
  link: bodyIn('links', formOf<Pick<Link, 'person' | 'username'>>()('person username', { person })),
  linkRequest: bodyIn(
    'link_requests',
    formOf<Omit<LinkRequest, 'begun'>>()('id system person press expiresAtMs', {
      person,
      pendingClick: storedAs('press', pendingClick),
    }),
  ),
  linkRequestBegun: bodyIn(
    'link_requests',
    formOf<NonNullable<LinkRequest['begun']>>()('browser verifier', { verifier: locked }),
  ),
} as const;

/**
 * The names under which values of a type are written down.
 *
 * Stores outlive programs, so the names in them never change, whatever the program calls things by now. A form
 * lists them in full and compiles only while they are the type's own, save where it says which one differs.
 */
interface Form<T> {
  /** Keeps the form of one type from being taken for that of another. */
  readonly of?: (value: T) => readonly [T, KeyOf<T>];
  /** Every stored name; one inside another stands behind it and a dot. */
  readonly paths: readonly string[];
  /** Whether the program calls everything in it as it is stored, so that there is nothing to do. */
  readonly isSame: boolean;
  /** Gives a value under its stored names; what is not known here keeps its own. */
  toStored(value: T): unknown;
  fromStored(stored: unknown): T;
}

/**
 * Gives the form of a type: all its stored names, apart by blanks, then what stands under those that need it.
 *
 * Objects need their form, and what is one of several words needs all of them, apart by blanks. A union has the
 * names of all its members.
 */
function formOf<T>() {
  return <const S extends string, const P extends Parts<T>>(
    names: (S | readonly S[]) & NamesCheck<T, S, P>,
    ...[parts]: [PartKeys<T>] extends [never] ? [parts?: P & PartsCheck<T, P>] : [parts: P & PartsCheck<T, P>]
  ): Form<T> => createForm([names].flat().join(' ').split(' '), { ...parts });
}

/** Gives the stored name of a property that the program calls otherwise, and what stands under it. */
function storedAs<const N extends string>(name: N): StoredAs<N, undefined>;
function storedAs<const N extends string, const P extends AnyForm | AnyLiterals | undefined>(
  name: N,
  part: P,
): StoredAs<N, P>;
function storedAs(
  name: string,
  part?: AnyForm | AnyLiterals,
): StoredAs<string, AnyForm | AnyLiterals | undefined> {
  return { name, part };
}

interface StoredAs<N extends string, P> {
  readonly name: N;
  readonly part: P | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: the form of whatever type
type AnyForm = Form<any>;

type AnyLiterals = string | readonly string[];

type AnyPart = AnyForm | AnyLiterals | StoredAs<string, AnyForm | AnyLiterals | undefined>;

function createForm(names: readonly string[], parts: Readonly<Record<string, AnyPart>>): AnyForm {
  const toStored = new Map<string, Field>();
  const fromStored = new Map<string, Field>();
  for (const [name, given] of Object.entries(parts)) {
    const stored = isStoredAs(given) ? given : storedAs(name, given);
    const form = isForm(stored.part) ? stored.part : undefined;
    toStored.set(name, { name: stored.name, form });
    fromStored.set(stored.name, { name, form });
  }
  const isSame = [...toStored].every(([name, field]) => name === field.name && (field.form?.isSame ?? true));
  const convert = (value: unknown, way: 'toStored' | 'fromStored', fields: typeof toStored): unknown => {
    if (isSame || typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((one) => convert(one, way, fields));
    const converted: Record<string, unknown> = {};
    for (const [name, inner] of Object.entries(value)) {
      const field = fields.get(name);
      converted[field?.name ?? name] = field?.form ? field.form[way](inner) : inner;
    }
    return converted;
  };
  return {
    isSame,
    paths: names.flatMap((name) => [
      name,
      ...(fromStored.get(name)?.form?.paths ?? []).map((path) => `${name}.${path}`),
    ]),
    toStored: (value) => convert(value, 'toStored', toStored),
    fromStored: (stored) => convert(stored, 'fromStored', fromStored),
  };
}

/** What a property is called on the other side, and the form of what stands under it. */
interface Field {
  readonly name: string;
  readonly form: AnyForm | undefined;
}

function isForm(part: AnyForm | AnyLiterals | undefined): part is AnyForm {
  return typeof part === 'object' && 'isSame' in part;
}

function isStoredAs(part: AnyPart): part is StoredAs<string, AnyForm | AnyLiterals | undefined> {
  return typeof part === 'object' && 'part' in part;
}

type KeyOf<T> = T extends unknown ? keyof T & string : never;

/** What a property holds in whichever members of a union have it; of a list, what is in it. */
type ValueOf<T, K> = Inner<T extends unknown ? (K extends keyof T ? T[K] : never) : never>;

type Inner<V> = V extends readonly (infer One)[] ? Inner<One> : V extends undefined ? never : V;

/** The words of a text, or of several. */
type Literals<S> = S extends readonly (infer Text)[]
  ? Literals<Text>
  : S extends `${infer One} ${infer Others}`
    ? One | Literals<Others>
    : S;

/** What has to be said of a property besides its name: nothing of plain values, and of what has data for names. */
type PartOf<V> = [Extract<V, object>] extends [never]
  ? [V] extends [string]
    ? string extends V
      ? undefined
      : string
    : undefined
  : string extends keyof V
    ? undefined
    : Form<Extract<V, object>>;

type PartKeys<T> = { [K in KeyOf<T>]: PartOf<ValueOf<T, K>> extends undefined ? never : K }[KeyOf<T>];

type Parts<T> = { readonly [K in KeyOf<T>]?: AnyPart };

type Given<P, K> = K extends keyof P ? (P[K] extends StoredAs<string, infer F> ? F : P[K]) : undefined;

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** Refuses what is said of no property, and what is said falsely. */
type PartsCheck<T, P> = {
  readonly [K in PartKeys<T> | keyof P]: K extends KeyOf<T>
    ? IsRight<ValueOf<T, K>, Given<P, K>> extends true
      ? unknown
      : { readonly wanted: ValueOf<T, K> }
    : never;
};

type IsRight<V, G> =
  PartOf<V> extends undefined
    ? Same<G, undefined>
    : G extends AnyLiterals
      ? Same<Literals<G>, V>
      : G extends PartOf<V>
        ? true
        : false;

type StoredName<P, K> = K extends keyof P ? (P[K] extends StoredAs<infer N, unknown> ? N : K) : K;

type StoredNames<T, P> = { [K in KeyOf<T>]: StoredName<P, K> }[KeyOf<T>];

/** Refuses a list of names that is not exactly that of the type, and shows where it differs. */
type NamesCheck<T, S extends string, P> =
  Same<StoredNames<T, P>, Literals<S>> extends true
    ? unknown
    : {
        readonly missing: Exclude<StoredNames<T, P>, Literals<S>>;
        readonly unknown: Exclude<Literals<S>, StoredNames<T, P>>;
      };

/**
 * What bodies had in common when packing began, the most frequent last, where references to it are shortest.
 *
 * Never changed, as no dictionary is: what was packed with it can only be read with the same. Another one gets another
 * number.
 */
const firstDictionary = Buffer.from(
  [
    '"isPlanned":"plan":{"rule":"","revision":1,"holdMs":"sinceMs":"untilMs":"over":"stopped""questions":[{"number":1,"text":"answer":{"',
    '"serialNumber":"revocation":{"reason":"","comment":"","effectiveAt":"replaces":{"subject":"unreadableRequest":true,"hiddenBytes":',
    '"kind":"template","sid":"version":"name-value","attribute","extension","basic-constraints","isAuthority":false,"pathLength":',
    '"kind":"key-usage","usages":["digitalSignature","keyEncipherment"],"isCritical":true},{"kind":"extended-key-usage","usages":["serverAuth","clientAuth"],"oid":"2.5.29.',
    '"kind":"refused","why":{"kind":"no-rule","not-an-approver","own-request"},"vote-counted","have":1,"of":2,"decided-elsewhere","overtaken","denied","rejected","raw":"Rejected","failed","raw":"Failed"',
    '{"kind":"operators","event":{"kind":"","released","vote-void","opened","question","answered","late-answer","answer":{"kind":"over","approval":{',
    '"authority":"attributes":["validity":"revocationReason":"definitionVersion":"details":"requester":"names":"subject":"key":"template":"digest":"',
    '{"id":"","approvalId":"","instance":{"system":"","id":""},"step":"","revision":1,"decision":{"verdict":"approve","votes":[{"person":{"teamId":"T0","userId":"U0"},"name":"","identities":["',
    '"phase":"settled","holder":"","leaseUntilMs":1,"claimedAtMs":1,"sends":1,"stillWaitingReads":0,"deadlineMs":1',
    '{"id":"T0.U0.C0.17.17","approvalId":"","revision":1,"person":{"teamId":"T0","userId":"U0"},"verb":"approve","comment":"","via":"modal","message":{"channel":"C0","ts":"17',
    '{"kind":"receipt","receipt":{"code":"","approvalId":"","vote":{"person":{"teamId":"T0","userId":"U0"},"name":"","identities":["\\\\"],"verdict":"approve","comment":"","atMs":17,"revision":1},"shown":{"requester":"","subject":"CN=","names":"dns ","key":"EC 256","template":"","authority":"","definitionVersion":1,"details":"","digest":"","attributes":""}},',
    '{"kind":"outcome","approval":{"instance":{"ref":{"system":"","id":"-4"},"referenceId":"","startedAtMs":17,"modifiedAtMs":17,"title":"\\\\ is enrolling for a certificate with CN=.","definition":{"id":"-4","name":"","version":1,"type":"Enrollment"},"status":{"kind":"complete","raw":"Complete"},"step":{"uniqueName":"","name":"End"},"awaitsApproval":false,',
    '"facts":{"requesters":["\\\\"],"names":[""],"subject":"CN=","key":{"algorithm":"RSA","sizeBits":2048,"algorithm":"EC","curve":"P-256","sizeBits":256,"fingerprint":"SHA256:","hash":"SHA-256"},"signature":{"algorithm":"SHA-256 with ECDSA","SHA-256 with RSA","hash":"SHA-256","fits":"yes"},"template":"","authority":"","signingRequest":"MII","digest":"","reading":3,"details":[],"others":[{"label":"","value":""}],"attributes":[]},"fingerprint":""},',
    '"requirement":{"roles":[""],"needed":1,"nextStep":""},"id":"","code":"","step":"","attempt":1,"revision":1,"version":3,"state":{"kind":"ended","ending":{"kind":"approved","now":{"status":{"kind":"complete","raw":"Complete"},"step":{"uniqueName":"","name":"End"}},"elsewhere":false},"atMs":17,"decision":{"verdict":"approve","votes":[{"person":{"teamId":"T0","userId":"U0"},"name":"","identities":["\\\\"],"verdict":"approve","comment":"","atMs":17,"revision":1}],"atMs":17}},"isAssigned":true,"waitingSinceMs":17',
  ].join(''),
);

/** Whole bodies of what an approval leaves, without what differs from one to the next. */
const secondDictionary = Buffer.from(
  [
    '{"kind":"operators","event":{"kind":"undecidable","approval":{"id":""}}}{"kind":"opened","approval":{"id":"',
    '{"kind":"vote-counted","have":1,"of":2,"approval":{"id":"{"kind":"over","approval":{"id":"{"kind":"decided","approval":{"id":"',
    '{"kind":"receipt","receipt":{"code":"","approvalId":"","approval":{"id":"',
    '{"id":"T0.U0.C0.17.000000.0.17.000000","approvalId":"","revision":1,"person":{"teamId":"T0","userId":"U0"},"verb":"approve","via":"press","message":{"channel":"C0","ts":"17.000"},"atMs":17,"trace":"',
    '"verb":"deny","via":"modal","comment":"","reason":"","typed":""',
    '{"approval":"","atMs":17,"click":"T0.U0.C0.17.000000.0.17","facts":{"attributes":"","authority":"","definitionVersion":" v1","details":"","digest":"","effectiveDate":"","hidden":"","key":"RSA 2048, SHA-256 (SHA256:","names":"","replaced":"","requester":"\\\\","revocationComment":"","revocationReason":"","serialNumber":"","subject":"CN=","template":"","validity":""},"findings":[],"named":{"by":"person"},"on":"message","person":{"teamId":"T0","userId":"U0"},"revision":1,"rule":{"approveWith":"one-click","name":"","ownRequest":"forbidden","quorum":1},"text":null}',
    '"findings":[{"kind":"wildcard","severity":"medium","named":{"by":"group","approveWith":"comment","approveWith":"reason","text":"*Approval needed*\\n',
    '{"code":"","approvalId":"","vote":{"person":{"teamId":"T0","userId":"U0"},"name":"","identities":["\\\\"],"verdict":"approve","atMs":17,"revision":1},"shown":{"requester":"\\\\","subject":"CN=","names":"","key":"EC P-256, SHA-256 (SHA256:)","template":"","authority":"","validity":"","revocationReason":"","serialNumber":"","effectiveDate":"","revocationComment":"","replaced":"","attributes":"","definitionVersion":" v1","details":"","digest":"","hidden":""}}',
    '{"id":"","holder":"","decision":{"verdict":"approve","votes":[{"person":{"teamId":"T0","userId":"U0"},"name":"","identities":["\\\\"],"verdict":"approve","atMs":17,"revision":1}],"atMs":17},"approvalId":"","instance":{"system":"","id":""},"step":"RequireApproval1","revision":1,"phase":"settled","leaseUntilMs":17,"sends":1,"stillWaitingReads":0,"claimedAtMs":17,"trace":"","deadlineMs":17,"sentAtMs":17',
    '{"instance":{"ref":{"system":"","id":""},"referenceId":"","statusMessage":"Awaiting 1 more approval(s) from approval roles.","startedAtMs":17,"modifiedAtMs":17,"title":" is enrolling for a certificate with CN=.","definition":{"id":"","name":"","version":1,"type":"Enrollment"},"status":{"kind":"complete","raw":"Complete"},"step":{"uniqueName":"EndNOOP","name":"End"},"awaitsApproval":false,"facts":{"requesters":["\\\\"],"names":[""],"subject":"CN=,OU=,O=,L=,C=","key":{"algorithm":"RSA","sizeBits":2048,"fingerprint":"SHA256:","hash":"SHA-256"},"key":{"algorithm":"EC","curve":"P-256","sizeBits":256,"fingerprint":"SHA256:","hash":"SHA-256"},"signature":{"algorithm":"SHA-256 with RSA","hash":"SHA-256","fits":"yes"},"signature":{"algorithm":"SHA-256 with ECDSA","hash":"SHA-256","fits":"yes"},"template":"","authority":"","signingRequest":"MIICBDCBrwIBADAdMRswGQYDVQQDExJhcHA',
    'wggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQCAwEAATANBgkqhkiG9w0BAQsFAAOCAQEAMIIBCDCBrwIBADAdMRswGQYDVQQDExJ.wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT.oDAwLgYJKoZIhvcNAQkOMSEwHzAdBgNVHREEFjAUghJ.wCgYIKoZIzj0EAwIDSAAwRQI.AiEA',
    '","digest":"","reading":3,"details":[{"kind":"template","name":""},{"kind":"extended-key-usage","usages":["serverAuth"]}],"details":[],"others":[{"label":"KeyRetention","value":"None"},{"label":"","value":""}],"attributes":[": "]},"fingerprint":""},"requirement":{"roles":[""],"needed":1,"nextStep":""},"id":"","code":"","step":"RequireApproval1","attempt":1,"revision":1,"version":3,"state":{"kind":"ended","ending":{"kind":"approved","now":{"status":{"kind":"complete","raw":"Complete"},"step":{"uniqueName":"EndNOOP","name":"End"}},"elsewhere":false},"atMs":17,"decision":{"verdict":"approve","votes":[{"person":{"teamId":"T0","userId":"U0"},"name":"","identities":["\\\\"],"verdict":"approve","atMs":17,"revision":1}],"atMs":17}},"isAssigned":true,"waitingSinceMs":17',
  ].join(''),
);

/** What packed text begins with, and with which dictionary it was packed; no JSON begins so. */
const dictionaries = { 'z1:': firstDictionary, 'z2:': secondDictionary } as const;

const newest = 'z2:';

/** Packs a text for the rest of its life; one that would not become shorter stays as it is. */
export function packed(text: string): string {
  if (text.startsWith(newest)) return text;
  const plain = unpacked(text);
  const deflated = deflateRawSync(plain, { level: 9, dictionary: dictionaries[newest] });
  const short = newest + deflated.toString('base64');
  return short.length < text.length ? short : text;
}

/** Gives a text as it was before it was packed; throws where it cannot be unpacked. */
export function unpacked(text: string): string {
  const mark = markOf(text);
  if (!mark) return text;
  const dictionary = dictionaries[mark];
  return inflateRawSync(Buffer.from(text.slice(mark.length), 'base64'), { dictionary }).toString('utf8');
}

function markOf(text: string): keyof typeof dictionaries | undefined {
  return text.startsWith('z1:') ? 'z1:' : text.startsWith('z2:') ? 'z2:' : undefined;
}
