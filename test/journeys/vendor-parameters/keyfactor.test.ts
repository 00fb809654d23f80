import { describe, expect, it } from '@jest/globals';
import { documentedParameters, readPath } from '../../contracts/keyfactor/documented-requests.js';
import { ask, order } from '../../support/stage/ask.js';
import { linkByCommand } from '../../support/stage/browser.js';
import { cardSaying, click, deny, submit, theCard } from '../../support/stage/cards.js';
import { askForCertificate } from '../../support/stage/enrollments.js';
import { openPersonStage, type PersonStage } from '../../support/stage/open-person-stage.js';
import { openStage, type Stage, type Transport } from '../../support/stage/open-stage.js';
import { serviceAccount } from '../../support/stage/personas.js';
import type { StageRules } from '../../support/stage/stage-settings.js';
import { grantManage } from '../../support/stage/work-tasks.js';
import { flat, playScenes, type RawRequest, rows, type Scene, type Unset, withoutRow } from './rows.js';

const instances = 'GET /Workflow/Instances';
const assigned = 'GET /Workflow/Instances/AssignedToMe';
const mine = 'GET /Workflow/Instances/My';
const detail = 'GET /Workflow/Instances/{instanceId}';
const signals = 'POST /Workflow/Instances/{instanceId}/Signals';
const restart = 'POST /Workflow/Instances/{instanceId}/Restart';
const stop = 'POST /Workflow/Instances/{instanceId}/Stop';
const definitions = 'GET /Workflow/Definitions';
const definition = 'GET /Workflow/Definitions/{definitionId}';
const token = 'POST /oauth/token';

const usual = (rules: StageRules & { readonly undocumented?: RegExp } = {}) => {
  return (transport: Transport) => openStage(transport, { operators: ['ana'], ...rules });
};

/** An account that may see only what is its own. */
function keepToItsOwn({ command }: Stage): void {
  const permissions = ['/workflows/instances/read/pending/', '/workflows/instances/read/mine/'];
  command.addIdentity({ ...serviceAccount, permissions: [...permissions, '/workflows/definitions/read/'] });
}

/** Asks for a certificate and waits for its card. */
async function putCard(stage: Stage): Promise<string> {
  const id = await askForCertificate(stage);
  await stage.observe();
  return id;
}

/** What carries values under the prefixes of 10.x. */
const oldServer = { keyfactor: { queryPrefix: 'pq', pageSize: 7, apiVersion: { definitions: '1' } } };

