import { defineConfig } from '@playwright/test'

/** Debian's Chromium, since a browser of Playwright's own would have to be downloaded. */
const executablePath = process.env.WILDCAST_CHROMIUM ?? '/usr/bin/chromium'

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  // Generous, since machines are shared: no test measures time, so this only ends one that hangs.
  timeout: 120_000,
  expect: { timeout: 30_000 },
  projects: [
    { name: 'page', testIgnore: ['readme/**', 'load.spec.ts', 'start.spec.ts'] },
    // It measures frames, so no other test runs beside it.
    { name: 'load', testMatch: 'load.spec.ts', dependencies: ['page'] },
    // It builds the page that the others load.
    { name: 'start', testMatch: 'start.spec.ts', dependencies: ['load'] },
  ],
  use: {
    viewport: { width: 1200, height: 760 },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-dev-shm-usage',
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
