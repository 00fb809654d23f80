import { describe, expect, it } from '@jest/globals';
import { createRoutes } from '../../../../src/backends/kind.js';
import { createInboundRoute } from '../../../../src/backends/work-tasks/webhook.js';
import type { InboundResult } from '../../../../src/ports/chat.js';
import { aHook, hookSecrets, leastBody, nextSecret } from './a-hook.js';

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

describe('the address where workflows tell', () => {
  it('is there only when a repository has its hook on', async () => {
    const take = async (): Promise<InboundResult> => ({ kind: 'put', code: 'K' });
    expect(createInboundRoute({ servers: [], take })).toBeUndefined();
    expect(await createRoutes([], take)).toEqual([]);
    expect(aHook().route).toMatchObject({ method: 'POST', path: '/hooks/work-tasks/approvals' });
  });

  it('takes the least a workflow can tell', async () => {
    const hook = aHook();
    expect(await hook.post(leastBody)).toMatchObject({ status: 201, said: { status: 'put', code: 'K7F3' } });
    expect(hook.asked).toEqual([
      {
        key: 'leave',
        suggested: [],
        instance: expect.objectContaining({
          ref: { system: 'plant-hr', id: 'Leave WF#1001' },
          title: 'Leave WF · execution 1001',
          definition: { id: 'Leave WF', name: 'Leave WF', version: 0, type: 'Work Tasks' },
          status: { kind: 'suspended', raw: '' },
          step: { uniqueName: 'key:leave', name: 'Approval' },
          awaitsApproval: true,
          facts: { requesters: [], names: [], others: [], isInbound: true },
        }),
      },
    ]);
  });

  it('takes everything a workflow can tell', async () => {
    const hook = aHook();
    const body = {
      repository: 'HR',
      workflow: 'Leave WF',
      executionid: '0001001',
      executiondetailsid: 50_001,
      activity: 'Manager approval',
      subject: 'Two weeks\n of leave',
      requester: 'azureactivedirectory::kim@example.com',
      approver: ['azureactivedirectory::ana@example.com', 'azureactivedirectory::li@example.com'],
      outputs: ['Granted', { name: 'Come and see me', verdict: 'Deny' }, 'Not now', 'Declined'],
      data: { Days: 14, 'Paid?': true, Note: '', From: null, Dates: ['1/2', '1/3'] },
    };
    expect((await hook.post(body)).said).toEqual({ status: 'put', code: 'K7F3' });
    expect(hook.asked).toMatchObject([
      {
        activityId: '50001',
        activity: 'Manager approval',
        suggested: body.approver,
        outputs: [
          { name: 'Granted', verdict: 'approve' },
          { name: 'Come and see me', verdict: 'deny' },
          { name: 'Not now', verdict: 'deny' },
          { name: 'Declined', verdict: 'deny' },
        ],
        instance: {
          ref: { id: 'Leave WF#1001' },
          title: 'Two weeks of leave',
          step: { uniqueName: 'activity:50001', name: 'Manager approval' },
          facts: {
            subject: 'Two weeks of leave',
            requesters: ['azureactivedirectory::kim@example.com'],
            others: [
              { label: 'Days', value: '14' },
              { label: 'Paid?', value: 'true' },
              { label: 'Dates', value: '1/2, 1/3' },
            ],
          },
        },
      },
    ]);
    expect(hook.asked[0]).not.toHaveProperty('key');
  });

  it.each([
    ['2026-12-01T17:00:00+01:00', '2026-12-01T16:00:00.000Z'],
    ['2026-12-01T17:00Z', '2026-12-01T17:00:00.000Z'],
    ['2026-12-01T17:00:30.25', '2026-12-01T17:00:30.250Z'],
    [' 2026-12-01T17:00:00-0530 ', '2026-12-01T22:30:00.000Z'],
  ])('takes %s as due at %s: without a zone it is UTC', async (due, instant) => {
    const hook = aHook();
    expect((await hook.post({ ...leastBody, due })).status).toBe(201);
    expect(hook.asked[0]?.instance.facts.due).toBe(instant);
  });

  it('takes links to pages that tell more', async () => {
    const hook = aHook();
    const links = [
      { title: 'Policy', url: 'https://intranet.example.com/leave|policy?a=1&b=2' },
      { title: 'Plan', url: 'http://plan.example.com' },
    ];
    expect(await hook.post({ ...leastBody, links })).toMatchObject({ status: 201 });
    expect(hook.asked[0]?.instance.facts.links).toEqual([
      { title: 'Policy', url: 'https://intranet.example.com/leave%7Cpolicy?a=1&b=2' },
      { title: 'Plan', url: 'http://plan.example.com/' },
    ]);
  });

  it.each([
    [{ due: 'tomorrow' }, 'due', 'a time such as'],
    [{ due: '2026-02-30T10:00:00Z' }, 'due', 'a time such as'],
    [{ due: '2026-12-01' }, 'due', 'a time such as'],
    [{ due: '12/01/2026 17:00' }, 'due', 'a time such as'],
    [{ due: 1_764_600_000 }, 'due', 'without a zone it is UTC'],
    [{ links: 'https://example.com' }, 'links', 'a list of pairs of title and url'],
    [{ links: ['https://example.com'] }, 'links[0]', 'a pair of title and url'],
    [{ links: [{ title: '', url: 'https://example.com' }] }, 'links[0].title', 'at most 80 characters'],
    [{ links: [{ title: 'A', url: 'javascript:alert(1)' }] }, 'links[0].url', 'an http or https address'],
    [
      { links: [{ title: 'A', url: 'https://ana:sesame@example.com/' }] },
      'links[0].url',
      'without a username',
    ],
    [
      { links: [{ title: 'A', url: `https://example.com/${'x'.repeat(1000)}` }] },
      'links[0].url',
      'at most 1000',
    ],
    [{ links: Array(6).fill({ title: 'A', url: 'https://example.com' }) }, 'links', 'at most 5 links'],
  ])('refuses %j with what it expected there, and repeats no value', async (more, path, expected) => {
    const hook = aHook();
    const { status, said, text } = await hook.post({ ...leastBody, ...more });
    expect(status).toBe(400);
    expect(said).toMatchObject({ problems: [{ path, expected: expect.stringContaining(expected) }] });
    expect(text).not.toContain('sesame');
    expect(hook.asked).toEqual([]);
  });

  it('never names a step after what a requester may have typed, since rules go by it', async () => {
    const hook = aHook();
    await hook.post({ ...leastBody, subject: 'Anything goes' });
    expect(hook.asked[0]?.instance.step?.name).toBe('Approval');
  });

  it('reads keys in any casing, blanks as nothing said, and names what it does not know', async () => {
    const hook = aHook();
    const { status, said } = await hook.post({
      Repository: 'HR',
      Workflow: 'Leave WF',
      executionId: '7',
      ExecutionDetailsId: '',
      KEY: 'leave',
      approver: null,
      outputs: '',
      aprover: 'somebody',
      ['x'.repeat(60)]: 1,
    });
    expect([status, said]).toEqual([
      201,
      { status: 'put', code: 'K7F3', ignored: ['aprover', `${'x'.repeat(50)}…`] },
    ]);
  });

  it('leaves out what may be a secret, and says so by name only', async () => {
    const hook = aHook();
    const data = [
      { name: 'Days', value: 14 },
      { name: 'VPN Password', value: 'sesame-one' },
      { name: 'Api-Key', value: 'sesame-two' },
      { name: 'Link', value: 'https://ana:sesame-three@example.com/' },
      { name: 'Header', value: 'Bearer sesame-four-five' },
    ];
    const { said, text } = await hook.post({ ...leastBody, data });
    expect(said).toMatchObject({ leftOut: ['VPN Password', 'Api-Key', 'Link', 'Header'] });
    expect(hook.asked[0]?.instance.facts.others).toEqual([{ label: 'Days', value: '14' }]);
    expect(text + JSON.stringify(hook.asked)).not.toContain('sesame');
  });
});

