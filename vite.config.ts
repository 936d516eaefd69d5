import path from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { playwright } from '@vitest/browser-playwright'
import { defaultClientConditions, defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'
import { earlyViews } from './demo/vite/early-views.js'
import { firstLoad } from './demo/vite/first-load.js'
import { precompress } from './demo/vite/precompress.js'

// One configuration for the demo (dev, build) and for the tests. Packages resolve to their sources,
// so neither needs a build first.
const source = '@wildcast/source'
/** Without the one for bundlers: what it leads to is loaded by Node, which may not resolve it. */
const inNode = defaultServerConditions.filter((condition) => condition !== 'module')
const relay = `http://127.0.0.1:${process.env.PORT ?? 3015}`
const chromium = process.env.WILDCAST_CHROMIUM ?? '/usr/bin/chromium'

/** Tests that run `wildcast` in processes of its own, or that fill the buffers of the kernel. */
const heavy = [
  'relay/test/workers/*.test.ts',
  'relay/test/namespaces/workers.test.ts',
  'relay/test/{chaos,fuzz,loss}/*.test.ts',
  'relay/test/mqtt/chaos.test.ts',
  'relay/test/durable-streams/conformance.test.ts',
  'relay/test/history/failover.test.ts',
  'relay/test/values/many-readers.test.ts',
  'bench/measure.test.ts',
  'relay/test/brokers/{components,end-to-end,original-readme,processes,queue-leaving}.test.ts',
  'relay/test/auth-{check,commands,reload,production}.test.ts',
  'relay/test/{check,cli,command-errors,config,descriptors,doctor,ending,keep-alive,load-commands}.test.ts',
  'relay/test/{readiness,reload,reload-under-load,store,templates}.test.ts',
  'relay/test/{hostile-connections,hostile-loop,many-requests,rolling-restart}.test.ts',
  'relay/test/{server-sent-events,slow-readers}.test.ts',
]

/** Chromium, as the tests of the hooks use it. */
const inChromium = () => ({
  enabled: true,
  headless: true,
  screenshotFailures: false,
  provider: playwright({ launchOptions: { executablePath: chromium, args: ['--no-sandbox'] } }),
  instances: [{ browser: 'chromium' as const }],
})

/** The oldest React that the hooks support. */
const oldReact = path.resolve(import.meta.dirname, 'scripts/react-18/node_modules')

/** Tests of what only a browser has. */
const inBrowser = 'packages/*/src/**/*.browser.test.ts'

export default defineConfig({
  root: 'demo',
  plugins: [
    react(),
    tailwindcss(),
    firstLoad({ mostBytes: 120_000 }),
    precompress(),
    earlyViews({
      dashboard: 'dashboard/dashboard.tsx',
      explorer: 'explorer/explorer.tsx',
      faults: 'faults/faults.tsx',
    }),
  ],
  resolve: { conditions: [source, ...defaultClientConditions] },
  ssr: { resolve: { conditions: [source, ...inNode], externalConditions: [source] } },
  server: {
    proxy: {
      '/ws': { target: relay, ws: true },
      '/subscribe': { target: relay, ws: true },
      '/publish': relay,
      '/request': relay,
      '/healthz': relay,
      '/metrics': relay,
    },
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    modulePreload: { polyfill: false }, // each browser that knows light-dark() has it
    target: ['chrome123', 'firefox120', 'safari17.5'], // the first ones that know light-dark()
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // The first load in one file: several are compressed worse.
            { name: 'first', tags: ['$initial'], priority: 1 },
            // The code that views share in one, too: a slow phone waits for each request.
            { name: 'views', minShareCount: 2, test: /demo\/src\/(?:ui|hooks|kept|stores)|packages\// },
          ],
        },
      },
    },
  },
  test: {
    root: '.',
    // Generous, since machines are shared: no test measures time, so these only end one that hangs.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 240_000 } },
    // Most of the time a test waits for a server, so two of them share a core well.
    maxWorkers: 4,
    projects: [
      {
        extends: true,
        root: '.',
        test: {
          name: 'unit',
          root: '.',
          globalSetup: 'relay/test/build-command.ts',
          include: [
            'packages/*/src/**/*.test.ts',
            'relay/src/**/*.test.ts',
            'relay/test/**/*.test.ts',
            'bench/**/*.test.ts',
          ],
          exclude: [...heavy, inBrowser],
        },
      },
      {
        extends: true,
        root: '.',
        test: {
          name: 'heavy',
          root: '.',
          globalSetup: 'relay/test/build-command.ts',
          include: heavy,
          // After the others and two at a time, since each of these keeps a core or more busy.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        root: '.',
        test: {
          name: 'types',
          root: '.',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['packages/*/src/**/*.test-d.ts'],
            tsconfig: 'scripts/tsconfig.json',
          },
        },
      },
      {
        extends: true,
        root: '.',
        test: {
          name: 'browser',
          provide: { react: '19' },
          root: '.',
          include: ['packages/*/src/**/*.test.tsx', inBrowser],
          browser: inChromium(),
        },
      },
      {
        extends: true,
        root: '.',
        resolve: {
          alias: {
            react: path.join(oldReact, 'react'),
            'react-dom': path.join(oldReact, 'react-dom'),
          },
        },
        // Its optimized packages have another React.
        cacheDir: 'node_modules/.vite-react-18',
        test: {
          name: 'react18',
          provide: { react: '18' },
          root: '.',
          include: ['packages/react/src/*.test.tsx'],
          exclude: ['packages/react/src/use-request.test.tsx', 'packages/react/src/use-subscription-frames.test.tsx'],
          browser: inChromium(),
        },
      },
    ],
  },
})
