import { describe, expect, it } from '@jest/globals';
import type { ContainerBlock, ModalView } from '@slack/types';
import fc from 'fast-check';
import { type Card, namesOnCard } from '../../src/domain/card.js';
import { type Finding, findingsOf } from '../../src/domain/findings.js';
import { describeDetail, describeKey, type RequestFacts } from '../../src/domain/request.js';
import { validateBlocks, validateView } from '../../src/sandbox/slack/validate.js';
import { showInvisible } from '../../src/shared/text.js';
import { approvalCard, decisionModal, detailsModal, plainCard } from '../../src/slack/blocks/card.js';
import { readCardRow } from '../../src/slack/ids.js';
import { aDialog, anApproval, anInstance } from '../support/an-approval.js';
import { aCard } from './a-card.js';

const labelOf = () => 'Command';
const decider = { name: 'Ada', identities: [] };
const hosts = (count: number, zone = 'keyexample.com') =>
  Array.from({ length: count }, (_, at) => `host-${String(at).padStart(4, '0')}.${zone}`);

function cardOf(facts: Partial<RequestFacts>, findings?: readonly Finding[]): Card {
  const { facts: usual } = anInstance();
  const all = { ...usual, ...facts };
  const approval = anApproval({ instance: anInstance({ facts: all }) });
  return aCard({ approval, findings: findings ?? findingsOf(all, { zones: ['keyexample.com'] }) });
}

/** Turns every page of the details. */
function pagesOf(card: Card): readonly ModalView[] {
  const at = (page: number) => detailsModal(card, labelOf, { message: { channel: 'C0', ts: '1.1' }, page });
  const first = at(1);
  const count = Number(/(\d+)$/.exec(first.title.text)?.[1] ?? 1);
  return Array.from({ length: count }, (_, index) => at(index + 1));
}

/** Everything people read in some blocks, without what marks it. */
function read(...parts: readonly unknown[]): string {
  return JSON.stringify(parts).replace(/\\n/g, '\n').replaceAll('`', '');
}

const container = (card: Card, canFold = true) =>
  approvalCard(card, labelOf, { canFold }).blocks.find(
    (block): block is ContainerBlock => block.type === 'container',
  );

/** What stands on a card without opening anything. */
const unfolded = (card: Card) =>
  read(approvalCard(card, labelOf).blocks.filter(({ type }) => type !== 'container'));

describe('the details', () => {
  it('reach every one of 1,000 names, every value and every finding, page by page', () => {
    const names = [...hosts(1_000), ...hosts(300, `${'long-label.'.repeat(20)}other.example`)];
    const others = Array.from({ length: 90 }, (_, at) => ({ label: `Label ${at}`, value: `value ${at}` }));
    const details = Array.from(
      { length: 120 },
      (_, at) => ({ kind: 'attribute', name: `attribute ${at}`, text: `text ${at}` }) as const,
    );
    const requesters = Array.from({ length: 30 }, (_, at) => `KEYEXAMPLE\\user${at}`);
    const card = cardOf({ names, others, details, requesters });
    const pages = pagesOf(card);
    for (const page of pages) expect(validateView(page, 'modal')).toEqual([]);
    const text = read(pages);
    const missing = [
      ...names,
      ...others.map(({ label, value }) => `${label}: ${value}`),
      ...details.map(({ name, text: value }) => `${name}: ${value}`),
      ...requesters.map((name) => name.replace('\\', '\\\\')),
    ].filter((one) => !text.includes(one));
    expect(missing).toEqual([]);
    expect(text).not.toMatch(/…|more in/);
  });

  it('are one page where that holds them, and turn pages where it does not', () => {
    expect(pagesOf(cardOf({ names: hosts(1_000) }))).toHaveLength(1);
    const many = pagesOf(cardOf({ names: hosts(1_000, `${'x'.repeat(60)}.`.repeat(4)) }));
    expect(many.length).toBeGreaterThan(1);
    expect(read(many[0])).toContain('Next page');
    expect(read(many[0])).not.toContain('Previous page');
    expect(read(many.at(-1))).toContain('Previous page');
    expect(read(many.at(-1))).not.toContain('Next page');
  });

  it('show a value of 5,000 characters over several blocks', () => {
    const value = Array.from({ length: 1_250 }, (_, at) => String(1000 + at)).join('');
    const card = cardOf({
      details: [
        { kind: 'extension', oid: '1.2.3', name: '1.2.3', isKnown: false, isCritical: false, text: value },
      ],
      others: [{ label: 'Purpose', value }],
    });
    const [page] = pagesOf(card);
    const pieces = (page?.blocks ?? []).flatMap((block) =>
      block.type === 'section' && 'text' in block ? [block.text?.text ?? ''] : [],
    );
    const joined = pieces.join('\n').replace(/\n/g, '');
    expect(joined.split(value)).toHaveLength(3);
  });

  it('list every name of a finding, also those that are not asked for any more', () => {
    const removed = hosts(400, 'gone.keyexample.com');
    const card = cardOf({ replaces: { names: removed } });
    const findings = read(pagesOf(card)).split('*Request*')[0] ?? '';
    expect(removed.filter((name) => !findings.includes(name))).toEqual([]);
  });
});