describe('what the desk says', () => {
  it.each<[InboundResult, number, RegExp]>([
    [{ kind: 'put', code: 'K7F3' }, 201, /^\{"status":"put","code":"K7F3"\}/],
    [{ kind: 'repeated', code: 'K7F3' }, 200, /"status":"repeated"/],
    [{ kind: 'completed', code: 'K7F3' }, 200, /"status":"completed"/],
    [{ kind: 'changed', code: 'K7F3' }, 200, /"status":"changed"/],
    [{ kind: 'over', code: 'K7F3' }, 409, /"code":"K7F3".*send another key/],
    [{ kind: 'ambiguous', codes: ['K7F3', 'K7F4'] }, 409, /"codes":\["K7F3","K7F4"\].*Send the key/],
    [{ kind: 'key-taken', code: 'K7F3' }, 409, /"code":"K7F3".*Send another key/],
  ])('%j is answered with %d', async (response, status, text) => {
    const hook = aHook();
    hook.respondWith(response);
    const given = await hook.post(leastBody);
    expect(given.status).toBe(status);
    expect(given.text).toMatch(text);
  });
});

describe('whoever tells', () => {
  it.each([
    ['no secret', {}],
    ['an empty secret', bearer('')],
    ['another secret', bearer('nobody-knows-this-secret-1')],
    ['the beginning of the secret', bearer(hookSecrets.hr.slice(0, -1))],
    ['more than the secret', bearer(`${hookSecrets.hr}x`)],
    ['another scheme', { authorization: `Basic ${hookSecrets.hr}` }],
    ['the secret alone', { authorization: hookSecrets.hr }],
  ])('with %s is told the same and nothing else, whatever they say', async (_what, headers) => {
    const hook = aHook();
    const replies = [];
    for (const body of [leastBody, { ...leastBody, repository: 'Nowhere' }, 'no json', '']) {
      replies.push(await hook.post(body, { authorization: '', ...headers }));
    }
    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(replies[0]?.status).toBe(401);
    expect(hook.asked).toEqual([]);
  });

  it.each([hookSecrets.hr, nextSecret])(
    'may use either secret while one replaces the other: %s',
    async (secret) => {
      expect((await aHook().post(leastBody, bearer(secret))).status).toBe(201);
    },
  );

  it('speaks for their own repository only, and learns of no other', async () => {
    const hook = aHook();
    const replies = [];
    for (const repository of ['QA', 'Closed', 'Nowhere', 'hr']) {
      replies.push(await hook.post({ ...leastBody, repository, executionid: [] }));
    }
    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(replies[0]?.status).toBe(403);
    expect((await hook.post(leastBody, bearer(hookSecrets.qa))).status).toBe(403);
    expect((await hook.post({ ...leastBody, repository: 'QA' }, bearer(hookSecrets.qa))).status).toBe(201);
    expect(hook.asked.map(({ instance }) => instance.ref.system)).toEqual(['plant-qa']);
  });

  it.each(['text/plain', '', 'application/jsonp', 'application/x-www-form-urlencoded'])(
    'has to send JSON, not %j',
    async (contentType) => {
      expect((await aHook().post(leastBody, { 'content-type': contentType })).status).toBe(415);
    },
  );
});

