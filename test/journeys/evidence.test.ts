import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { evidence } from '../../src/cli/audit.js';
import { openPlace } from '../../src/stores/index.js';
import { approve, cardSaying, click, theCard } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { openStage, type Stage, transports } from '../support/stage/open-stage.js';
import { hasBrowser, openBrowser } from './open-browser.js';

const ledgerKey = '5b2c4be1a07d5863e4b1c8f03a967d52be0c7714d9a3f68125cb40e79d18a6f3';
const hostile = 'Fine <img src=x onerror=alert(1)> for web\u202Egnp.exe';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Plays a quorum in which somebody withdraws, and approves again. */
async function playQuorum(stage: Stage): Promise<string> {
  const id = await askForCertificate(stage);
  await stage.observe();
  await approve(stage, 'ana', theCard(stage), hostile);
  const half = await cardSaying(stage, /1 of 2/);
  await click(stage, 'ana', half, 'withdraw');
  await cardSaying(stage, /0 of 2|2 approvals|Approve/);
  await approve(stage, 'ana', theCard(stage), 'Checked again');
  await cardSaying(stage, /1 of 2/);
  await approve(stage, 'li', theCard(stage), 'Agreed');
  await cardSaying(stage, /Approved by Ana Ruiz and Li Wei/);
  return id;
}

/** Has the evidence of a run written, and reads it. */
async function evidenceOf(
  { storeFile: from }: Stage,
  ref: string,
  { env = { COUNTERSIGN_LEDGER_KEY: ledgerKey }, heads = [] as readonly string[] } = {},
) {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-evidence-'));
  folders.push(dir);
  const code = await evidence({ ref, dir, from, heads, anchors: undefined, file: 'none.yml', env });
  const path = join(dir, `evidence-${ref}.html`);
  const json = readFileSync(join(dir, `evidence-${ref}.json`), 'utf8');
  return { code, dir, path, page: readFileSync(path, 'utf8'), json, pack: JSON.parse(json) };
}

describe.each(transports)('the evidence of a quorum over %s', (transport) => {
  const rules = { quorum: 2, approveWith: 'comment', ledgerKey } as const;

  it('shows the request, what everybody was shown, the vote that was withdrawn, and seals that fit', async () => {
    const stage = await openStage(transport, rules);
    const id = await playQuorum(stage);
    const { code, path, page, json, pack } = await evidenceOf(stage, id);
    expect(code).toBe(0);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(pack.records.map(({ entry }: { entry: { kind: string } }) => entry.kind)).toEqual([
      'vote',
      'withdrawal',
      'vote',
      'decision',
      'signal',
      'signal-answer',
      'ending',
    ]);
    expect(pack.records.map(({ macCheck }: { macCheck: string }) => macCheck)).toEqual(Array(7).fill('fits'));
    const [vote, , , decision] = pack.records;
    expect(vote.shown.was.rule).toMatchObject({ name: 'PKI Approvers', quorum: 2 });
    expect(vote.shown.was.named).toEqual({ by: 'person' });
    expect(vote.shown.was.text).toContain('app.keyexample.com');
    expect(decision.entry.note.voters).toHaveLength(2);
    expect(page).toContain('BEGIN CERTIFICATE REQUEST');
    expect(page).toContain('Fine &lt;img src=x onerror=alert(1)&gt; for web[U+202E]gnp.exe');
    for (const text of [page, json]) expect(text).not.toMatch(/\u202E/);
    expect(vote.entry.note.comment).toBe(hostile);
  });

  it('is found by the code as well, and a decision without its text is shown by its hash only', async () => {
    const stage = await openStage(transport, rules);
    await playQuorum(stage);
    const { db, close } = await openPlace(stage.storeFile);
    await sql.raw('delete from evidence').execute(db);
    await close();
    const { pack } = await evidenceOf(stage, theCode(stage));
    const kinds = pack.records.flatMap(({ shown }: { shown?: { kind: string } }) => shown?.kind ?? []);
    expect(kinds).toEqual(['gone', 'hash-only', 'gone', 'gone']);
  });

  it('tells which seals do not fit, and says so where no key was given', async () => {
    const stage = await openStage(transport, rules);
    const id = await playQuorum(stage);
    const checksOf = ({ pack }: { pack: { records: readonly { macCheck: string }[] } }) => [
      ...new Set(pack.records.map(({ macCheck }) => macCheck)),
    ];
    expect(checksOf(await evidenceOf(stage, id, { env: {} as never }))).toEqual(['key-not-given']);
    const { db, close } = await openPlace(stage.storeFile);
    await sql.raw(`update ledger set body = replace(body, 'Agreed', 'Forced')`).execute(db);
    await close();
    expect(checksOf(await evidenceOf(stage, id))).toEqual(['fits', 'does-not-fit']);
  });

  it('names the head that covers it, and writes over nothing', async () => {
    const stage = await openStage(transport, rules);
    const id = await playQuorum(stage);
    const first = await evidenceOf(stage, id);
    expect(first.pack.anchors).toEqual([]);
    const heads = [first.pack.head];
    const covered = await evidenceOf(stage, id, { heads });
    expect(covered.pack.anchors).toEqual(heads);
    writeFileSync(covered.path, 'mine');
    const again = { ref: id, dir: covered.dir, from: stage.storeFile, heads, anchors: undefined };
    expect(await evidence({ ...again, file: 'none.yml', env: {} })).toBe(1);
    expect(readFileSync(covered.path, 'utf8')).toBe('mine');
    expect(await evidence({ ...again, ref: 'nothing', file: 'none.yml', env: {} })).toBe(1);
  });
});

/** Gives the short code on the only card. */
function theCode(stage: Stage): string {
  return /\bK0\d+\b/.exec(JSON.stringify(theCard(stage)))?.[0] ?? '';
}

describe('the page of evidence in a browser', () => {
  it('shows hostile values as text, and neither runs nor loads anything', async () => {
    if (!hasBrowser() && !process.env.REQUIRE_BROWSER) {
      process.stderr.write('The evidence was not opened in a browser: no Chromium found.\n');
      return;
    }
    const stage = await openStage('socket', { quorum: 2, approveWith: 'comment', ledgerKey });
    const id = await playQuorum(stage);
    const { path } = await evidenceOf(stage, id);
    const browser = await openBrowser();
    await browser.page.goto(pathToFileURL(path).href);
    await browser.page.locator('h3').filter({ hasText: 'Record 1: vote' }).waitFor();
    expect(await browser.page.locator('img, script, link, iframe').count()).toBe(0);
    expect(browser.complaints).toEqual([]);
    await browser.close();
  }, 60_000);
});

describe('the command line', () => {
  it('takes the word that names a run', () => {
    const args = ['dist/main.js', 'evidence', 'K7F3', '--from', 'none.db'];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 2, stderr: 'There is no store at none.db.\n' });
  });
});
