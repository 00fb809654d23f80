import type { Approval } from '../domain/approval.js';
import { type Person, type PersonId, personKey } from '../domain/person.js';
import { approverRuleFor, type Policy } from '../domain/policy.js';
import {
  createSimulation,
  type Judgment,
  routeOf,
  type Simulation,
  shortcutsOf,
} from '../domain/simulation.js';
import type { Store } from '../ports/store.js';
import { recallPerson } from './context.js';
import { whoMayDecide } from './show-card.js';

const approvalsAtOnce = 100;

/** A request to judge; what is not stored has only what can be read of it. */
type Judged = Approval | (Pick<Approval, 'code' | 'instance' | 'waitingSinceMs'> & { readonly id?: never });

/** Requests to judge besides the stored ones, such as those that wait on a server. */
type More = AsyncIterable<Judged>;

/**
 * Judges stored requests by two sets of rules, with the code that judges them live, and adds up what differs.
 *
 * Only reads. Facts are taken as they were stored, and time as it was when each request came to wait. What can only be
 * read as a line of a list is not known.
 */
export async function simulate(
  store: Store,
  {
    before,
    after,
    sinceMs,
    more,
  }: {
    readonly before: Policy;
    readonly after: Policy;
    readonly sinceMs: number;
    readonly more?: More;
  },
): Promise<Simulation> {
  const simulation = createSimulation(sinceMs);
  const judges = [createJudge(store, before), createJudge(store, after)] as const;
  const take = async (approval: Judged): Promise<void> => {
    if (approval.instance.isPartial) return simulation.add(approval.code);
    simulation.add(approval.code, { before: await judges[0](approval), after: await judges[1](approval) });
  };
  for (let place: number | undefined; ; ) {
    const page = await store.listApprovalsBefore({ place, limit: approvalsAtOnce });
    const wanted = page.filter(({ approval }) => approval.waitingSinceMs >= sinceMs);
    for (const { approval } of wanted) await take(approval);
    place = page.at(-1)?.place;
    // They are stored about as they came to wait; a page of nothing but old ones is the last.
    if (page.length < approvalsAtOnce || wanted.length === 0) break;
    // Whoever else runs here has a turn between pages.
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (more) for await (const approval of more) await take(approval);
  return simulation.result();
}

/** Creates what judges requests by one set of rules; people are looked up in the store, each once. */
function createJudge(store: Store, rules: Policy) {
  let atMs = 0;
  const policy: Policy = { ...rules, now: () => atMs };
  const people = new Map<string, Promise<Person | undefined>>();
  const recall = (id: PersonId): Promise<Person | undefined> => {
    const known = people.get(personKey(id)) ?? recallPerson(store, id);
    people.set(personKey(id), known);
    return known;
  };
  return async (judged: Judged): Promise<Judgment> => {
    const { instance, waitingSinceMs } = judged;
    atMs = waitingSinceMs;
    const rule = approverRuleFor(instance, policy);
    const route = routeOf(instance, policy);
    if (!rule) return { route };
    const deciders = await whoMayDecide({ policy }, store, { instance, votes: [], recall });
    const isKnown = deciders !== undefined && deciders.groups.length === 0;
    return {
      route,
      rule,
      ...(isKnown ? { able: deciders.people.length } : {}),
      ...(judged.id === undefined ? {} : { shortcuts: shortcutsOf(judged, policy) }),
    };
  };
}