const scenes: readonly Scene[] = [
  {
    person: 'types “list failed vpn”',
    open: usual(),
    act: async (stage) => void (await ask(stage, { line: 'list failed vpn', shows: /vpn/ })),
    sets: [
      ...rows('WorkflowInstancesGET', instances, {
        QueryString: 'Status -eq "Failed" AND Title -contains "vpn"',
        PageReturned: '1',
        ReturnLimit: '50',
        SortField: 'StartDate',
        SortAscending: '1',
        'x-keyfactor-requested-with': 'APIClient',
        'x-keyfactor-api-version': '1',
      }),
      ...rows('WorkflowDefinitionsGET', definitions, { QueryString: 'DisplayName -contains "vpn"' }),
    ],
  },
  {
    person: 'types “list waiting”',
    open: usual(),
    act: async (stage) => void (await ask(stage, { line: 'list waiting', shows: /waiting/i })),
    sets: rows('WorkflowInstancesGET', instances, { QueryString: 'Status -eq "Suspended"' }),
  },
  {
    person: 'types “list running”',
    open: usual(),
    act: async (stage) => void (await ask(stage, { line: 'list running', shows: /running/i })),
    sets: rows('WorkflowInstancesGET', instances, { QueryString: 'Status -eq "Running"' }),
  },
  {
    person: 'types “list mine”',
    open: usual(),
    act: async (stage) => void (await ask(stage, { line: 'list mine', shows: /you/i })),
    sets: rows('WorkflowInstancesGET', instances, {
      QueryString: 'InitiatingUserName -eq "KEYEXAMPLE\\aruiz"',
    }),
  },
  {
    person: 'types a reference number',
    open: usual(),
    act: async (stage) => void (await ask(stage, { line: 'status #4711', shows: /Nothing was found/ })),
    sets: rows('WorkflowInstancesGET', instances, { QueryString: 'ReferenceId -eq 4711' }),
  },
  {
    person: 'types “list failed vpn” where the account sees only its own',
    open: usual({ keyfactor: { readAll: 'no' } }),
    act: async (stage) => {
      keepToItsOwn(stage);
      await ask(stage, { line: 'list failed vpn', shows: /vpn/ });
    },
    sets: (
      [
        [mine, 'WorkflowInstancesGETMy'],
        [assigned, 'WorkflowInstancesGETAssignedToMe'],
      ] as const
    ).flatMap(([call, page]) =>
      rows(page, call, {
        QueryString: 'Status -eq "Failed" AND Title -contains "vpn"',
        PageReturned: '1',
        ReturnLimit: '50',
        SortField: 'StartDate',
        SortAscending: '1',
      }),
    ),
  },
  {
    person: 'has linked their account, and types “list mine”',
    open: (transport) => openPersonStage(transport, { operators: ['ana'] }),
    act: async (stage) => {
      await linkByCommand(stage as PersonStage, 'ana');
      await ask(stage, { line: 'list mine', shows: /you/i });
    },
    sets: rows('WorkflowInstancesGETMy', mine, { Authorization: 'KEYEXAMPLE\\aruiz' }),
  },
  {
    person: 'has linked their account, and types “approvals”',
    open: (transport) => openPersonStage(transport),
    act: async (stage) => {
      await linkByCommand(stage as PersonStage, 'ana');
      await putCard(stage);
      await ask(stage, { line: 'approvals', shows: /Waiting for your decision/ });
    },
    sets: rows('WorkflowInstancesGETAssignedToMe', assigned, { Authorization: 'KEYEXAMPLE\\aruiz' }),
  },
  {
    person: 'writes “pageSize: 1” into the settings',
    open: usual({ keyfactor: { pageSize: 1 } }),
    act: async (stage) => {
      await askForCertificate(stage);
      await askForCertificate(stage, { host: 'two.keyexample.com' });
      await stage.observe();
    },
    sets: rows('WorkflowInstancesGETAssignedToMe', assigned, {
      PageReturned: '2',
      ReturnLimit: '1',
      SortField: 'ReferenceId',
      SortAscending: '0',
    }),
  },
  {
    person: 'types the id of a workflow',
    open: usual(),
    act: async (stage) => {
      const run = await askForCertificate(stage);
      await ask(stage, { line: `status ${run}`, shows: /The step needs. 1 approval/ });
      return { run, definition: stage.command.instance(run).definitionId };
    },
    sets: [
      ...rows('WorkflowInstancesGETID', detail, { instanceId: '{run}' }),
      ...rows('WorkflowDefinitionsGETID', definition, {
        definitionId: '{definition}',
        // The version that runs, since without it Command shows the draft.
        definitionVersion: '1',
      }),
    ],
  },
  {
    person: 'looks at a card whose step does not say how many approvals it wants',
    open: usual(),
    act: async (stage) => {
      stage.command.change({ minimumApprovalsParameter: null });
      await putCard(stage);
      theCard(stage);
    },
    sets: rows(
      'WorkflowDefinitionsGETStepsExtensionName',
      'GET /Workflow/Definitions/Steps/{extensionName}',
      {
        extensionName: 'RequireApproval',
      },
    ),
  },
  {
    person: 'types “definitions web”',
    open: usual(),
    act: async (stage) => void (await ask(stage, { line: 'definitions web', shows: /Web server/ })),
    sets: rows('WorkflowDefinitionsGET', definitions, {
      QueryString: 'DisplayName -contains "web"',
      PageReturned: '1',
      ReturnLimit: '500',
      SortField: 'DisplayName',
      SortAscending: '0',
    }),
  },
  {
    person: 'presses Approve and writes a comment',
    open: usual(),
    act: async (stage) => {
      const run = await putCard(stage);
      await click(stage, 'ana', theCard(stage), 'approve');
      await submit(stage, 'ana', 'as agreed');
      await cardSaying(stage, /Approved by Ana Ruiz/);
      return { run };
    },
    sets: rows('WorkflowInstancesPOSTIDSignals', signals, {
      instanceId: '{run}',
      SignalKey: 'RequireApproval1.ApprovalStatus',
      'Data.Approved': 'True',
      'Data.Comment': '"as agreed" — Approved by Ana Ruiz (KEYEXAMPLE\\aruiz) via Countersign',
    }),
  },
  {
    person: 'presses Deny and gives a reason',
    open: usual(),
    act: async (stage) => {
      await putCard(stage);
      await deny(stage, 'ana', theCard(stage), 'not today');
      await cardSaying(stage, /Denied by Ana Ruiz/);
    },
    sets: rows('WorkflowInstancesPOSTIDSignals', signals, {
      'Data.Approved': 'False',
      'Data.Comment': '"not today" — Denied by Ana Ruiz (KEYEXAMPLE\\aruiz) via Countersign',
    }),
  },
  {
    person: 'writes “signalBody: boolean” into the settings',
    open: usual({ keyfactor: { signalBody: 'boolean' }, approveWith: 'one-click' }),
    act: async (stage) => {
      await putCard(stage);
      await click(stage, 'ana', theCard(stage), 'approve');
      await cardSaying(stage, /Approved by Ana Ruiz/);
    },
    sets: rows('WorkflowInstancesPOSTIDSignals', signals, { 'Data.Approved': true }),
  },
  {
    person: 'types “restart <ref> 1”',
    open: usual(),
    act: async (stage) => {
      grantManage(stage);
      const run = await askForCertificate(stage);
      await order(stage, { line: `restart ${run} 1`, shows: /version 1/, ends: /Restarted|accepted it/ });
      return { run };
    },
    sets: rows('WorkflowInstancesPOSTIDRestart', restart, { instanceId: '{run}', version: '1' }),
  },
  {
    person: 'types “restart <ref> 1” where the settings say “restartVersion: body”',
    open: usual({ keyfactor: { restartVersion: 'body' }, undocumented: /Restart: no body is described/ }),
    act: async (stage) => {
      grantManage(stage);
      stage.command.change({ restartVersionIn: 'body' });
      const run = await askForCertificate(stage);
      await order(stage, { line: `restart ${run} 1`, shows: /version 1/, ends: /Restarted|accepted it/ });
    },
    sets: rows('WorkflowInstancesPOSTIDRestart (pages of 10 to 24)', restart, { version: 1 }),
  },
  {
    person: 'types “stop <ref>”',
    open: usual(),
    act: async (stage) => {
      grantManage(stage);
      const run = await askForCertificate(stage);
      await order(stage, { line: `stop ${run}`, shows: /Stop this/, ends: /Stopped/ });
      return { run };
    },
    sets: rows('WorkflowInstancesPOSTIDStop', stop, { instanceId: '{run}' }),
  },
  {
    person: 'writes “apiVersion” into the settings',
    open: usual({ keyfactor: { apiVersion: { instances: '1.0', definitions: '2' } } }),
    act: async (stage) => {
      await ask(stage, { line: 'definitions web', shows: /Web server/ });
      await ask(stage, { line: 'list', shows: /workflows/i });
    },
    sets: [
      ...rows('Versioning', instances, { 'x-keyfactor-api-version': '1.0' }),
      ...rows('Versioning', definitions, { 'x-keyfactor-api-version': '2' }),
    ],
  },
  {
    person: 'writes “queryPrefix: pq” into the settings, for a server of 10.x',
    open: usual({ ...oldServer, keyfactor: { ...oldServer.keyfactor, readAll: 'no' } }),
    act: async (stage) => {
      keepToItsOwn(stage);
      await putCard(stage);
      await ask(stage, { line: 'list failed web', shows: /web/ });
    },
    sets: [
      ...rows('WorkflowInstancesGETAssignedToMe v10', assigned, {
        'pq.queryString': /^Status -eq "Failed" AND /,
        'pq.pageReturned': '1',
        'pq.returnLimit': '7',
        'pq.sortField': 'ReferenceId',
        'pq.sortAscending': '0',
      }),
      ...rows('WorkflowInstancesGETMy v10', mine, {
        'instanceQuery.queryString': /^Status -eq "Failed" AND /,
        'instanceQuery.pageReturned': '1',
        'instanceQuery.returnLimit': '50',
        'instanceQuery.sortField': 'StartDate',
        'instanceQuery.sortAscending': '1',
      }),
      ...rows('WorkflowDefinitionsGET v10', definitions, {
        'query.queryString': 'DisplayName -contains "web"',
        'query.pageReturned': '1',
        'query.returnLimit': '500',
        'query.sortField': 'DisplayName',
        'query.sortAscending': '0',
      }),
    ],
  },
  {
    person: 'writes “queryPrefix: pq” into the settings, for a server of 10.x that shows everything',
    open: usual(oldServer),
    act: async (stage) => void (await ask(stage, { line: 'list failed vpn', shows: /vpn/ })),
    sets: rows('WorkflowInstancesGET v10', instances, {
      'pq.queryString': 'Status -eq "Failed" AND Title -contains "vpn"',
      'pq.pageReturned': '1',
      'pq.returnLimit': '50',
      'pq.sortField': 'StartDate',
      'pq.sortAscending': '1',
    }),
  },
  {
    person: 'writes a domain, a user and the environment’s password',
    open: usual(),
    act: async (stage) => void (await ask(stage, { line: 'list', shows: /workflows/i })),
    sets: rows('Web API Common Features', instances, { Authorization: serviceAccount.name }),
  },
  {
    person: 'writes a client, scopes and an audience into the settings',
    open: usual({
      signIn: 'oauth',
      oauth: { scopes: ['keyfactor', 'openid'], audience: 'keyfactor-api' },
    }),
    act: async (stage) => void (await ask(stage, { line: 'list', shows: /workflows/i })),
    sets: rows('AuthenticateAPI', token, {
      grant_type: 'client_credentials',
      client_id: serviceAccount.clientId,
      client_secret: 'in the form',
      scope: 'keyfactor openid',
      audience: 'keyfactor-api',
    }),
  },
  {
    person: 'writes “clientAuth: basic” into the settings',
    open: usual({ signIn: 'oauth', oauth: { clientAuth: 'basic' } }),
    act: async (stage) => void (await ask(stage, { line: 'list', shows: /workflows/i })),
    sets: rows('AuthenticateAPI', token, {
      client_secret: 'in the header',
      client_id: serviceAccount.clientId,
      scope: null,
      audience: null,
    }),
  },
];

