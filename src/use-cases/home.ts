import { type Approval, decisionOf } from '../domain/approval.js';
import { type Card, composeCard } from '../domain/card.js';
import { mayRun } from '../domain/change.js';
import type {
  ClickedView,
  DecidedRow,
  Home,
  HomeHealth,
  HomePage,
  ShownApproval,
  WaitingRow,
} from '../domain/home.js';
import { isOnPage } from '../domain/home.js';
import { isSameName } from '../domain/instance.js';
import { entryOf } from '../domain/ledger.js';
import { isSamePerson, namedBy, type Person, type PersonId } from '../domain/person.js';
import { approverRuleFor, identitiesOf, isRequestedBy, mayDecide } from '../domain/policy.js';
import { type NotificationPreferences, usualPreferences } from '../domain/preferences.js';
import { byUrgency, type UrgencyPlace, urgencyOf, urgencyPlace } from '../domain/reminders.js';
import { type Click, votesOn, whyNotInBulk } from '../domain/voting.js';
import { BackendError, ChatError, ContractError } from '../ports/errors.js';
import type { ClaimedHome, TrackedList } from '../ports/store.js';
import { fingerprintOf } from '../shared/fingerprint-of.js';
import { asError, defined } from '../shared/language.js';
import {
  backendOf,
  type CommandWork,
  type Context,
  lookUpPerson,
  recallPerson,
  whoIsAway,
} from './context.js';
import { silenceOf } from './monitoring.js';
import { basisOf, peopleOfRule } from './show-card.js';

/** Who asks what has to do with them. */
type Concerned = Pick<CommandWork, 'context' | 'person'>;

/** What is kept of an approval while all that are open are gone through. */
interface Found extends ShownApproval {
  readonly place: UrgencyPlace;
}

/** The open approvals that have to do with somebody. */
export interface OpenApprovals {
  /** What they may decide and have not voted on, the most pressing first. */
  readonly waiting: readonly Found[];
  /** How many more wait for others, since they have voted. */
  readonly voted: number;
  /** What they started, the latest first. */
  readonly requested: readonly Found[];
}

/**
 * Goes through everything that is open, and finds what somebody may decide and what they started.
 *
 * `own`: system name → the runs that wait for their own account there; systems that are not in it are not narrowed.
 */
export async function openApprovalsOf(
  { context, person }: Concerned,
  own: ReadonlyMap<string, ReadonlySet<string>> = new Map(),
): Promise<OpenApprovals> {
  const { store, backends, policy } = context;
  const nowMs = context.now();
  const { delegations } = await whoIsAway(context, store);
  const named = new Map([...backends.keys()].map((system) => [system, identitiesOf(person, system, policy)]));
  const mayWait: Found[] = [];
  const requested: Found[] = [];
  for await (const approval of store.eachOpenApproval()) {
    const { instance, state, id: approvalId, revision } = approval;
    const { system, id } = instance.ref;
    const names = named.get(system);
    if (!names) continue;
    const found = () => ({ approvalId, revision, place: urgencyPlace(approval, nowMs) });
    if (instance.facts.requesters.some((name) => names.some((one) => isSameName(one, name, policy.domains))))
      requested.push(found());
    const isOwn = own.get(system)?.has(id) ?? true;
    if (state.kind === 'waiting' && isOwn && mayDecide(person, instance, policy, delegations).kind === 'yes')
      mayWait.push(found());
  }
  const votes = new Set((await store.listVotedOn(person.id)).map(keyOf));
  const waiting = mayWait.filter((one) => !votes.has(keyOf(one)));
  return {
    waiting: waiting.sort((a, b) => byUrgency(a.place, b.place)),
    voted: mayWait.length - waiting.length,
    requested: requested.sort((a, b) => b.place[2] - a.place[2]),
  };
}

/** A vote counts on the revision it was given on. */
function keyOf({ approvalId, revision }: ShownApproval): string {
  return `${approvalId} ${revision}`;
}

