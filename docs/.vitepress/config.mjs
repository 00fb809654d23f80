// The documentation as a site, from the Markdown that is read on its own as well: `npm run docs` builds it into site/.
// A link that leads nowhere ends the build.
import { defineConfig } from 'vitepress';

const page = (text, name) => ({ text, link: `/docs/${name}` });

export default defineConfig({
  title: 'Countersign',
  description: 'Approve, run and watch Keyfactor Command and AVEVA Work Tasks workflows from Slack.',
  lang: 'en-US',
  srcDir: '..',
  srcExclude: ['**/node_modules/**', 'test/**', 'site/**', 'dist/**'],
  outDir: '../site',
  cacheDir: '../node_modules/.cache/vitepress',
  rewrites: {
    'README.md': 'index.md',
    'docs/decisions/README.md': 'docs/decisions/index.md',
    'docs/deploy/README.md': 'docs/deploy/index.md',
    'src/README.md': 'src/index.md',
  },
  // Files that are no pages: they are read in the repository.
  ignoreDeadLinks: [/LICENSE/, /Dockerfile/, /\.service$/, /docs\/monitoring\//],
  cleanUrls: true,
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    sidebar: [
      {
        text: 'Use',
        items: [
          { text: 'Countersign', link: '/' },
          page('For approvers', 'approvers'),
          page('Commands', 'commands'),
          page('Alerts', 'alerts'),
          page('Linking accounts', 'account-linking'),
        ],
      },
      {
        text: 'Run',
        items: [
          page('For operators', 'operators'),
          page('Containers', 'deploy/'),
          page('Settings', 'settings'),
          page('Keyfactor Command', 'keyfactor'),
          page('AVEVA Work Tasks', 'work-tasks'),
          page('Metrics', 'metrics'),
          page('Security', 'security'),
          page('Audit', 'audit'),
          page('Benchmarks', 'benchmarks'),
        ],
      },
      {
        text: 'Change',
        items: [
          page('For developers', 'developers'),
          page('Life of an approval', 'lifecycle'),
          page('Every text in Slack', 'wording'),
          page('Decisions', 'decisions/'),
          { text: 'Changes', link: '/CHANGELOG' },
        ],
      },
    ],
  },
});