/** Operations nobody reaches, and why; it is so for each of their parameters. */
const unreached: Readonly<Record<string, string>> = {
  'DELETE /Workflow/Instances/{instanceId}': 'what was decided stays on record: nothing here deletes',
  'POST /Workflow/Definitions': 'workflows are designed in the portal, where they are tested as well',
  'PUT /Workflow/Definitions/{definitionId}': 'as above',
  'DELETE /Workflow/Definitions/{definitionId}': 'as above',
  'PUT /Workflow/Definitions/{definitionId}/Steps': 'as above',
  'POST /Workflow/Definitions/{definitionId}/Publish': 'as above',
  'POST /Workflow/Definitions/{definitionId}/Publish/{version}': 'as above',
  'PUT /Workflow/Definitions/{definitionId}/Status': 'as above',
  'GET /Workflow/Definitions/Steps': 'the catalogue is for designers; of it, only the approval step is read',
};

/** Single parameters nobody sets. */
const unset: readonly Unset[] = [
  {
    call: definition,
    key: 'exportable',
    because: 'it takes the roles out of the steps, and those say who may approve',
  },
  ...['QueryString', 'PageReturned', 'ReturnLimit', 'SortField', 'SortAscending'].flatMap((key) =>
    [key, `query.${key.charAt(0).toLowerCase()}${key.slice(1)}`].map((name) => ({
      call: 'GET /Workflow/Definitions/Types',
      key: name,
      because:
        'a server has a handful of types, fewer than the fifty of its first page; the doctor reads all',
    })),
  ),
];