/**
 * Lists, for each system where somebody has linked an account, the runs it says wait for that account.
 *
 * A system that cannot be asked is left out: the rules alone say then what is shown.
 */
export async function ownLists({
  context,
  person,
}: Concerned): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const lists = new Map<string, ReadonlySet<string>>();
  for (const system of Object.keys(person.linkedAs ?? {})) {
    try {
      const waitsFor = context.backends.get(system)?.waitingFor;
      const reply = waitsFor && (await context.linking?.accessOf(system, person.id));
      if (reply?.kind !== 'access' || !waitsFor) continue;
      lists.set(system, new Set((await waitsFor(reply.access)).map(({ ref }) => ref.id)));
    } catch (error) {
      if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
      context.log.warn({ system, err: error }, 'What waits for a person cannot be read now');
    }
  }
  return lists;
}

const rowsOnPage = 10;

/** Puts together somebody's Home as it is now. */
export async function composeHome({ context, person }: Concerned, wantedPage: number): Promise<HomePage> {
  const own = await ownLists({ context, person });
  const { waiting, voted, requested } = await openApprovalsOf({ context, person }, own);
  const pages = Math.max(1, Math.ceil(waiting.length / rowsOnPage));
  const page = Math.min(Math.max(wantedPage, 1), pages);
  const onPage = waiting.slice((page - 1) * rowsOnPage, page * rowsOnPage);
  const started = requested.slice(0, rowsOnPage);
  const rows = await readAll(onPage, (one) => waitingRow(context, one));
  const may = mayDecideAnything(person);
  const requestedRows = await readAll(started, ({ approvalId }) => context.store.findApproval(approvalId));
  const health = await healthFor({ context, person });
  const away = await absencesFor({ context, person });
  return {
    person: person.id,
    ...defined({ barred: may, health, away }),
    ...(context.policy.shadow
      ? {}
      : {
          notifications: {
            preferences: await preferencesOf(context.store, person.id),
            ...defined({ timeZone: person.timeZone }),
          },
        }),
    waiting: {
      rows,
      ...(isBulkOffered(rows, context) ? { isBulkOffered: true as const } : {}),
      total: waiting.length,
      page,
      pages,
      voted,
    },
    requested: {
      rows: requestedRows,
      cancelable: requestedRows.filter((one) => mayCancel({ context, person }, one)).map(({ id }) => id),
      total: requested.length,
    },
    decided: await decidedBy(context, person.id),
  };
}

/** Nothing for those whom neither a rule nor an absence concerns. */
async function absencesFor({ context, person }: Concerned): Promise<HomePage['away']> {
  if (context.policy.shadow) return undefined;
  const { absences } = await whoIsAway(context, context.store);
  const own = absences.filter((one) => isSamePerson(one.person, person.id));
  const left = absences.filter(({ delegate }) => delegate && isSamePerson(delegate, person.id));
  const isApprover = context.policy.approvers.some((rule) => namedBy(rule, person) === 'yes');
  return isApprover || own.length + left.length > 0 ? { own, left, isApprover } : undefined;
}

/** Gives how somebody wants their direct messages; what holds for everybody until they have chosen. */
export async function preferencesOf(
  store: Pick<Context['store'], 'findPreferences'>,
  person: PersonId,
): Promise<NotificationPreferences> {
  return (await store.findPreferences(person)) ?? { person, ...usualPreferences };
}

/** Tells whether somebody may cancel what they requested, as far as is known without reading it. */
function mayCancel({ context, person }: Concerned, { state, instance }: Approval): boolean {
  const { ref, definition } = instance;
  const { operations } = backendOf(context, ref.system) ?? {};
  const target = { system: ref.system, definition: definition.name };
  return (
    state.kind === 'waiting' &&
    operations?.changes.includes('cancel') === true &&
    mayRun(person, 'cancel', target, context.policy.operators).kind === 'yes' &&
    isRequestedBy(person, instance, context.policy)
  );
}