describe('a card with many names', () => {
  const strange = ['*.keyexample.com', 'evil.example', 'UPN jo@keyexample.com', '10.1.2.3'];
  const names = [...hosts(60), ...strange];

  it('folds away all but the first twenty and those that matter, and says how many', () => {
    const card = cardOf({ names });
    const text = unfolded(card);
    for (const name of [...names.slice(0, 20), ...strange]) expect(text).toContain(name);
    for (const name of names.slice(20, 60)) expect(text).not.toContain(name);
    const folded = container(card);
    expect(folded).toMatchObject({
      title: { text: '40 more names' },
      is_collapsible: true,
      default_collapsed: true,
    });
    for (const name of names.slice(20, 60)) expect(read(folded)).toContain(name);
    expect(validateBlocks(approvalCard(card, labelOf).blocks, 'message')).toEqual([]);
  });

  it('folds away no name that was added or removed', () => {
    const before = [...hosts(60), 'old.keyexample.com'];
    const card = cardOf({ names: [...hosts(60), 'new.keyexample.com'], replaces: { names: before } });
    for (const name of ['new.keyexample.com', 'old.keyexample.com']) expect(unfolded(card)).toContain(name);
    expect(read(container(card))).not.toContain('new.keyexample.com');
  });

  it('leaves to Details what folds, where Slack takes no such block', () => {
    const card = cardOf({ names });
    expect(container(card, false)).toBeUndefined();
    const text = read(approvalCard(card, labelOf, { canFold: false }).blocks);
    for (const name of strange) expect(text).toContain(name);
    expect(text).toContain('+40 more in Details');
  });

  it('tells in its text all that stands unfolded, then how many are in Details', () => {
    const { text } = approvalCard(cardOf({ names }), labelOf);
    for (const name of [...names.slice(0, 20), ...strange]) expect(text).toContain(name);
    expect(text).toMatch(/\n40 more in Details$/);
  });

  it('keeps findings and approvals in a text that is full, and counts the names that are left', () => {
    const outside = hosts(1_000, 'evil.example');
    const { text, blocks } = approvalCard(cardOf({ names: outside }), labelOf);
    expect(text.length).toBeLessThanOrEqual(3_530);
    expect(text).toContain('1001 names outside your domains');
    expect(text).toContain('Approvals: 0 of 1');
    const shown = outside.filter((name) => text.split('Check')[0]?.includes(name)).length;
    expect(text).toMatch(new RegExp(`\n${1_000 - shown} more in Details$`));
    expect(validateBlocks(blocks, 'message')).toEqual([]);
    expect(read(blocks)).toMatch(/\+\d+ more in Details/);
  });

  it('is told by no letter of another script as another name', () => {
    const facts = { names: [...hosts(30), 'аpp.keyexample.com'] };
    const { shown } = namesOnCard(facts, findingsOf({ ...facts, requesters: [], others: [] }, { zones: [] }));
    expect(shown).toContain('аpp.keyexample.com');
  });
});

