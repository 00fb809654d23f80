import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import {
  renderJsonSchema,
  renderSettingsTable,
  settingRows,
  settingsDocs,
  writeSettingsDocs,
} from '../../src/config/docs.js';
import { settingsJsonSchema } from '../../src/config/schema.js';

const example = readFileSync('docs/countersign.example.yml', 'utf8');

describe('documents made from the schema of the settings', () => {
  it.each(settingsDocs())('$name says what the schema says', ({ name, content }) => {
    const isFresh = readFileSync(join('docs', name), 'utf8') === content;
    expect(isFresh ? 'fresh' : 'stale: run npm run fix').toBe('fresh');
  });

  it('are written into a folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-docs-'));
    writeSettingsDocs(folder);
    expect(readdirSync(folder).sort()).toEqual(['countersign.schema.json', 'settings.md']);
  });

  it('list every environment variable and what can come from it', () => {
    const table = renderSettingsTable();
    expect(table).toContain(
      '| `keyfactor[].hostname` | text | **needed**, here or in `KEYFACTOR_HOSTNAME` |',
    );
    for (const name of [
      'SLACK_SIGNING_SECRET',
      'KEYFACTOR_AUTH_SCOPES',
      'KEYFACTOR_PASSWORD',
      'WORKTASKS_CLIENT_SECRET',
    ]) {
      expect(table).toContain(`| \`${name}\` |`);
    }
  });

  it('give every setting a meaning, and every single value an example or one of the list it is in', () => {
    const rows = settingRows(settingsJsonSchema());
    const isGroup = (type: string) => type === 'group' || type === 'list of groups';
    expect(rows.length).toBeGreaterThan(60);
    expect(rows.filter(({ meaning }) => meaning === '').map(({ path }) => path)).toEqual([]);
    const isShownBy = (path: string) =>
      rows.some((list) => list.path.endsWith('[]') && list.example && path.startsWith(`${list.path}.`));
    const bare = rows.filter(
      (row) => !isGroup(row.type) && !row.example && !row.fallback && !isShownBy(row.path),
    );
    expect(bare.map(({ path }) => path).filter((path) => !path.endsWith('.kind'))).toEqual([]);
  });

  it('accept the example file in an editor, and what the environment may fill in', () => {
    const schema = z.fromJSONSchema(JSON.parse(renderJsonSchema()));
    const settings = parse(example);
    expect(schema.safeParse(settings).success).toBe(true);
    expect(schema.safeParse({ ...settings, keyfactor: [{ name: 'corp-pki' }] }).success).toBe(true);
    expect(schema.safeParse({ ...settings, keyfactor: [{}] }).success).toBe(false);
    expect(schema.safeParse({ ...settings, aprovers: [] }).success).toBe(false);
  });

  it('are named on the first line of the example file', () => {
    expect(example.split('\n')[0]).toBe('# yaml-language-server: $schema=./countersign.schema.json');
  });
});