/** Tells whether at least two of some rows could be approved together. */
export function isBulkOffered(
  rows: readonly { readonly card: Pick<Card, 'approval'> }[],
  { policy }: Pick<Context, 'policy'>,
): boolean {
  return rows.filter(({ card }) => whyNotInBulk(card.approval, policy) === undefined).length > 1;
}

function mayDecideAnything({ membership, isSuspended }: Person): HomePage['barred'] {
  if (membership !== 'member') return { kind: 'not-a-member', membership };
  return isSuspended ? { kind: 'suspended' } : undefined;
}

async function readAll<T, Row>(
  found: readonly T[],
  read: (one: T) => Promise<Row | undefined>,
): Promise<readonly Row[]> {
  const rows = [];
  for (const one of found) rows.push(await read(one));
  return rows.filter((row) => row !== undefined);
}

/** What somebody may decide stands there with its card; who else could is left to that card. */
async function waitingRow(context: Context, { approvalId }: Found): Promise<WaitingRow | undefined> {
  const { store, policy, backends, now } = context;
  const approval = await store.findApproval(approvalId);
  if (!approval) return undefined;
  const votes = votesOn(await store.listVotes(approvalId), approval.revision);
  const link = backendOf(context, approval.instance.ref.system)?.linkTo(approval.instance);
  const basis = basisOf(approval, policy);
  const card = composeCard(approval, { votes, policy, basis, link, isOneOfSeveral: backends.size > 1 });
  return { card, urgency: urgencyOf(approval, now()) };
}

const lately = { ms: 7 * 24 * 60 * 60_000, rows: 10 };

async function decidedBy({ store, now }: Context, person: PersonId): Promise<readonly DecidedRow[]> {
  const records = await store.listLedgerBy(person, {
    kinds: ['vote', 'decision'],
    sinceMs: now() - lately.ms,
    limit: lately.rows,
  });
  const rows: DecidedRow[] = [];
  for (const record of records) {
    const { kind, atMs, note } = entryOf(record);
    const ref = { system: record.system, id: record.instanceId ?? '' };
    const { code } = entryOf(record);
    const approval = (await store.listApprovalsOf(ref)).find((one) => one.code === code);
    if (approval) rows.push({ approval, entry: { kind, atMs, ...defined({ note }) } });
  }
  return rows;
}

/** Tells operators how the bot stands, of the systems their rules name; nothing to others. */
async function healthFor({ context, person }: Concerned): Promise<HomeHealth | undefined> {
  const { backends, policy, store } = context;
  const wide = policy.operators.map(({ definitions: _any, ...rule }) => rule);
  const mayKnow = (system: string) =>
    mayRun(person, 'doctor', { system, definition: '' }, wide).kind === 'yes';
  const known = [...backends.values()].filter(({ system }) => mayKnow(system));
  if (known.length === 0) return undefined;
  const systems = [];
  let incidents = 0;
  for (const { system, label } of known) {
    const silence = await silenceOf(store, system);
    systems.push({ label, ...defined({ silentSinceMs: silence?.sinceMs }) });
    incidents += (await store.listOpenIncidents(system)).length;
  }
  return {
    systems,
    pending: await store.countPending(),
    withoutCard: (await store.listMissingCards()).length,
    incidents,
    lostPlaces: (await store.listLostPlaces()).length,
  };
}

/**
 * Notes that somebody has opened their Home, and draws it.
 *
 * `seen` is what the chat shows there by now: the page that was last published stays as it is while it is true, so that
 * a click on it counts.
 */
export async function openHome(context: Context, person: PersonId, seen?: ClickedView): Promise<void> {
  const { store, now } = context;
  const known = await store.findHome(person);
  const isOurs =
    seen !== undefined && known?.published?.viewId === seen.viewId && known.published.hash === seen.hash;
  await store.openHome(person, { nowMs: now(), isAnew: !isOurs });
  try {
    await lookUpPerson(context, person);
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    context.log.warn({ person: person.userId, err: error }, 'Who opened their Home could not be looked up');
  }
  await drawHomeOf(context, person);
}

