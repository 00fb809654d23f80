import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Cruise, cruise } from './cruise.js';
import { isComment, placesWhere, root, sourceFiles } from './source-files.js';

describe('the import rule', () => {
  let found: Cruise = { modules: [], violations: [] };
  beforeAll(async () => {
    found = await cruise(root);
  });

  it('is kept by every file', () => {
    expect(found.violations).toEqual([]);
  });

  it('is checked on every file there is', () => {
    expect([...found.modules].sort()).toEqual(sourceFiles('src').map(({ path }) => path));
  });
});

/** A forbidden import each: the rule that must speak, the file, and what it imports. */
const forbidden: readonly (readonly [string, string, string])[] = [
  ['no-cycle', 'src/domain/egg.ts', './hen.js'],
  ['no-dead-end', 'src/use-cases/lost.ts', '../ports/nowhere.js'],
  ['shared-is-a-leaf', 'src/shared/nosy.ts', '../domain/egg.js'],
  ['domain-is-alone', 'src/domain/hasty.ts', '../use-cases/act.js'],
  ['domain-is-alone', 'src/domain/hungry.ts', 'zod'],
  ['domain-is-alone', 'src/domain/handy.ts', 'node:fs'],
  ['ports-know-the-domain-only', 'src/ports/phone.ts', 'pino'],
  ['ports-know-the-domain-only', 'src/ports/greedy.ts', '../use-cases/act.js'],
  ['no-package-by-a-detour', 'src/domain/sly.ts', '../shared/with-zod.js'],
  ['use-cases-know-no-adapter', 'src/use-cases/short-cut.ts', '../stores/memory.js'],
  ['adapters-stay-apart', 'src/slack/speaks-http.ts', '../backends/keyfactor/client.js'],
  ['adapters-stay-apart', 'src/stores/reads-settings.ts', '../config.js'],
  ['adapters-stay-apart', 'src/http/knows-slack.ts', '../slack/index.js'],
  ['vendors-stay-apart', 'src/backends/work-tasks/borrows.ts', '../keyfactor/client.js'],
  ['vendors-stay-apart', 'src/backends/keyfactor/knows-all.ts', '../index.js'],
  ['simulators-stand-alone', 'src/sandbox/keyfactor/copies.ts', '../../backends/keyfactor/client.js'],
  ['simulated-vendors-stay-apart', 'src/sandbox/slack/peeks.ts', '../keyfactor/server.js'],
  ['only-the-command-line-simulates', 'src/backends/keyfactor/plays.ts', '../../sandbox/keyfactor/server.js'],
  ['kinds-load-late', 'src/backends/keyfactor/kind.ts', './client.js'],
  ['kinds-load-late', 'src/backends/keyfactor/settings.ts', 'axios'],
  ['settings-know-no-adapter', 'src/config/eager.ts', '../backends/keyfactor/client.js'],
  ['settings-know-no-adapter', 'src/config/favors.ts', '../backends/keyfactor/settings.js'],
  ['what-serves-all-knows-ports-only', 'src/log.ts', './stores/memory.js'],
  ['only-commands-start-a-bot', 'src/slack/starts.ts', '../bot.js'],
  ['bot-knows-no-command', 'src/bot.ts', './cli/start.js'],
  ['nobody-imports-main', 'src/cli/again.ts', '../main.js'],
  ['http-clients-in-backends', 'src/slack/fetches.ts', 'axios'],
  ['http-clients-in-backends', 'src/use-cases/retries.ts', 'cockatiel'],
  ['http-clients-in-backends', 'src/backends/keyfactor/own-stack.ts', 'axios'],
  ['http-clients-in-backends', 'src/backends/work-tasks/signs-in.ts', 'openid-client'],
  ['spans-in-otel', 'src/slack/measures.ts', '@opentelemetry/api'],
  ['slack-in-slack', 'src/backends/keyfactor/chats.ts', '@slack/types'],
  ['databases-in-stores', 'src/slack/remembers.ts', 'kysely'],
  ['databases-in-stores', 'src/use-cases/queries.ts', 'node:sqlite'],
];

