import { describe, expect, it } from '@jest/globals';
import { Answer } from '../../../src/backends/work-tasks/wire.js';

const serialised = 'xmlns="http://schemas.microsoft.com/2003/10/Serialization/"';
const request = { system: 'plant', method: 'GET', path: 'x' } as const;
const answerOf = (body: string, status = 200) => new Answer({ status, body, headers: {} }, request);

describe('the id of a started execution', () => {
  it.each([
    ['1042'],
    ['"1042"'],
    ['"\\"1042\\""'],
    ['  1042\r\n'],
    ['\ufeff1042'],
    ['{"executionId":1042}'],
    ['{"ExecutionId":"1042"}'],
    ['{"executionid":1042,"status":"EP"}'],
    ['{"execution_id":1042}'],
    ['{"Id":1042}'],
    ['{"Result":1042,"IsSuccess":true}'],
    ['{"data":{"ExecutionId":1042}}'],
    ['{"Value":"1042"}'],
    ['"{\\"ExecutionId\\":1042}"'],
    ['[{"Key":"ExecutionId","Value":1042}]'],
    ['[["ExecutionId","1042"]]'],
    [`<int ${serialised}>1042</int>`],
    [`<?xml version="1.0"?>\n<string ${serialised}>1042</string>`],
    ['<Result><ExecutionId>1042</ExecutionId><Message/></Result>'],
    ['Execution id: 1042'],
  ])('is found in %s', (body) => {
    expect(answerOf(body).executionId()).toEqual({ kind: 'id', executionId: '1042' });
  });

  it.each([
    [''],
    ['null'],
    ['true'],
    ['"started"'],
    ['{}'],
    ['{"Result":true}'],
    ['[]'],
    ['10.5'],
    ['1 of 2'],
  ])('is absent from %s', (body) => {
    expect(answerOf(body).executionId()).toEqual({ kind: 'absent' });
  });

  it.each(['a number in a long sentence such as 1042 may be anything', '<html>1042</html>'])(
    'is not guessed from %s',
    (body) => {
      expect(answerOf(body).executionId()).toEqual({ kind: 'absent' });
    },
  );

  it.each(['-1', '0', '"-1"', '{"ExecutionId":-1}', `<int ${serialised}>-1</int>`])(
    'is told to be none by %s',
    (body) => {
      expect(answerOf(body).executionId()).toEqual({ kind: 'none-made' });
    },
  );
});

describe('the status of an execution', () => {
  it.each([
    ['EP', 'running'],
    ['EX', 'running'],
    ['SL', 'suspended'],
    ['FN', 'complete'],
    ['FE', 'failed'],
    ['AB', 'aborted'],
    ['PA', 'paused'],
    ['"sl"', 'suspended'],
    ['"  SL   "', 'suspended'],
    ['{"status":"SL"}', 'suspended'],
    ['{"Status":"FE","Error":"The web call failed"}', 'failed'],
    ['{"InternalStatus":"SL","StatusMessage":"Finished with the manager"}', 'suspended'],
    ['[{"Key":"Status","Value":"PA"}]', 'paused'],
    [`<string ${serialised}>AB</string>`, 'aborted'],
    ['SL - Sleep', 'suspended'],
    ['FE (Finished with errors)', 'failed'],
    ['Status: EX', 'running'],
    ['Pending', 'running'],
    ['Executing', 'running'],
    ['In Progress', 'running'],
    ['Sleep', 'suspended'],
    ['Sleeping', 'suspended'],
    ['Finished', 'complete'],
    ['Completed', 'complete'],
    ['Finished with errors', 'failed'],
    ['Error', 'failed'],
    ['Aborted', 'aborted'],
    ['Paused', 'paused'],
  ])('%s is %j', (body, kind) => {
    expect(answerOf(body).status()?.status.kind).toBe(kind);
  });

  it.each([
    'Waiting for manager',
    'Waiting for PA',
    'Finished by Ana, error in the form',
    'Not finished',
    'SL Hansen approves',
    'PA - waiting for the assistant',
    'XY',
    'constructor',
  ])('stays unknown, in the designer’s words, for %s', (text) => {
    expect(answerOf(JSON.stringify(text)).status()?.status).toEqual({ kind: 'unknown', raw: text });
  });

  it('keeps the designer’s text beside the code', () => {
    const answer = answerOf('{"InternalStatus":"SL","StatusMessage":"Waiting for manager"}');
    expect(answer.status()).toEqual({
      status: { kind: 'suspended', raw: 'SL' },
      statusMessage: 'Waiting for manager',
    });
  });

  it.each(['', 'null', '-1', '{}', '{"Message":"There is no such execution."}', '<html></html>'])(
    'is not told by %s',
    (body) => {
      expect(answerOf(body).status()).toBeUndefined();
    },
  );
});