/** Shows another page of what waits. */
export async function showHomePage(context: Context, person: PersonId, page: number): Promise<void> {
  await context.store.wantHome(person, { dueAtMs: context.now(), page });
  await drawHomeOf(context, person);
}

/** Tells whether a click in a Home counts: only on the page that was last published there, on what stands on it. */
export async function isClickOnHome(
  { store }: Pick<Context, 'store'>,
  person: PersonId,
  view: ClickedView,
  approval: ShownApproval,
): Promise<boolean> {
  const home = await store.findHome(person);
  return home !== undefined && isOnPage(home, view, approval);
}

/** Draws somebody's Home anew, whatever the chat shows there by now. */
export async function redrawHome(context: Context, person: PersonId): Promise<void> {
  const { store, now } = context;
  if (!(await store.findHome(person))) return;
  await store.openHome(person, { nowMs: now(), isAnew: true });
  await drawHomeOf(context, person);
}

/** Draws somebody's Home at once after they decided there; what stands in its way is no matter of the decision. */
export async function drawHomeAfter(
  context: Context,
  click: Pick<Click, 'person' | 'from'> | undefined,
): Promise<void> {
  if (click?.from !== 'home') return;
  const { store, now, log } = context;
  const { person } = click;
  try {
    await store.wantHome(person, { dueAtMs: now() });
    await drawHomeOf(context, person);
  } catch (error) {
    log.warn({ person: person.userId, err: asError(error) }, 'A Home could not be updated after a decision');
  }
}

/** Draws it again where something was wanted meanwhile; left to whoever draws it already, and to the job. */
async function drawHomeOf(context: Context, person: PersonId): Promise<void> {
  const { store, now } = context;
  for (let times = 0; times < 3; times += 1) {
    const claimed = await store.claimHomes({ nowMs: now(), limit: 1, leaseMs: drawLeaseMs, person });
    const [home] = claimed;
    if (!home) return;
    await drawOrPostpone(context, home);
  }
}

/** So long a Home is left to whoever draws it. */
const drawLeaseMs = 30_000;

/** A Home is drawn no more often than this by itself. */
const drawEveryMs = 5_000;

/** Slack takes a hundred publications in a minute from one app. */
const publishRate = { everyMs: 700, burst: 20 };

/** So many are drawn in a row, or one while messages wait to be posted. */
const drawnAtOnce = 10;

/** More approvals than this that changed at once may concern anybody. */
const mostChangedAtOnce = 100;

/**
 * Creates the job that draws Homes: those of everybody whom a change concerns, behind all messages.
 *
 * What changed is told by the versions of the approvals that are open, as they were the time before; after a start
 * every Home is gone through once.
 */
export function createHomeJob(context: Context): () => Promise<void> {
  const before = new Map<string, TrackedList>();
  return async () => {
    const { store, now } = context;
    const homes = await store.listHomes();
    if (homes.length === 0) return;
    const changed = await changedApprovals(context, before);
    for (const home of await concernedBy(context, homes, changed))
      await store.wantHome(home.person, {
        dueAtMs: Math.max(now(), (home.publishedAtMs ?? 0) + drawEveryMs),
      });
    const nextDueMs = await store.nextDueMs();
    const isBusy = nextDueMs !== undefined && nextDueMs <= now();
    const limit = isBusy ? 1 : drawnAtOnce;
    const claimed = await store.claimHomes({ nowMs: now(), limit, leaseMs: drawLeaseMs });
    for (const home of claimed) await drawOrPostpone(context, home);
  };
}

