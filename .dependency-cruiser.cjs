/**
 * The import rule: domain ← ports ← use-cases ← backends | slack | stores | http ← bot ← cli ← main; sandbox: for cli and tests alone.
 *
 * Run by test/architecture/imports.test.ts. Parsed by swc, because the cruiser cannot use TypeScript 7.
 */

/** Packages by name, whether found in a node_modules folder, built in, or not found at all. */
const packages = (...names) => `(^|node_modules/)(node:)?(${names.join('|')})(/|$)`;

/** Everything of ours outside the named parts. */
const oursBut = (...parts) => `^src/(?!(${parts.join('|')}))`;

/** A rule that is broken by any import it describes. */
const never = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    never('no-cycle', 'A cycle has no left side.', {}, { circular: true }),
    never(
      'no-dead-end',
      'Every import leads somewhere.',
      { path: '^src/' },
      // Built into newer lines of Node only, or installed only where it can be.
      { couldNotResolve: true, pathNot: packages('sqlite', 'libsql') },
    ),

    never(
      'shared-is-a-leaf',
      'shared/ knows nothing of the bot.',
      { path: '^src/shared/' },
      { path: oursBut('shared/') },
    ),
    never(
      'domain-is-alone',
      'domain/ imports no package, no builtin and nothing to its right.',
      { path: '^src/domain/' },
      { pathNot: '^src/(domain|shared)/' },
    ),
    never(
      'ports-know-the-domain-only',
      'ports/ imports domain/ and nothing else.',
      { path: '^src/ports/' },
      { pathNot: '^src/(ports|domain|shared)/' },
    ),
    never(
      'no-package-by-a-detour',
      'domain/ and ports/ reach no package through shared/ either.',
      { path: '^src/(domain|ports)/' },
      { reachable: true, pathNot: '^src/' },
    ),
    never(
      'use-cases-know-no-adapter',
      'use-cases/ speaks to the outside through ports.',
      { path: '^src/use-cases/' },
      { path: oursBut('use-cases/', 'ports/', 'domain/', 'shared/') },
    ),

    never(
      'adapters-stay-apart',
      'An adapter imports its own family and what is to its left, never a sibling family.',
      { path: '^src/(backends|slack|stores|http)/' },
      { path: oursBut('$1/', 'use-cases/', 'ports/', 'domain/', 'shared/') },
    ),
    never(
      'vendors-stay-apart',
      'One backend never imports another, nor the list of all; what both need of HTTP is in backends/http/.',
      { path: '^src/backends/([^/]+)/' },
      { path: '^src/backends/(?!$1/|http/|kind\\.ts$)' },
    ),
    never(
      'kinds-load-late',
      'The settings look at every kind of backend, so what speaks to servers is loaded only where one is configured.',
      { path: '^src/backends/(index|kind|[^/]+/(kind|settings))\\.ts$' },
      {
        dynamic: false,
        path: '.',
        pathNot: `^src/(backends/(index|kind|[^/]+/(kind|settings))\\.ts$|ports/|domain/|shared/)|${packages('zod')}`,
      },
    ),
    never(
      'simulators-stand-alone',
      'A simulator that shares code with the bot would share its mistakes.',
      { path: '^src/sandbox/(?!demo/)' },
      { path: oursBut('sandbox/(?!demo/)', 'ports/', 'domain/', 'shared/') },
    ),
    never(
      'simulated-vendors-stay-apart',
      'One simulator never imports another; what all need of a server is in sandbox/shared/.',
      { path: '^src/sandbox/(?!demo/)([^/]+)/' },
      { path: '^src/sandbox/(?!$1/|shared/)' },
    ),
    never(
      'only-the-command-line-simulates',
      'The bot runs without what pretends.',
      { path: '^src/', pathNot: '^src/(sandbox/|cli/|main\\.ts$)' },
      { path: '^src/sandbox/' },
    ),

    never(
      'settings-know-no-adapter',
      'Settings are read without what they configure; backends bring the description of theirs, and no vendor is named.',
      { path: '^src/(config/|config\\.ts$)' },
      { path: oursBut('config/', 'config\\.ts$', 'domain/', 'shared/', 'backends/(index|kind)\\.ts$') },
    ),
    never(
      'what-serves-all-knows-ports-only',
      'They serve everybody, so they know nobody.',
      { path: '^src/(log|otel|scheduler|crypto)\\.ts$' },
      { path: oursBut('ports/', 'domain/', 'shared/') },
    ),
    never(
      'only-commands-start-a-bot',
      'bot.ts is imported by what starts it.',
      { pathNot: '^src/(cli/|sandbox/demo/|main\\.ts$)' },
      { path: '^src/bot\\.ts$' },
    ),
    never(
      'bot-knows-no-command',
      'bot.ts wires the parts; the command line and the demo wire the bot.',
      { path: '^src/bot\\.ts$' },
      { path: '^src/(cli|sandbox|main)' },
    ),
    never('nobody-imports-main', 'main.ts is where it all starts.', {}, { path: '^src/main\\.ts$' }),

    never(
      'http-clients-in-backends',
      'One client speaks HTTP to workflow systems and identity providers; vendors add what differs.',
      { path: '^src/', pathNot: '^src/backends/http/' },
      { path: packages('axios', 'cockatiel', 'openid-client') },
    ),
    never(
      'spans-in-otel',
      'Whoever makes spans knows the port in shared/trace.ts; what sends them is loaded where it is asked for.',
      { path: '^src/', pathNot: '^src/otel\\.ts$' },
      { path: packages('@opentelemetry') },
    ),
    never(
      'slack-in-slack',
      'Slack types and clients stay in their folder.',
      { path: '^src/', pathNot: '^src/slack/' },
      { path: packages('@slack') },
    ),
    never(
      'databases-in-stores',
      'Only stores know a database.',
      { path: '^src/', pathNot: '^src/stores/' },
      { path: packages('kysely', 'libsql', 'sqlite', 'pg') },
    ),
  ],
  options: { parser: 'swc', tsPreCompilationDeps: true, doNotFollow: { path: 'node_modules' } },
};
