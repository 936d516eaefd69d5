import { defineConfig } from '@playwright/test'
import base from '../playwright.config.js'

/** What the README says, done as it says: from a fresh clone, and from the packages that this packs. */
export default defineConfig({
  ...base,
  testDir: '.',
  testIgnore: [],
  outputDir: '../../test-results/readme',
  globalSetup: './fresh-clone.ts',
  // Each installs packages, several times.
  timeout: 600_000,
})
