import { chromium } from '@playwright/test'
import lighthouse from 'lighthouse'
import { freePort } from '../relay/test/servers/free-port.js'
import { expect, test } from './test.js'

// The categories that do not depend on the speed of the machine; `npm run lighthouse` has them all.
const onlyCategories = ['accessibility', 'best-practices', 'seo']

test('Lighthouse finds no fault in accessibility, best practices and SEO', async ({ relay, launchOptions }) => {
  const port = await freePort()
  const args = [...(launchOptions.args ?? []), `--remote-debugging-port=${port}`]
  const browser = await chromium.launch({ ...launchOptions, args })
  const result = await lighthouse(relay.url, { port, logLevel: 'error', onlyCategories })
  await browser.close()
  const scores = Object.values(result?.lhr.categories ?? {}).map(({ id, score }) => [id, score])
  expect(scores).toEqual(onlyCategories.map((id) => [id, 1]))
})
