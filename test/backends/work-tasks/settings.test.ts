import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { systemsOf, workTasksServer } from '../../../src/backends/work-tasks/settings.js';

const least = {
  name: 'plant',
  baseUrl: 'https://wt.example.com:8443/Workflow.WebAPI/',
  repositories: [{ repository: 'HR' }],
  auth: { kind: 'none' },
};

describe('the settings of a Work Tasks server', () => {
  it('fills in the defaults, with paths spelt as AVEVA prints them', () => {
    expect(workTasksServer.parse(least)).toMatchObject({
      label: 'Work Tasks',
      baseUrl: 'https://wt.example.com:8443/Workflow.WebAPI',
      extraAccessTokenHeader: false,
      sendRefreshTokenInfo: false,
      timeout: 30_000,
      ids: 'number',
      variables: 'array',
      dataDefault: '<data/>',
      paths: {
        execute: 'api/workflow/execute',
        executeWithVariables: 'api/workflow/executewithvariables',
        abort: 'api/workflow/abort',
        pause: 'api/workflow/pause',
        resume: 'api/workflow/resume',
        resumeAfterError: 'api/workflow/resumeworkflowwitherrors',
        alert: 'api/workflow/AlertEngine',
        status: 'api/workflow/status',
        lastInstance: 'api/workflow/lastinstance',
        activityOutput: 'api/workflow/activityoutput',
      },
    });
  });

  it.each([
    [{ baseUrl: 'http://wt.example.com/Workflow.WebAPI' }, 'https'],
    [{ baseUrl: 'wt.example.com' }, 'full https address'],
    [{ baseUrl: 'https://worktasks.connect.aveva.com/x' }, 'CONNECT has no Web API'],
    [{ baseUrl: 'https://wt.example.com/a?b=c' }, 'leave out credentials'],
    [{ baseUrl: 'https://u:p@wt.example.com/a' }, 'leave out credentials'],
    [{ repositories: [] }, 'expected array to have >=1 items'],
    [{ repositories: [{ repository: 'H R' }, { repository: 'h-r' }] }, 'two repositories have the same name'],
    [{ userTemplate: '{email}' }, 'provider::id'],
    [{ name: 'My Plant' }, 'lower-case letters'],
    [{ inboxUrl: 'console' }, 'https address'],
    [{ paths: { status: '/api/workflow/status' } }, 'without a leading slash'],
    [{ auth: { kind: 'entra', clientId: 'x' } }, 'either tenant or tokenUrl'],
    [{ auth: { kind: 'aim', clientId: 'x', tokenUrl: 'http://aim.example.com/t' } }, 'full https address'],
  ])('refuses %j with a hint', (change, hint) => {
    const result = workTasksServer.safeParse({ ...least, ...change });
    expect(result.error?.issues.map(({ message }) => message).join('; ')).toContain(hint);
  });

  it('takes plain http from this machine only', () => {
    const baseUrl = 'http://127.0.0.1:8000/Workflow.WebAPI';
    expect(workTasksServer.safeParse({ ...least, baseUrl }).success).toBe(true);
  });

  it('names a system after its server and repository, unless it has a name of its own', () => {
    const repositories = [{ repository: 'Human Resources' }, { repository: 'QA', name: 'quality' }];
    const server = workTasksServer.parse({ ...least, repositories });
    expect(systemsOf(server)).toEqual(['plant-human-resources', 'quality']);
  });

  it('can be written as a JSON schema', () => {
    expect(() => z.toJSONSchema(workTasksServer, { io: 'input' })).not.toThrow();
  });
});