describe('the window in which somebody decides', () => {
  it('shows what the card shows, and what that folds', () => {
    const names = [...hosts(200), 'UPN jo@keyexample.com'];
    const card = cardOf({ names, others: [{ label: 'Owner', value: 'Web team' }] });
    const view = decisionModal(card, aDialog({ verb: 'approve' }), { labelOf, decider });
    expect(validateView(view, 'modal')).toEqual([]);
    const text = read(view.blocks);
    expect(names.filter((name) => !text.includes(name))).toEqual([]);
    for (const word of ['includes a sign-in name', 'RSA 3072', 'Web team', '0 of 1'])
      expect(text).toContain(word);
    expect(text).not.toContain('more in Details');
  });

  it('counts what has no room, and leads to it', () => {
    const card = cardOf({ names: hosts(1_000, `${'x'.repeat(60)}.`.repeat(4)) });
    const view = decisionModal(card, aDialog({ verb: 'approve' }), { labelOf, decider });
    expect(validateView(view, 'modal')).toEqual([]);
    const text = read(view.blocks);
    const listed = text.split('*SANs')[1] ?? '';
    const shown = hosts(1_000, '').filter((name) => listed.includes(name)).length;
    expect(listed).toContain(`+${1_000 - shown} more in Details`);
    expect(text).toContain('"action_id":"approval.details"');
  });
});

/** Tells whether a form of a card is one on which a single click may decide. */
const decidesByItself = ({ blocks }: ReturnType<typeof approvalCard>) =>
  blocks.some(({ type, block_id }) => type === 'actions' && readCardRow(block_id) !== undefined);

const long = (count: number, length: number) => hosts(count, 'x'.repeat(length - 10));