describe('a value', () => {
  it.each([
    ['"Approved"', 'Approved'],
    ['Approved', 'Approved'],
    ['"disabled"', 'disabled'],
    ['{"ActivityName":"ManagerApproval","Output":"Approved"}', 'Approved'],
    ['{"VariableName":"Days","Value":5}', '5'],
    ['{"Value":["a","b"]}', '["a","b"]'],
    ['{"Value":false}', 'false'],
    ['[{"Key":"VariableName","Value":"Days"},{"Key":"Value","Value":"5"}]', '5'],
    ['{"Days":"5"}', '5'],
    ['"007"', '007'],
    ['12345678901234567890', '12345678901234567890'],
    ['{"a":{"b":1}}', '{"a":{"b":1}}'],
    [`<string ${serialised}>R&amp;D &lt;x&gt;</string>`, 'R&D <x>'],
    ['<data><item><a>1</a></item></data>', '<data><item><a>1</a></item></data>'],
  ])('is read from %s', (body, text) => {
    expect(answerOf(body).value('Days')).toEqual({ kind: 'value', text });
  });

  it.each(['', 'null', '""', '{"Value":null}', '{"Output":""}', `<string ${serialised}/>`])(
    'is empty in %s',
    (body) => {
      expect(answerOf(body).value('Days')).toEqual({ kind: 'empty' });
    },
  );

  it('is cut to what can be shown', () => {
    const reading = answerOf(JSON.stringify('x'.repeat(9_000))).value('Days');
    expect(reading).toMatchObject({ kind: 'value', text: expect.stringMatching(/^x{1000,3000}…$/) });
  });
});

describe('an error inside an answer that calls itself a success', () => {
  it.each([
    ['{"Message":"An error has occurred.","ExceptionMessage":"Boom"}', 'Boom'],
    ['{"IsSuccess":false,"ErrorMessage":"No such workflow"}', 'No such workflow'],
    ['{"Success":"false"}', 'no reason given'],
    ['{"error":"invalid"}', 'invalid'],
    ['{"Message":"There is no such execution."}', 'There is no such execution.'],
    [`<Error><Message>An error has occurred.</Message></Error>`, 'An error has occurred.'],
  ])('is found in %s', (body, said) => {
    expect(answerOf(body).failure()).toBe(said);
    expect(answerOf(body).failureOfChange()).toBe(said);
  });

  it.each([
    'false',
    '-1',
    '"false"',
    '{"Result":false}',
    '"Error: nothing done"',
    '"The workflow is disabled."',
  ])('is found in the answer %s to a change, but not in a value', (body) => {
    expect(answerOf(body).failureOfChange()).toEqual(expect.any(String));
    expect(answerOf(body).failure()).toBeUndefined();
  });

  it.each([
    '',
    'null',
    'true',
    '1042',
    '"Success"',
    '{"Message":"Workflow paused"}',
    '{"ExecutionId":5,"Error":null}',
  ])('is not seen in %s', (body) => {
    expect(answerOf(body).failureOfChange()).toBeUndefined();
  });
});

describe('what a server said', () => {
  it('is brief and without credentials', () => {
    const answer = answerOf(JSON.stringify({ Message: `Bad Bearer abc.def.ghi ${'x '.repeat(400)}` }));
    expect(answer.said).not.toContain('abc.def');
    expect(answer.said.length).toBeLessThanOrEqual(200);
  });

  it('never holds a stack trace', () => {
    const answer = answerOf('{"Message":"Boom","StackTrace":"at Skelta.Engine.Run()"}');
    expect(answer.said).toBe('Boom');
  });

  it('is the title of a page', () => {
    expect(answerOf('<!DOCTYPE html><html><head><title>503 &amp; gone</title></head></html>').said).toBe(
      '503 & gone',
    );
  });
});

describe('an answer to a change', () => {
  const judged = (status: number, body: string) => {
    const outcome = answerOf(body, status).outcomeOfChange();
    return outcome.kind === 'refused' ? outcome.reason : outcome.kind;
  };

  it.each([
    [200, 'true', 'done'],
    [200, '', 'done'],
    [204, '', 'done'],
    [202, '1042', 'done'],
    [200, '<html>Sign in</html>', 'unclear'],
    [200, '{"Message":"The workflow engine is not running."}', 'engine-down'],
    [302, '', 'unclear'],
    [400, '{"Message":"The value is missing."}', 'bad-request'],
    [400, '{"Message":"The workflow is disabled."}', 'not-published'],
    [400, '<html>Bad Request</html>', 'unclear'],
    [401, '', 'sign-in'],
    [401, '<html>Unauthorized</html>', 'sign-in'],
    [403, '{"Message":"Denied"}', 'no-permission'],
    [403, '<html>Blocked</html>', 'unclear'],
    [404, '<!DOCTYPE html><html><title>404</title></html>', 'unclear'],
    [404, '', 'unclear'],
    [404, '{"Message":"No HTTP resource was found that matches the request URI."}', 'unclear'],
    [404, '{"Message":"There is no such execution."}', 'not-found'],
    [405, '{"Message":"The resource does not support POST."}', 'unclear'],
    [500, '{"Message":"An error has occurred."}', 'unclear'],
    [500, '{"Message":"Object reference not set at Skelta.Engine."}', 'unclear'],
    [500, '{"Message":"The workflow engine is not running."}', 'engine-down'],
    [500, '{"Message":"The Engine service has been stopped."}', 'engine-down'],
    [500, '{"Message":"The workflow \'X\' is disabled or has not been published."}', 'not-published'],
    [500, '{"Message":"The operation is not possible in the state FN."}', 'wrong-state'],
    [500, '{"Message":"The instance is already aborted."}', 'wrong-state'],
    [500, '{"Message":"The workflow \'X\' does not exist."}', 'not-found'],
    [500, '{"Message":"Access is denied."}', 'no-permission'],
    [500, '<html><title>The workflow engine is not running.</title></html>', 'engine-down'],
  ])('%d %s is %s', (status, body, expected) => {
    expect(judged(status, body)).toBe(expected);
  });
});