/** Lists which approvals are others than before; undefined where that may be any. */
async function changedApprovals(
  { store, backends }: Context,
  before: Map<string, TrackedList>,
): Promise<readonly string[] | undefined> {
  const changed = new Set<string>();
  let isAny = false;
  for (const system of backends.keys()) {
    const tracked = await store.listTracked(system);
    const known = before.get(system);
    before.set(system, tracked);
    isAny ||= known === undefined;
    if (!known || known === tracked) continue;
    const versions = new Map([...known].map(({ id, version }) => [id, version]));
    for (const { id, version } of tracked) {
      if (versions.get(id) !== version) changed.add(id);
      versions.delete(id);
    }
    for (const id of versions.keys()) changed.add(id);
  }
  return isAny || changed.size > mostChangedAtOnce ? undefined : [...changed];
}

async function concernedBy(
  context: Context,
  homes: readonly Home[],
  changed: readonly string[] | undefined,
): Promise<readonly Home[]> {
  if (!changed) return homes;
  const concerned = new Set<Home>();
  for (const id of changed) {
    const approval = await context.store.findApproval(id);
    const concerns = approval && (await concernsOf(context, approval));
    for (const home of homes) {
      const isShown = home.published?.shown.some(({ approvalId }) => approvalId === id) ?? false;
      if (isShown || concerns?.(home.person)) concerned.add(home);
    }
  }
  return [...concerned];
}

/** Whom an approval has to do with: those its rule names, those who voted, and whoever started it. */
async function concernsOf(
  { store, policy }: Context,
  approval: Approval,
): Promise<(person: PersonId) => boolean> {
  const { instance, counted = [], state, id } = approval;
  const rule = approverRuleFor(instance, policy);
  const named = rule ? await peopleOfRule(store, rule) : [];
  const delegates = rule?.delegates ?? [];
  const votes = [...counted, ...(decisionOf(state)?.votes ?? []), ...(await store.listVotes(id))];
  return (person) => {
    const isNamed = !named || [...named, ...delegates].some((one) => isSamePerson(one, person));
    const names = policy.people.find((one) => isSamePerson(one.id, person))?.identities[instance.ref.system];
    return (
      isNamed ||
      votes.some((vote) => isSamePerson(vote.person, person)) ||
      // Whom the settings do not list has linked an account, or is known by an address: they may have started it.
      (names ? isOneOf(names, instance.facts.requesters, policy.domains) : true)
    );
  };
}

function isOneOf(
  names: readonly string[],
  requesters: readonly string[],
  domains: Context['policy']['domains'],
): boolean {
  return requesters.some((name) => names.some((one) => isSameName(one, name, domains)));
}

async function drawOrPostpone(context: Context, home: ClaimedHome): Promise<void> {
  const { store, log, now } = context;
  try {
    await draw(context, home);
  } catch (error) {
    const { code = undefined, retryAfterMs = 60_000 } = error instanceof ChatError ? error : {};
    const isForGood = code === 'refused' || code === 'channel-gone';
    const about = { person: home.person.userId, err: asError(error) };
    if (code === undefined || code === 'refused') log.error(about, 'A Home could not be built');
    else log.warn(about, 'A Home could not be published');
    await store.postponeHome(home, isForGood ? 'never' : now() + retryAfterMs);
  }
}

/** Publishes a Home where it is not what it was. */
async function draw(context: Context, home: ClaimedHome): Promise<void> {
  const { store, chat, now } = context;
  const person = (await recallPerson(store, home.person)) ?? (await lookUpPerson(context, home.person));
  const page = await composeHome({ context, person }, home.page);
  const fingerprint = fingerprintOf([JSON.stringify(page)]);
  if (home.published?.fingerprint === fingerprint) {
    await store.saveHome({ ...home, published: home.published }, home.publishedAtMs ?? now());
    return;
  }
  const waitMs = await store.takeSlot('views.publish', publishRate, now());
  if (waitMs > 0) return store.postponeHome(home, now() + waitMs);
  const taken = await chat.publishHome(page, home.published?.hash);
  const shown = page.waiting.rows.map(({ card: { approval } }) => ({
    approvalId: approval.id,
    revision: approval.revision,
  }));
  await store.saveHome({ ...home, published: { ...taken, shown, fingerprint } }, now());
}