describe('a card on which a single click may decide', () => {
  it('is the usual one', () => {
    expect(decidesByItself(approvalCard(cardOf({ names: hosts(20) }), labelOf))).toBe(true);
  });

  const questions = Array.from({ length: 5 }, (_, at) => ({
    number: at + 1,
    person: { teamId: 'T0', userId: 'U0ADA' },
    name: 'Ada',
    text: 'x'.repeat(700),
    atMs: 0,
    answer: { person: { teamId: 'T0', userId: 'U0BO' }, text: 'y'.repeat(700), atMs: 1 },
  }));
  const details = Array.from(
    { length: 12 },
    (_, at) => ({ kind: 'attribute', name: `attribute ${at}`, text: 'x'.repeat(120) }) as const,
  );

  it.each<[string, Partial<RequestFacts>]>([
    ['leaves 2 of 20 long names to Details', { names: long(20, 240) }],
    [
      'lacks the end of a name full of characters that cannot be seen',
      { names: [`good.example.com${'\u200b'.repeat(40)}.evil.test`] },
    ],
    ['lacks the end of an address full of ampersands', { names: [`URI https://a.test/?${'a&'.repeat(70)}`] }],
  ])('is none that %s', (_what, facts) => {
    expect(decidesByItself(approvalCard(cardOf(facts), labelOf))).toBe(false);
  });

  it('is none whose names were cut because long answers stand above them', () => {
    const card = cardOf({ names: long(20, 215), details });
    const approval = { ...card.approval, questions };
    expect(decidesByItself(approvalCard({ ...card, approval }, labelOf))).toBe(false);
  });

  it('is none on which part of what stands out is left to Details', () => {
    const findings = Array.from(
      { length: 13 },
      (_, at) => ({ kind: 'outside-zones', names: [`host-${at}.keyexample.com`] }) as const,
    );
    const removed = { kind: 'removes-names', names: hosts(200, 'x'.repeat(40)) } as const;
    expect(decidesByItself(approvalCard({ ...cardOf({}), findings: findings.slice(1) }, labelOf))).toBe(true);
    expect(decidesByItself(approvalCard({ ...cardOf({}), findings }, labelOf))).toBe(false);
    expect(decidesByItself(approvalCard({ ...cardOf({}), findings: [removed] }, labelOf))).toBe(false);
  });

  it('is not the plain one, which has no room for 20 names of 120 characters', () => {
    expect(decidesByItself(plainCard(cardOf({ names: long(20, 120) }), labelOf))).toBe(false);
  });

  const hostile = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc
      .constantFrom('a&', '\u200b', 'é', '`', '*', '<b>', '. ', 'x')
      .chain((unit) => fc.integer({ min: 1, max: 120 }).map((times) => unit.repeat(times))),
    fc.domain(),
  );
  const anyFacts = fc.record({
    names: fc.array(hostile, { maxLength: 24 }),
    requesters: fc.array(hostile, { maxLength: 2 }),
    subject: hostile,
    template: hostile,
    authority: hostile,
    validity: hostile,
    key: fc.record({ algorithm: hostile }),
    details: fc.array(fc.record({ kind: fc.constant('sid' as const), sid: hostile }), { maxLength: 14 }),
    revocation: fc.record({ serialNumber: hostile, reason: hostile, comment: hostile, effectiveAt: hostile }),
    others: fc.array(fc.record({ label: hostile, value: hostile }), { maxLength: 12 }),
  });
  const signedIn = (facts: Partial<RequestFacts>) => [
    ...(facts.names ?? []),
    ...(facts.requesters ?? []).slice(0, 1),
    ...(facts.details ?? []).map(describeDetail),
    ...(facts.others ?? []).flatMap(({ label, value }) => [label, value]),
    ...(facts.key ? [describeKey(facts.key)] : []),
    ...[facts.subject, facts.template, facts.authority, facts.validity].flatMap((one) => one || []),
    ...Object.values(facts.revocation ?? {}),
  ];
  const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>' };
  const plain = (text: string) =>
    showInvisible(text)
      .replace(
        /[^\p{ASCII}]/gu,
        (one) => `[U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
      )
      .replace(/[`*\s]/g, '');
  /** What is read on a card without opening anything, without what marks it. */
  const readOn = ({ blocks }: ReturnType<typeof approvalCard>) =>
    plain(
      blocks
        .flatMap((block) =>
          block.type === 'section'
            ? [block.text?.text ?? '']
            : block.type === 'context'
              ? block.elements.map((one) => ('text' in one ? String(one.text) : ''))
              : [],
        )
        .join('\n')
        .replaceAll('ˋ', '')
        .replace(/&(amp|lt|gt);/g, (_whole, name: string) => entities[name] ?? ''),
    );

  it('lacks no character of any value people sign for, whatever a request asks for and whatever form it takes', () => {
    let whole = 0;
    fc.assert(
      fc.property(anyFacts, fc.integer({ min: 0, max: 5 }), (facts, count) => {
        const card = cardOf(facts);
        const approval = { ...card.approval, questions: questions.slice(0, count) };
        for (const form of [approvalCard({ ...card, approval }, labelOf), plainCard(card, labelOf)]) {
          if (!decidesByItself(form)) continue;
          whole += 1;
          const text = readOn(form);
          expect(signedIn(facts).filter((one) => !text.includes(plain(one)))).toEqual([]);
        }
      }),
      { numRuns: 400, seed: 20_261_130 },
    );
    expect(whole).toBeGreaterThan(0);
  });
});

