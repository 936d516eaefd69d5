import { defineConfig } from '@playwright/test'
import base from '../playwright.config.js'

/**
 * Follows the README: from a fresh clone, and from the packages that this packs.
 */
export default defineConfig({
  ...base,
  testDir: '.',
  testIgnore: [],
  projects: [{ name: 'readme' }],
  outputDir: '../../test-results/readme',
  globalSetup: './fresh-clone.ts',
  // No test measures time, so these only end one that hangs; installations take long on a busy
  // machine.
  timeout: 1_200_000,
  expect: { timeout: 300_000 },
})
