import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { verbs } from '../../src/domain/commands.js';
import { eventsPath, methodScopes, neededScopes, renderManifest } from '../../src/slack/manifest.js';
import { manifestProblems } from './manifest-problems.js';

const folder = 'src/slack';
const url = 'https://countersign.example.com';

describe('the manifest of the Slack app', () => {
  it('is what the code renders for Socket Mode', () => {
    const isFresh = readFileSync('manifest.yml', 'utf8') === renderManifest({ mode: 'socket' });
    expect(isFresh ? 'fresh' : 'stale: run npm run fix').toBe('fresh');
  });

  it.each([
    { mode: 'socket' } as const,
    { mode: 'http', url } as const,
    { mode: 'socket', emailMatching: true, command: '/workflow' } as const,
    { mode: 'http', url, command: '/workflow' } as const,
  ])('keeps to Slack’s limits: %j', (options) => {
    expect(manifestProblems(parse(renderManifest(options)))).toEqual([]);
  });

  it('asks for the scopes the code needs and no other', () => {
    const { bot } = parse(readFileSync('manifest.yml', 'utf8')).oauth_config.scopes;
    expect(bot).toEqual(neededScopes({ command: '/workflow' }));
    expect(bot).toEqual(['chat:write', 'commands', 'im:write', 'users:read']);
  });

  it('asks for e-mail addresses and commands only when they are used', () => {
    expect(neededScopes({ emailMatching: true })).toContain('users:read.email');
    expect(neededScopes({ command: '/workflow' })).toContain('commands');
  });

  it('declares one slash command, whose hint is made of the verbs that are understood', () => {
    const { features } = parse(readFileSync('manifest.yml', 'utf8'));
    expect(features.slash_commands).toEqual([
      {
        command: '/workflow',
        description: expect.stringMatching(/^.{1,140}$/),
        usage_hint: verbs.map(({ usage }) => usage).join(' · '),
        should_escape: true,
      },
    ]);
  });

  it('names the command as the settings do, and over HTTP where to call for it', () => {
    const { features } = parse(renderManifest({ mode: 'http', url, command: '/wf' }));
    expect(features.slash_commands[0]).toMatchObject({ command: '/wf', url: `${url}/slack/events` });
  });

  it.each([url, `${url}/`, `${url}${eventsPath}`])('tells Slack where to call, given %s', (address) => {
    const { settings } = parse(renderManifest({ mode: 'http', url: address }));
    expect(settings.socket_mode_enabled).toBe(false);
    expect(settings.interactivity.request_url).toBe(`${url}/slack/events`);
  });

  it.each(['http://countersign.example.com', 'countersign'])('cannot be made for %s', (address) => {
    expect(() => renderManifest({ mode: 'http', url: address })).toThrow(
      expect.objectContaining({ name: 'TypeError' }),
    );
  });

  it('is refused by these checks when it breaks a limit', () => {
    const manifest = parse(renderManifest({ mode: 'socket' }));
    const broken = {
      ...manifest,
      display_information: { name: 'x'.repeat(36), description: 'd', long_description: 'short', color: 1 },
      settings: { ...manifest.settings, interactivity: { is_enabled: true, request_url: 'ftp://x' } },
    };
    expect(manifestProblems(broken)).toEqual([
      'display_information: unknown color',
      'display_information.name: longer than 35',
      'display_information.long_description: shorter than 175',
      'settings.interactivity.request_url: not an https address',
    ]);
  });
});

describe('the table of Slack methods', () => {
  const used = methodsUsed();

  it('knows every method the adapter calls', () => {
    expect(used.filter((method) => !Object.hasOwn(methodScopes, method))).toEqual([]);
  });

  // Until the adapter is there in full, what it will call cannot be known.
  const whenWhole = existsSync(join(folder, 'index.ts')) ? it : it.skip;
  whenWhole('names no method the adapter does not call', () => {
    expect(Object.keys(methodScopes).filter((method) => !used.includes(method))).toEqual([]);
  });
});

/** Finds Web API methods in the adapter: `client.chat.update(…)`, `apiCall('chat.update')`. */
function methodsUsed(): readonly string[] {
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && name !== 'scopes.ts')
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  const calls = sources.flatMap((source) => [
    ...source.matchAll(/\bclient\s*\.\s*([a-z]\w*(?:\s*\.\s*[a-z]\w*)+)\s*\(/gi),
    ...source.matchAll(/\bapiCall\(\s*'([\w.]+)'/g),
  ]);
  const methods = calls.map(([, method = '']) => method.replace(/\s/g, ''));
  return [...new Set(methods)].filter((method) => !/\.(bind|call|apply)$/.test(method)).sort();
}