describe('a body that cannot be taken', () => {
  it('is refused with everything that is wrong with it, and none of its values', async () => {
    const hook = aHook();
    const { status, said, text } = await hook.post({
      repository: 'HR',
      workflow: { sesame: 1 },
      executionid: 'sesame and more',
      executiondetailsid: 1.5,
      requester: [1],
      outputs: ['sesame', 'Sesame'],
      data: { Deep: { sesame: 1 } },
    });
    expect(status).toBe(400);
    expect(said).toMatchObject({ status: 'malformed' });
    const paths = [...text.matchAll(/"path":"([^"]*)","expected":"[^"]{5,}"/g)].map((match) => match[1]);
    expect(paths).toEqual([
      'workflow',
      'executionid',
      'executiondetailsid',
      'requester',
      'outputs',
      'data[0].value',
    ]);
    expect(text).not.toMatch(/sesame/i);
    expect(hook.asked).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['is no JSON', 'sesame', '(body)'],
    ['is empty', '', '(body)'],
    ['is a list', [], '(body)'],
    ['is null', 'null', '(body)'],
    ['names no repository', { ...leastBody, repository: undefined }, 'repository'],
    ['names no workflow', { ...leastBody, workflow: ' ' }, 'workflow'],
    ['names no execution', { ...leastBody, executionid: undefined }, 'executionid'],
    ['names an execution with zero', { ...leastBody, executionid: 0 }, 'executionid'],
    ['has an id too large to be exact', { ...leastBody, executionid: 2 ** 53 }, 'executionid'],
    ['has an id that would break our name for it', { ...leastBody, executionid: '1#2' }, 'executionid'],
    ['tells neither activity nor key', { ...leastBody, key: undefined }, 'executiondetailsid'],
    ['tells an empty key', { ...leastBody, key: '' }, 'executiondetailsid'],
    ['has an activity that is no number', { ...leastBody, executiondetailsid: 'x' }, 'executiondetailsid'],
    ['says one thing twice', { ...leastBody, Key: 'other' }, 'key'],
    ['has a control character in a name', { ...leastBody, workflow: 'a\u0000b' }, 'workflow'],
    ['has half a character', { ...leastBody, key: 'a\ud800' }, 'key'],
    ['offers no outputs at all', { ...leastBody, outputs: [] }, 'outputs'],
    ['offers five', { ...leastBody, outputs: ['a', 'b', 'c', 'd', 'e'] }, 'outputs'],
    ['offers outputs in one text', { ...leastBody, outputs: 'Approved,Rejected' }, 'outputs'],
    ['offers an output without a name', { ...leastBody, outputs: [{ verdict: 'deny' }] }, 'outputs[0].name'],
    [
      'offers an output that says perhaps',
      { ...leastBody, outputs: ['Yes', { name: 'Hm', verdict: 'perhaps' }] },
      'outputs[1].verdict',
    ],
    ['offers an output with blanks around', { ...leastBody, outputs: [' Yes'] }, 'outputs[0]'],
    [
      'offers what the settings do not list',
      { ...leastBody, workflow: 'Listed WF', outputs: ['Fine', 'Bad'] },
      'outputs[1]',
    ],
    ['has data in one text', { ...leastBody, data: '<x/>' }, 'data'],
    [
      'has too much data',
      { ...leastBody, data: Object.fromEntries(Array.from({ length: 26 }, (_, at) => [`v${at}`, at])) },
      'data',
    ],
    ['has a value that is too long', { ...leastBody, data: { Long: 'x'.repeat(501) } }, 'data[0].value'],
    ['has a subject that is too long', { ...leastBody, subject: 'x'.repeat(301) }, 'subject'],
  ])('that %s is refused, and the place is named', async (_what, body, path) => {
    const hook = aHook();
    const { status, text } = await hook.post(body);
    expect(status).toBe(400);
    expect(text).toContain(`"path":"${path}"`);
    expect(hook.asked).toEqual([]);
  });

  it('is taken when it offers what the settings list, whatever the casing', async () => {
    const body = { ...leastBody, workflow: 'Listed WF', outputs: ['fine', 'Not fine'] };
    expect((await aHook().post(body)).status).toBe(201);
  });
});
