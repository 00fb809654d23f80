import { describe, expect, it } from '@jest/globals';
import { formatProblems, loadSettings } from '../../src/config.js';
import {
  ana,
  aRule,
  aServer,
  file,
  goodEnv,
  li,
  problemAbout,
  refusal,
  someSettings,
} from './a-settings-file.js';

const channels = { operatorsChannel: 'C0OPS', fallbackChannel: 'C0PKI' };
const slack = { team: 'T0EXAMPLE', ...channels };

describe('settings that are wrong', () => {
  it.each([
    ['at the top', '__proto__', ''],
    ['at the top', 'constructor', ''],
    ['inside a group', 'slack.toString', ''],
    ['among names', 'people[0].identities.__proto__', 'name of a system'],
  ])('gets a line for an odd key %s: %s', (_where, path, expected) => {
    const key = path.split('.').at(-1) ?? '';
    // Written as text: an object literal would take the name for something else.
    const odd = (text: string) => text.replace(/\{/, `{${JSON.stringify(key)}: "x", `);
    const { slack: group, ...rest } = someSettings();
    const identities = odd(JSON.stringify(ana.identities));
    const texts = new Map(
      Object.entries({
        slack: `{"slack": ${odd(JSON.stringify(group))}, ${JSON.stringify(rest).slice(1)}`,
        'people[0]': JSON.stringify(someSettings()).replace(JSON.stringify(ana.identities), identities),
      }),
    );
    const text = texts.get(path.split('.')[0] ?? '') ?? odd(JSON.stringify(someSettings()));
    const problem = problemAbout(path, text);
    expect(problem.expected).toContain(expected);
    expect(problem.expected).not.toContain('undefined');
    expect(problem.found).toContain(key);
  });

  it('says that a system cannot have the name of what every object has', () => {
    const renamed = someSettings({ keyfactor: [{ ...aServer, name: 'constructor' }] });
    expect(problemAbout('keyfactor[0].name', renamed).expected).toContain('another name');
  });

  it.each<[string, Record<string, unknown>, string, string, string]>([
    ['a key nobody knows', { approverz: [] }, 'approverz', 'did you mean approvers?', 'unknown setting'],
    [
      'a key inside a rule',
      { approvers: [{ ...aRule, quorm: 2 }] },
      'approvers[0].quorm',
      'mean quorum?',
      'quorm',
    ],
    [
      'a key of a server',
      { keyfactor: [{ ...aServer, hostnam: 'x' }] },
      'keyfactor[0].hostnam',
      'hostname',
      '',
    ],
    [
      'a mistyped choice',
      { slack: { ...slack, mode: 'sockt' } },
      'slack.mode',
      'did you mean socket?',
      'sockt',
    ],
    [
      'a channel by name',
      { slack: { ...slack, fallbackChannel: '#pki' } },
      'slack.fallbackChannel',
      'not its name',
      '#pki',
    ],
    [
      'a missing channel',
      { slack: { team: 'T0EXAMPLE', fallbackChannel: 'C0PKI' } },
      'slack.operatorsChannel',
      'channel id',
      'nothing',
    ],
    [
      'an address for listening where it stood before',
      { slack: { ...slack, http: { port: 3000 } } },
      'slack.http',
      'at the top of the file',
      'moved',
    ],
    [
      'a public address without TLS',
      { http: { publicUrl: 'http://bot.example.com' } },
      'http.publicUrl',
      'https',
      '',
    ],
    [
      'a public address with a slash at its end',
      { http: { publicUrl: 'https://x.example/' } },
      'http.publicUrl',
      'without a slash',
      '',
    ],
    ['no server', { keyfactor: [] }, 'keyfactor', 'at least one server', 'none'],
    ['no servers key', { keyfactor: undefined }, 'keyfactor', 'or under workTasks', 'none'],
    [
      'a scheme in a host',
      { keyfactor: [{ ...aServer, hostname: 'https://kf' }] },
      'keyfactor[0].hostname',
      'leave out the scheme',
      'https://kf',
    ],
    [
      'two servers of a name',
      { keyfactor: [aServer, aServer] },
      'keyfactor[1].name',
      'of its own',
      'keyfactor[0]',
    ],
    [
      'an unknown way to sign in',
      { keyfactor: [{ ...aServer, auth: { kind: 'oauht' } }] },
      'keyfactor[0].auth.kind',
      'mean oauth?',
      'oauht',
    ],
    ['a person by handle', { people: [{ ...ana, id: '@ana' }] }, 'people[0].id', 'member id', '@ana'],
    [
      'a person twice',
      { people: [ana, li, { ...ana, id: 'T0EXAMPLE/U0ANA', name: 'A', identities: {} }] },
      'people[2].id',
      'once',
      'people[0]',
    ],
    [
      'an identity of two people',
      { people: [ana, { ...li, identities: { 'corp-pki': 'keyexample\\ANA' } }] },
      'people[1].identities.corp-pki',
      'one person',
      'people[0]',
    ],
    [
      'identities of two people that could be one name',
      { people: [ana, { ...li, identities: { 'corp-pki': 'ana' } }] },
      'people[1].identities.corp-pki',
      'one person',
      'could be "KEYEXAMPLE\\\\ana" of people[0]',
    ],
    [
      'an identity nowhere',
      { people: [{ ...ana, identities: { 'corp-pk': 'x' } }, li] },
      'people[0].identities.corp-pk',
      'mean corp-pki?',
      'corp-pk',
    ],
    ['a bare id without a team', { slack: channels }, 'slack.team', 'workspace', 'nothing'],
    [
      'a name nobody has',
      { approvers: [{ ...aRule, people: ['Anna'] }] },
      'approvers[0].people[0]',
      'mean Ana?',
      'Anna',
    ],
    [
      'a name two people have',
      { people: [ana, { ...li, name: 'Ana' }] },
      'approvers[0].people[0]',
      'only one person',
      'Ana',
    ],
    [
      'a user group as a place for cards',
      { routes: [{ when: {}, people: ['S0123ABCDE'] }] },
      'routes[0].people[0]',
      'user groups',
      'S0123ABCDE',
    ],
    [
      'a domain in two groups',
      { domains: [['CORP', 'corp.example.com'], ['corp']] },
      'domains[1][0]',
      'one group only',
      'corp',
    ],
    [
      'identities of two people whose domains nobody declared',
      { people: [ana, { ...li, identities: { 'corp-pki': 'LAB\\ana' } }] },
      'people[1].identities.corp-pki',
      'declare their domains in different groups of domains',
      'could be "KEYEXAMPLE',
    ],
    ['a quorum of none', { approvers: [{ ...aRule, quorum: 0 }] }, 'approvers[0].quorum', 'at least 1', '0'],
    [
      'a quorum of too many',
      { approvers: [{ ...aRule, quorum: 3 }] },
      'approvers[0].quorum',
      'at most 2',
      '3',
    ],
    [
      'a quorum of one person twice',
      { approvers: [{ ...aRule, people: ['Ana', 'U0ANA'], quorum: 2 }] },
      'approvers[0].quorum',
      'at most 1',
      '2',
    ],
    [
      'a rule without conditions',
      { approvers: [{ people: ['Ana'] }] },
      'approvers[0].when',
      'group of settings',
      'nothing',
    ],
    [
      'an empty condition',
      { approvers: [{ ...aRule, when: { template: [] } }] },
      'approvers[0].when.template',
      'a list of patterns',
      'an empty list',
    ],
    [
      'a system nobody configured',
      { approvers: [{ ...aRule, when: { system: 'corp-pky' } }] },
      'approvers[0].when.system',
      'mean corp-pki?',
      'corp-pky',
    ],
    ['a route to nowhere', { routes: [{ when: {} }] }, 'routes[0]', 'channels or people', 'neither'],
    ['an interval clocks cannot keep', { observe: { every: '7s' } }, 'observe.every', '6s or 10s', '7s'],
    ['an interval beyond an hour', { observe: { every: '2h' } }, 'observe.every', 'such as 1h', '2h'],
    ['half a second', { observe: { every: '500ms' } }, 'observe.every', 'such as 1s', '500ms'],
    [
      'a cron that is none',
      { observe: { cron: 'daily at 8' } },
      'observe.cron',
      'cron expression',
      'daily at 8',
    ],
    [
      'every and cron',
      { observe: { every: '15s', cron: '* * * * *' } },
      'observe.cron',
      'not both',
      '* * * * *',
    ],
    [
      'a duration without a unit',
      { decisions: { keepTryingFor: '10' } },
      'decisions.keepTryingFor',
      'duration',
      '"10"',
    ],
    [
      'a duration of nothing',
      { decisions: { keepTryingFor: '0s' } },
      'decisions.keepTryingFor',
      'at least',
      '0s',
    ],
    ['yes for on', { emailMatching: 'yes' }, 'emailMatching', 'one of off, on', 'yes'],
    ['a database by address', { store: 'mysql://db/x' }, 'store', 'path of a file', 'mysql://db/x'],
    ['a zone with a star', { zones: ['*.example.com'] }, 'zones[0]', 'a domain', '*.example.com'],
  ])('says about %s what was expected and what was found', (_, changes, path, expected, found) => {
    const problem = problemAbout(path, someSettings(changes));
    expect(problem.expected).toContain(expected);
    expect(problem.found).toContain(found);
  });

  it('gives an example that can be copied', () => {
    const { example } = problemAbout(
      'approvers[0].quorum',
      someSettings({ approvers: [{ ...aRule, quorum: 'two' }] }),
    );
    expect(example).toBe('quorum: 2');
  });

  it('tells every problem at once, in the order of the file, each with its line', () => {
    const text = [
      'slack:',
      '  team: T0EXAMPLE',
      '  operatorsChannel: ops',
      '  fallbackChannel: C0PKI',
      'people:',
      '  - { id: U0ANA, name: Ana, identites: {} }',
      'keyfactor:',
      '  - name: corp-pki',
      '    timeout: soon',
      'approvers:',
      '  - when: {}',
      '    people:',
      '      - Ana',
      '      - Nobody',
      'observe: { every: 11s }',
    ].join('\n');
    const { problems } = refusal(text, { env: {} });
    expect(problems.map(({ path, line }) => [line, path])).toEqual([
      [3, 'slack.operatorsChannel'],
      [6, 'people[0].identites'],
      [8, 'keyfactor[0].hostname'],
      [8, 'keyfactor[0].auth'],
      [9, 'keyfactor[0].timeout'],
      [14, 'approvers[0].people[1]'],
      [15, 'observe.every'],
      [undefined, 'SLACK_BOT_TOKEN'],
      [undefined, 'SLACK_APP_TOKEN'],
    ]);
  });

  it('renders one block for each problem', () => {
    const text =
      'slack:\n  mode: sockt\n  fallbackChannel: C0PKI\n  operatorsChannel: C0OPS\nkeyfactor:\n  -\nstore: ""\n';
    const shown = formatProblems(refusal(text, { env: { ...goodEnv, SLACK_BOT_TOKEN: '' } }));
    expect(shown.split('\n')).toEqual([
      'countersign.yml: 4 problems',
      '',
      '  line 2  slack.mode',
      '          expected  one of socket, http; did you mean socket?',
      '          found     "sockt"',
      '          example   mode: socket',
      '',
      '  line 6  keyfactor[0]',
      '          expected  a group of settings',
      '          found     nothing',
      '',
      '  line 7  store',
      '          expected  a text that is not empty',
      '          found     an empty text',
      '          example   store: /var/lib/countersign/countersign.db',
      '',
      '          SLACK_BOT_TOKEN',
      '          expected  Bot token of the Slack app; always needed. Set SLACK_BOT_TOKEN, or SLACK_BOT_TOKEN_FILE to the path of a file that holds it',
      '          found     nothing',
      '          example   SLACK_BOT_TOKEN=xoxb-…',
    ]);
  });
});

describe('files that are no settings', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['an empty file', '', 'an empty file'],
    ['comments only', '# nothing\n', 'an empty file'],
    ['a list', '- a\n', 'a list or a text'],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x61, 0x00]), 'UTF-8'],
    ['Latin-1', new Uint8Array([0x61, 0x3a, 0x20, 0xe4]), 'UTF-8'],
    ['YAML inside itself', 'a: &a [*a]\n', 'contains itself'],
  ])('says that it found %s', (_, content, found) => {
    const { problems } = refusal('', { files: { [file]: content } });
    expect(problems).toHaveLength(1);
    expect(problems[0]?.found).toContain(found);
  });

  it.each([
    ['a tab', 'a:\n\t- b\n', 2],
    ['a key twice', 'a: 1\na: 2\n', 2],
    ['an open quote', 'a: "b\n', 2],
    ['a second document', 'a: 1\n---\nb: 2\n', 2],
    ['a wildcard without quotes', 'a: 1\nzones: [*.example.com]\n', 2],
  ])('gives the line of %s, and nothing that only follows from it', (_, text, line) => {
    expect(refusal(text).problems).toEqual([expect.objectContaining({ path: '(YAML)', line })]);
  });

  it('names the key that stands twice, and says what a second document is', () => {
    expect(refusal('a: 1\nzones: []\nzones: []\n').problems[0]?.found).toBe('zones, which stands twice');
    expect(refusal('a: 1\n---\nb: 2\n').problems[0]?.found).toContain('a second document');
  });

  it.each([
    ['ENOENT', 'no such file'],
    ['EACCES', 'a file this user may not read'],
    ['EISDIR', 'a folder'],
    ['EIO', 'a file that cannot be read'],
  ])('says after %s that it found %s', (code, found) => {
    const readFile = () => {
      throw Object.assign(new Error('no'), { code });
    };
    expect(() => loadSettings({ file, readFile, env: {} })).toThrow(
      expect.objectContaining({ name: 'ConfigError', problems: [expect.objectContaining({ found })] }),
    );
  });
});
