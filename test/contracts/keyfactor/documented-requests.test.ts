import { describe, expect, it } from '@jest/globals';
import { type SentRequest, violationsOf } from './documented-requests.js';

const id = '3f0c7a52-6f0e-4d0a-9a53-0c5a7b1f2d11';
const instances = '/KeyfactorAPI/Workflow/Instances';

function sent(change: Partial<SentRequest>): SentRequest {
  const headers = {
    'x-keyfactor-requested-with': 'APIClient',
    'x-keyfactor-api-version': '1',
    'content-type': 'application/json',
    accept: 'application/json',
  };
  return { method: 'GET', path: instances, query: '', headers, body: '', ...change };
}

const signal = (body: object, change: Partial<SentRequest> = {}) =>
  sent({ method: 'POST', path: `${instances}/${id}/Signals`, body: JSON.stringify(body), ...change });

const approved = { SignalKey: 'RequireApproval1.ApprovalStatus', Data: { Approved: 'True', Comment: 'ok' } };
const paging = 'PageReturned=1&ReturnLimit=50&SortField=StartDate&SortAscending=1';
const { 'x-keyfactor-requested-with': _requestedWith, ...withoutRequestedWith } = sent({}).headers;

describe("A request to Command is held to the vendor's documents", () => {
  it.each<readonly [string, SentRequest]>([
    ['a page of a list', sent({ query: `QueryString=Status%20-eq%20%22Failed%22&${paging}` })],
    ['one run', sent({ path: `${instances}/${id}` })],
    ['a signal', signal(approved)],
    ['a signal with a yes as a boolean', signal({ ...approved, Data: { Approved: true } })],
    [
      'a restart of a version',
      sent({ method: 'POST', path: `${instances}/${id}/Restart`, query: 'version=2' }),
    ],
    ['a token', sent({ method: 'POST', path: '/oauth/token', body: 'grant_type=client_credentials' })],
  ])('%s passes', (_what, request) => {
    expect(violationsOf(request)).toEqual([]);
  });

  it('a page of a list under the names of 10.x passes for a server of 10.x, and for no other', () => {
    const mine = sent({ path: `${instances}/My`, query: 'instanceQuery.returnLimit=50' });
    const theirs = sent({ query: 'pq.returnLimit=50&pq.sortAscending=0' });
    const definitions = sent({ path: '/KeyfactorAPI/Workflow/Definitions', query: 'query.pageReturned=1' });
    for (const request of [mine, theirs, definitions]) {
      expect(violationsOf(request, 'older')).toEqual([]);
      expect(violationsOf(request, 'newer')).not.toEqual([]);
    }
    expect(violationsOf(sent({ query: paging }), 'older')).not.toEqual([]);
  });

  it.each<readonly [string, SentRequest, RegExp]>([
    [
      'a path nobody describes',
      sent({ path: `${instances}/${id}/Approve`, method: 'POST' }),
      /no such operation/,
    ],
    ['a method nobody describes', sent({ method: 'PATCH' }), /no such operation/],
    ['a reference number for an id', sent({ path: `${instances}/4711` }), /instanceId is 4711.*uuid/],
    ['a parameter nobody describes', sent({ query: 'Limit=50' }), /no query parameter Limit/],
    ['a parameter of 10.x', sent({ query: 'pq.returnLimit=50' }), /no query parameter pq.returnLimit/],
    ['a name in another case', sent({ query: 'returnLimit=50' }), /no query parameter returnLimit/],
    ['a word for a number', sent({ query: 'ReturnLimit=many' }), /ReturnLimit is many.*integer/],
    ['a number too large', sent({ query: 'ReturnLimit=3000000000' }), /ReturnLimit.*int32/],
    ['a direction as a boolean', sent({ query: 'SortAscending=true' }), /SortAscending is true/],
    ['a direction that is none', sent({ query: 'SortAscending=2' }), /SortAscending is 2.*allowed/],
    ['a blank as a plus', sent({ query: 'QueryString=Status+-eq+1' }), /a plus/],
    ['no requested-with', sent({ headers: withoutRequestedWith }), /x-keyfactor-requested-with is missing/],
    [
      'a version the operation does not have',
      sent({ headers: { ...sent({}).headers, 'x-keyfactor-api-version': '2' } }),
      /version 2 has no such/,
    ],
    [
      'a version nobody describes',
      sent({ headers: { ...sent({}).headers, 'x-keyfactor-api-version': '3' } }),
      /no version 3/,
    ],
    [
      'pages nobody can read',
      sent({ headers: { ...sent({}).headers, accept: 'text/html' } }),
      /accepts text/,
    ],
    ['a signal without a body', signal({}, { body: '' }), /the body is missing/],
    ['a signal as a list', signal([approved]), /must be object/],
    ['a key nobody describes', signal({ ...approved, Comment: 'ok' }), /must NOT have additional/],
    ['a key that is no text', signal({ ...approved, SignalKey: 1 }), /SignalKey must be string/],
    ['data that is a text', signal({ ...approved, Data: 'True' }), /Data must be object/],
    [
      'a signal as a form',
      signal(approved, {
        headers: { ...sent({}).headers, 'content-type': 'application/x-www-form-urlencoded' },
      }),
      /x-www-form-urlencoded is not described/,
    ],
    [
      'a body where none is described',
      sent({ method: 'POST', path: `${instances}/${id}/Restart`, body: '{"version":2}' }),
      /no body is described/,
    ],
    [
      'a version to restart that is no number',
      sent({ method: 'POST', path: `${instances}/${id}/Restart`, query: 'version=latest' }),
      /version is latest/,
    ],
  ])('%s is refused', (_what, request, problem) => {
    expect(violationsOf(request).join('\n')).toMatch(problem);
  });
});