/** What the forbidden imports point at, and imports that are allowed. */
const innocent: Readonly<Record<string, string>> = {
  'src/domain/hen.ts': "import './egg.js';",
  'src/shared/with-zod.ts': "import 'zod';",
  'src/use-cases/act.ts': "import '../domain/egg.js';",
  'src/stores/memory.ts': "import 'kysely';\nawait import('node:sqlite');",
  'src/backends/index.ts': "export * from './work-tasks/kind.js';",
  'src/backends/kind.ts': "import 'zod';",
  'src/backends/http/client.ts': "import 'axios';\nimport 'cockatiel';\nawait import('openid-client');",
  'src/backends/keyfactor/client.ts': "import '../http/client.js';",
  'src/backends/work-tasks/client.ts': "import '../http/client.js';",
  'src/backends/work-tasks/kind.ts':
    "import '../kind.js';\nimport './settings.js';\nawait import('./client.js');",
  'src/backends/work-tasks/settings.ts': "import 'zod';",
  'src/slack/index.ts': "import '@slack/bolt';\nimport '../use-cases/act.js';",
  'src/sandbox/keyfactor/server.ts': 'export const port = 0;',
  'src/config.ts': "import './backends/index.js';\nimport './backends/kind.js';",
  'src/cli/start.ts': "import '../config.js';",
  'src/sandbox/demo/demo.ts': "import '../keyfactor/server.js';\nimport '../../bot.js';",
  'src/main.ts': "await import('./sandbox/demo/demo.js');",
};

/** Every way in which a file may lean on another. */
const waysToImport: Readonly<Record<string, string>> = {
  'a plain import': "import { act } from '../use-cases/act.js';\nact();",
  'an import of a type': "import type { Act } from '../use-cases/act.js';\nexport const act: Act = 1;",
  'an import for its effect': "import '../use-cases/act.js';",
  'an import at run time': "await import('../use-cases/act.js');",
  'an export of what another exports': "export * from '../use-cases/act.js';",
};

const fileImporting = (way: string): string => `src/domain/${way.replaceAll(' ', '-')}.ts`;

describe('a house that breaks the import rule', () => {
  let house = '';
  let found: Cruise = { modules: [], violations: [] };
  beforeAll(async () => {
    house = mkdtempSync(join(tmpdir(), 'house-'));
    symlinkSync(join(root, 'node_modules'), join(house, 'node_modules'));
    for (const [path, text] of Object.entries(innocent)) build(house, path, text);
    for (const [way, text] of Object.entries(waysToImport)) build(house, fileImporting(way), text);
    for (const [, path, target] of forbidden) build(house, path, `import type {} from '${target}';`);
    found = await cruise(house);
  });
  afterAll(() => rmSync(house, { recursive: true, force: true }));

  it.each(forbidden)('is told of %s when %s imports %s', (rule, path) => {
    const spoken = found.violations.filter((line) => line.startsWith(`${rule}: ${path} → `));
    expect(spoken).toHaveLength(1);
  });

  it.each(Object.keys(waysToImport))('is told of an import written as %s', (way) => {
    const spoken = found.violations.filter((line) =>
      line.startsWith(`domain-is-alone: ${fileImporting(way)} → `),
    );
    expect(spoken).toHaveLength(1);
  });

  it('is told nothing about files that keep the rule', () => {
    const blamed = Object.keys(innocent).filter((path) =>
      found.violations.some((line) => line.includes(`: ${path} → `)),
    );
    expect(blamed).toEqual([]);
  });
});

describe('what serves every kind of system', () => {
  it('names no vendor', () => {
    const serving = sourceFiles('src').filter(({ path }) =>
      /^src\/(config|ports|use-cases|domain)(\/|\.ts$)/.test(path),
    );
    expect(placesWhere(serving, (line) => /keyfactor|work.?tasks|aveva/i.test(line))).toEqual([]);
  });
});

describe('the process', () => {
  it('is read and ended by main.ts alone', () => {
    const touching = placesWhere(
      sourceFiles('src'),
      (line, _index, { path }) =>
        path !== 'src/main.ts' &&
        !isComment(line) &&
        /\bprocess\.(env|argv|exit|exitCode)\b|from '(node:)?process'/.test(line),
    );
    expect(touching).toEqual([]);
  });
});

function build(house: string, path: string, text: string): void {
  mkdirSync(dirname(join(house, path)), { recursive: true });
  writeFileSync(join(house, path), `${text}\n`);
}