playScenes(scenes, (stage) => [
  ...stage.command.requests.flatMap((request): readonly RawRequest[] => {
    const edition = request.query.includes('.') ? 'older' : 'newer';
    const read = readPath(request, edition) ?? readPath(request);
    if (read === undefined) return [];
    const query = request.query === '' ? [] : request.query.split('&').map((pair) => pair.split('='));
    const carried = {
      ...read.segments,
      ...Object.fromEntries(query.map((pair) => pair.map(decodeURIComponent))),
      ...request.headers,
      ...(request.body === '' ? {} : flat(JSON.parse(request.body))),
      // The header holds a secret: what is kept is for whom the server took it.
      Authorization: request.identity,
    };
    return [{ call: read.call, carried }];
  }),
  ...stage.command.tokenRequests.map(
    ({ clientId, clientAuthentication, scope, audience, granted }): RawRequest => ({
      call: token,
      carried: {
        // The server grants nothing else.
        grant_type: granted ? 'client_credentials' : 'another',
        client_id: clientId,
        client_secret: clientAuthentication === 'client_secret_post' ? 'in the form' : 'in the header',
        scope,
        audience,
      },
    }),
  ),
]);

describe('the table of what can be said to Command', () => {
  it.each(['newer', 'older'] as const)('has a row for every parameter of the %s documents', (edition) => {
    const reasons = documentedParameters(edition)
      .filter(({ call }) => call in unreached)
      .map((one) => ({ ...one, because: unreached[one.call] ?? '' }));
    expect(withoutRow(documentedParameters(edition), scenes, [...reasons, ...unset])).toEqual([]);
  });
});