describe('where a card says it stands', () => {
  const place = (overrides: Partial<Card>) => approvalCard(aCard(overrides), labelOf).text;
  const requirement = { roles: [], nextStep: 'Enroll', place: { at: 2, of: 3 } };

  it('is the workflow, the step by its place, and what an approval starts', () => {
    expect(place({ approval: anApproval({ requirement }) })).toContain(
      'Web servers · step 2 of 3: Approval by the PKI team · after approval: Enroll',
    );
  });

  it('is only the name of the step where the order is not known', () => {
    expect(place({})).toContain('Web servers · step: Approval by the PKI team');
  });

  it('is the system as well where there are several', () => {
    expect(place({ isOneOfSeveral: true })).toContain('\nCommand · Web servers');
    expect(place({})).not.toContain('Command ·');
  });
});

it('a card that is over keeps the names and the key', () => {
  const state = { kind: 'ended', ending: { kind: 'not-visible' }, atMs: 0 } as const;
  const card = aCard({ approval: anApproval({ state }) });
  const { text, blocks } = approvalCard(card, labelOf);
  for (const shown of [text, read(blocks)]) {
    expect(shown).toContain('app.example.com');
    expect(shown).toContain('RSA 3072');
  }
});

describe('whatever a request asks for', () => {
  const word = fc.stringMatching(/^[a-z]{3,12}$/);
  const host = fc
    .tuple(word, fc.constantFrom('keyexample.com', 'evil.example'))
    .map((parts) => parts.join('.'));
  const name = fc.oneof(
    host,
    host.map((one) => `UPN jo@${one}`),
    host.map((one) => `*.${one}`),
  );
  const names = fc.uniqueArray(name, { maxLength: 120 });
  const facts: fc.Arbitrary<Partial<RequestFacts>> = fc.record({
    names,
    requesters: fc.uniqueArray(word, { minLength: 1, maxLength: 5 }),
    subject: host.map((one) => `CN=${one}`),
    template: word,
    authority: word,
    validity: word,
    details: fc.array(
      fc.record({
        kind: fc.constant('attribute' as const),
        name: word,
        text: fc.string({ unit: word, maxLength: 300 }),
      }),
      { maxLength: 20 },
    ),
    revocation: fc.record({ serialNumber: word, comment: word, effectiveAt: word }),
    replaces: fc.record({ subject: word, names, authority: word }),
    others: fc.array(fc.record({ label: word, value: fc.string({ unit: word, maxLength: 300 }) }), {
      maxLength: 30,
    }),
  });

  /** Lists every fact as it is read. */
  const told = ({
    names = [],
    requesters = [],
    details = [],
    others = [],
    replaces,
    ...rest
  }: Partial<RequestFacts>) => [
    ...names,
    ...requesters,
    ...details.map(describeDetail),
    ...others.map(({ label, value }) => `${label}: ${value || '—'}`),
    ...[rest.subject, rest.template, rest.authority, rest.validity],
    ...Object.values(rest.revocation ?? {}),
    ...[replaces?.subject, replaces?.authority, ...(replaces?.names ?? [])],
  ];

  it('is in Details whole, and every name that stands out is on the card unfolded and in the window', () => {
    fc.assert(
      fc.property(facts, (requested) => {
        const card = cardOf(requested);
        const details = read(pagesOf(card)).replace(/\n/g, '');
        expect(told(requested).filter((fact) => fact !== undefined && !details.includes(fact))).toEqual([]);
        const window = read(decisionModal(card, aDialog({ verb: 'approve' }), { labelOf, decider }));
        const marked = namesOnCard(card.approval.instance.facts, card.findings).shown;
        expect(marked.filter((one) => !unfolded(card).includes(one))).toEqual([]);
        const facts = told({ ...requested, replaces: { names: [] } });
        const shown = window.replace(/\n/g, '').replace(/\*([^*]+)\* /g, '$1: ');
        expect(facts.filter((fact) => fact !== undefined && !shown.includes(fact))).toEqual(
          (requested.requesters ?? []).slice(1).filter((one) => !shown.includes(one)),
        );
      }),
      { numRuns: 60 },
    );
  });
});
